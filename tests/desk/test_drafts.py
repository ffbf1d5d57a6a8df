"""A draft is the word of who wrote it and has the case: after that it is nobody's."""

import pytest

from jianzhu.kernel.errors import NotFound
from settlements.disputes import commands as disputes
from settlements.disputes import errors
from settlements.disputes.models import Decision, Dispute
from tests.desk.conftest import assign
from tests.desk.test_conflicts import arbitrator
from tests.site import DAY, at


def draft(site, case, line, amount=38_000, by=None):
    return disputes.draft(
        dispute_id=case.pk,
        awards={line.pk: amount},
        reasons="seven and a half hours",
        actor=by or site.arbitrator,
        at=at(DAY, 21),
    )


def issue(site, case, by=None):
    return disputes.issue_drafts(dispute_id=case.pk, actor=by or site.arbitrator, at=at(DAY, 22))


def test_a_draft_binds_nobody_and_its_issue_pays(site, case, line):
    (made,) = draft(site, case, line)
    before = Dispute.objects.get(pk=case.pk).state, site.lines(site.li_wei)[0].state

    issue(site, case)
    site.run()

    assert (made.state, before) == ("draft", ("evidence", "disputed"))
    assert Dispute.objects.get(pk=case.pk).state == "closed"
    (paid,) = [n for n in site.lines(site.li_wei) if n.state == "released"]
    assert (paid.amount_minor, paid.payout.state) == (38_000, "paid")


def test_a_changed_decider_makes_the_older_draft_void(site, case, line):
    (old,) = draft(site, case, line)
    other = arbitrator(site, "second")

    assign(site, case.pk, other)

    assert Decision.objects.get(pk=old.pk).state == "void"
    with pytest.raises(NotFound):
        issue(site, case)
    from jianzhu.access.queries import actor_of_user

    with pytest.raises(errors.NothingDrafted):
        issue(site, case, by=actor_of_user(other.user_id, at(DAY, 22)))


def test_even_a_draft_that_was_left_standing_is_not_issued_by_another(site, case, line):
    """The database holds a draft of an earlier assignment; the command still refuses it."""
    draft(site, case, line)
    Dispute.objects.filter(pk=case.pk).update(assignment=9)

    with pytest.raises(errors.StaleDraft):
        issue(site, case)
    assert Dispute.objects.get(pk=case.pk).state == "evidence"


def test_a_newer_draft_takes_the_place_of_the_former(site, case, line):
    (old,) = draft(site, case, line)
    (new,) = draft(site, case, line, amount=40_000)

    issue(site, case)

    states = {d.pk: d.state for d in Decision.objects.filter(dispute=case.pk)}
    assert states[old.pk] == "void"
    assert states[new.pk] != "void"


def test_what_data_settled_since_is_not_decided_again(site, case, line):
    draft(site, case, line)
    site.punch(site.li_wei, at(DAY, 16), "out")
    site.run()

    assert Dispute.objects.get(pk=case.pk).state == "closed"
    with pytest.raises(Exception, match="closed") as refused:
        issue(site, case)
    assert refused.value.code == "wrong_state"


def test_a_draft_names_every_line(site, case, line):
    with pytest.raises(errors.AwardIncomplete):
        disputes.draft(
            dispute_id=case.pk, awards={}, reasons="so", actor=site.arbitrator, at=at(DAY, 21)
        )
