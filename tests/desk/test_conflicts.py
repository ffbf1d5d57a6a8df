"""Nobody decides a case with a tie to one of its sides: found by the product, whatever is said."""

import pytest

from jianzhu.access.actor import Actor
from jianzhu.access.models import Membership, Organisation, User
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command
from jianzhu.kernel.vault import blind_index
from settlements.desk import queries
from settlements.disputes import conflicts, errors
from settlements.disputes.models import Dispute
from tests.desk.conftest import assign
from tests.site import DAY, START, at
from workers_app.people.models import PayeeAccount, Worker


@pytest.fixture
def neutral(site):
    """A second arbitrator of the same office."""
    return arbitrator(site, "second")


def arbitrator(site, name, worker=None):
    court = Organisation.objects.get(pk=site.arbitrator.grants[0].organisation_id)
    user = User.objects.create(username=name, name=name, worker_id=worker, created_at=at(START))
    hold(user.pk, court.pk, "arbitrator")
    return Actor("user", user_id=user.pk)


def hold(user_id, organisation_id, role, project_id=None, until=None):
    Membership.objects.create(
        user_id=user_id,
        organisation_id=organisation_id,
        role=role,
        project_id=project_id,
        valid_from=at(START),
        valid_to=until,
    )


def ties(case, actor):
    return [
        t.code for t in conflicts.found(Dispute.objects.get(pk=case.pk), actor.user_id, at(DAY, 21))
    ]


def test_somebody_neutral_has_no_tie(site, case, neutral):
    assert ties(case, neutral) == []
    assert assign(site, case.pk, neutral).assigned_to_id == neutral.user_id


def party(site, who):
    hold(who.user_id, site.contractor.grants[0].organisation_id, "labour_officer")


def former_party(site, who):
    gc = site.contractor.grants[0].organisation_id
    hold(who.user_id, gc, "labour_officer", until=at(DAY, 1))


def earlier_role(site, who):
    office = Organisation.objects.create(code="99X", name="监理", created_at=at(START))
    hold(who.user_id, office.pk, "owner", project_id=site.project.pk, until=at(DAY, 1))


@command
def acted(*, site, who):
    (line,) = site.lines(site.li_wei)
    day = line.sources["days"][0][0]
    audit.record("day_record.confirm", "day_record", day, actor=who, at=at(DAY, 20))


def phone(site, who):
    """The number under which the arbitrator signs in is the one that the worker gave."""
    index = blind_index("10000000000", "phone")
    User.objects.filter(pk=who.user_id).update(phone_index=index)
    Worker.objects.filter(pk=site.li_wei.pk).update(phone_index=index)


def themselves(site, who):
    User.objects.filter(worker_id=site.li_wei.pk).update(worker_id=None)
    User.objects.filter(pk=who.user_id).update(worker_id=site.li_wei.pk)


def colleague(site, who):
    User.objects.filter(worker_id=site.zhang_qiang.pk).update(worker_id=None)
    User.objects.filter(pk=who.user_id).update(worker_id=site.zhang_qiang.pk)


def account(site, who):
    """Once both named one account, whoever has it now."""
    colleague(site, who)
    own = PayeeAccount.objects.filter(worker=site.li_wei).first()
    PayeeAccount.objects.create(
        worker=site.zhang_qiang,
        bank_code=own.bank_code,
        bank_name=own.bank_name,
        account_sealed=own.account_sealed,
        account_index=own.account_index,
        account_tail=own.account_tail,
        made_by="user:0",
        created_at=at(START),
    )


@pytest.mark.parametrize(
    ("tie", "code"),
    [
        (party, "party"),
        (former_party, "former_party"),
        (earlier_role, "earlier_role"),
        (lambda site, who: acted(site=site, who=who), "acted"),
        (phone, "phone"),
        (themselves, "claimant"),
        (colleague, "colleague"),
        (account, "account"),
    ],
    ids=["party", "former", "role", "acted", "phone", "claimant", "colleague", "account"],
)
def test_each_tie_is_found_and_keeps_the_case_from_them(site, case, neutral, tie, code):
    tie(site, neutral)

    assert code in ties(case, neutral)
    with pytest.raises(errors.PartyToTheCase):
        assign(site, case.pk, neutral)
    assert Dispute.objects.get(pk=case.pk).assigned_to_id == site.arbitrator.user_id


def test_who_filed_it_does_not_decide_it(site, line, neutral):
    case = Dispute.objects.create(
        worker=site.li_wei,
        project=site.project,
        claim="so",
        filed_by=str(neutral),
        filed_at=at(DAY),
        due_at=at(DAY),
    )

    assert ties(case, neutral) == ["filed"]


def test_the_desk_shows_neutral_people_first_the_one_with_least_work_on_top(site, case, neutral):
    tied = arbitrator(site, "tied")
    party(site, tied)

    found = queries.candidates(case.pk, at(DAY, 21))

    assert [c.user_id for c in found] == [
        neutral.user_id,
        site.arbitrator.user_id,
        tied.user_id,
    ]
    assert [len(c.conflicts) for c in found] == [0, 0, 1]
