"""A worker who says no: the line alone waits, data close the case, or a person decides and it pays."""

import pytest

from jianzhu.kernel.errors import Forbidden, NotFound, WrongState
from projects.attendance import commands as attendance
from settlements.disputes import commands as disputes
from settlements.disputes import errors
from settlements.disputes.models import Dispute
from tests.site import DAY, at


def file(site, line, worker=None, when=None):
    return disputes.file(
        line_ids=[line.pk],
        claim="I worked the whole day",
        actor=site.actor(worker or site.li_wei),
        at=when or at(DAY, 20),
    )


def test_the_missing_acceptance_arrives_and_the_case_closes_itself_and_pays(site):
    site.work(site.li_wei, DAY)
    site.run()
    (line,) = site.lines(site.li_wei)
    case = file(site, line)
    site.run()
    assert site.lines(site.li_wei)[0].state == "disputed"

    site.accept(site.sheet(DAY, DAY))
    site.run()

    (line,) = site.lines(site.li_wei)
    assert line.state == "released"
    assert line.payout.state == "paid"
    assert Dispute.objects.get(pk=case.pk).state == "closed"
    assert case.lines.get().outcome == "data"


def test_a_correction_settles_a_case_too(site):
    site.punch(site.li_wei, at(DAY, 8), "in")
    site.accept(site.sheet(DAY, DAY))
    site.run()
    (line,) = site.lines(site.li_wei)
    file(site, line)
    correction = attendance.request_correction(
        worker_id=site.li_wei.pk,
        project_id=site.project.pk,
        on=DAY,
        intervals=[(at(DAY, 8), at(DAY, 16))],
        reason="forgot",
        actor=site.actor(site.li_wei),
        at=at(DAY, 20),
    )

    attendance.approve_correction(
        correction_id=correction.pk, answer="yes", actor=site.contractor, at=at(DAY, 21)
    )
    site.run()

    assert site.lines(site.li_wei)[0].state == "released"


def test_only_the_disputed_line_waits(site):
    other = DAY.replace(day=13)
    site.work(site.li_wei, DAY)
    site.work(site.li_wei, other)
    site.run()
    first, _ = site.lines(site.li_wei)
    disputes.file(
        line_ids=[first.pk], claim="it was longer", actor=site.actor(site.li_wei), at=at(other, 20)
    )
    site.accept(site.sheet(other, other), at(other, 19))

    site.run()

    disputed, paid = site.lines(site.li_wei)
    assert disputed.state == "disputed"
    assert paid.state == "released"


def decided(site, amount):
    site.punch(site.li_wei, at(DAY, 8), "in")
    site.run()
    (line,) = site.lines(site.li_wei)
    case = file(site, line)
    disputes.assign(
        dispute_id=case.pk, user_id=site.arbitrator.user_id, actor=site.operator, at=at(DAY, 20)
    )
    disputes.decide(
        dispute_id=case.pk,
        awards={line.pk: amount},
        reasons="the witness was clear",
        actor=site.arbitrator,
        at=at(DAY, 21),
    )
    site.run()
    return case


def test_the_decision_posts_the_money(site, bank):
    decided(site, 38_000)

    voided, award = site.lines(site.li_wei)
    assert voided.state == "void"
    assert (award.kind, award.state, award.amount_minor) == ("decision", "released", 38_000)
    assert award.payout.state == "paid"


def test_a_decision_is_the_last_word_on_its_line(site):
    decided(site, 38_000)

    site.punch(site.li_wei, at(DAY, 16), "out")  # the records agree after all
    site.accept(site.sheet(DAY, DAY))
    site.run()

    assert sum(n.amount_minor for n in site.lines(site.li_wei) if n.state == "released") == 38_000


def test_a_case_that_ended_is_neither_assigned_nor_decided_again(site):
    case = decided(site, 38_000)

    with pytest.raises(WrongState):
        disputes.assign(
            dispute_id=case.pk, user_id=site.arbitrator.user_id, actor=site.operator, at=at(DAY, 22)
        )
    with pytest.raises(WrongState):
        disputes.decide(
            dispute_id=case.pk, awards={}, reasons="again", actor=site.arbitrator, at=at(DAY, 22)
        )


def test_only_the_assigned_arbitrator_decides(site):
    site.work(site.li_wei, DAY)
    site.run()
    (line,) = site.lines(site.li_wei)
    case = file(site, line)

    with pytest.raises(NotFound):
        disputes.decide(
            dispute_id=case.pk,
            awards={line.pk: 1},
            reasons="so",
            actor=site.arbitrator,
            at=at(DAY, 21),
        )
    with pytest.raises(Forbidden):
        disputes.decide(
            dispute_id=case.pk,
            awards={line.pk: 1},
            reasons="so",
            actor=site.contractor,
            at=at(DAY, 21),
        )


def test_who_belongs_to_a_party_cannot_be_assigned(site):
    site.work(site.li_wei, DAY)
    site.run()
    case = file(site, site.lines(site.li_wei)[0])

    with pytest.raises(errors.PartyToTheCase):
        disputes.assign(
            dispute_id=case.pk, user_id=site.contractor.user_id, actor=site.operator, at=at(DAY, 21)
        )


def test_a_line_is_under_one_case_at_most_and_only_the_own(site):
    site.work(site.li_wei, DAY)
    site.run()
    (line,) = site.lines(site.li_wei)
    with pytest.raises(NotFound):
        file(site, line, worker=site.zhang_qiang)
    with pytest.raises(errors.NothingToDispute):
        disputes.file(line_ids=[], claim="?", actor=site.actor(site.li_wei), at=at(DAY, 20))
    file(site, line)

    with pytest.raises(errors.AlreadyDisputed):
        file(site, line)


def test_a_withdrawn_case_lets_the_records_speak_again(site):
    site.work(site.li_wei, DAY)
    site.run()
    case = file(site, site.lines(site.li_wei)[0])

    disputes.withdraw(dispute_id=case.pk, actor=site.actor(site.li_wei), at=at(DAY, 21))
    site.accept(site.sheet(DAY, DAY))
    site.run()

    assert site.lines(site.li_wei)[0].state == "released"
