"""A correction is a new record of two people; what was released is never edited."""

import pytest

from jianzhu.kernel.errors import Forbidden, NotFound, SameHand
from projects.attendance import commands as attendance
from projects.attendance.models import DayRecord, Punch
from tests.site import DAY, at


def ask(site, worker, first=8, last=16, actor=None):
    return attendance.request_correction(
        worker_id=worker.pk,
        project_id=site.project.pk,
        on=DAY,
        intervals=[(at(DAY, first), at(DAY, last))],
        reason="the gate had no power",
        actor=actor or site.actor(worker),
        at=at(DAY, 20),
    )


def test_a_forgotten_out_punch_is_answered_by_a_second_person_and_paid(site):
    site.punch(site.li_wei, at(DAY, 8), "in")
    site.accept(site.sheet(DAY, DAY))
    site.run()
    correction = ask(site, site.li_wei)

    attendance.approve_correction(
        correction_id=correction.pk,
        answer="seen him leave at four",
        actor=site.contractor,
        at=at(DAY, 21),
    )
    site.run()

    (line,) = site.lines(site.li_wei)
    assert (line.state, line.amount_minor) == ("released", 40_000)
    day = DayRecord.objects.get(worker=site.li_wei)
    assert (day.state, day.correction_id) == ("locked", correction.pk)
    assert Punch.objects.count() == 1


def test_nobody_answers_the_own_request(site):
    site.punch(site.li_wei, at(DAY, 8), "in")
    correction = ask(site, site.li_wei, actor=site.contractor)

    with pytest.raises(SameHand):
        attendance.approve_correction(
            correction_id=correction.pk, answer="fine", actor=site.contractor, at=at(DAY, 21)
        )


def test_a_worker_can_neither_answer_nor_ask_for_another(site):
    correction = ask(site, site.li_wei)

    with pytest.raises(Forbidden):
        attendance.approve_correction(
            correction_id=correction.pk,
            answer="fine",
            actor=site.actor(site.zhang_qiang),
            at=at(DAY, 21),
        )
    with pytest.raises(NotFound):
        ask(site, site.workers[2], actor=site.actor(site.zhang_qiang))


def test_after_release_a_correction_becomes_a_difference_on_the_next_statement(site):
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    correction = ask(site, site.li_wei, first=8, last=12)

    attendance.approve_correction(
        correction_id=correction.pk, answer="left at noon", actor=site.contractor, at=at(DAY, 21)
    )
    site.run()

    paid, difference = site.lines(site.li_wei)
    assert (paid.state, paid.amount_minor) == ("released", 40_000)
    assert (difference.kind, difference.amount_minor) == ("difference", -20_000)
    assert difference.statement.month.month == DAY.month + 1
    assert difference.state == "matched"  # waits until there is more to pay than to take back


def test_two_corrections_come_to_what_a_correct_first_run_would_have_given(site):
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    for last in (12, 14):
        correction = ask(site, site.li_wei, first=8, last=last)
        attendance.approve_correction(
            correction_id=correction.pk, answer="so it was", actor=site.contractor, at=at(DAY, 21)
        )
        site.run()

    assert sum(n.amount_minor for n in site.lines(site.li_wei)) == 30_000
