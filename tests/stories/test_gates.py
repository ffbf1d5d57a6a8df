"""A project may ask people before wages leave. A gate asks, it never takes: silence lets go."""

from datetime import timedelta

import pytest

from jianzhu.audit.models import AuditEvent
from jianzhu.kernel import clock
from jianzhu.kernel.errors import NotFound
from projects.acceptance import commands as acceptance
from projects.sites.models import Policy
from settlements.disputes import commands as disputes
from settlements.statements import commands
from settlements.statements.models import GateCheck
from tests.site import DAY, START, Site, at

LONG = 3_650  # working days: its clock does not run out while the test runs


def agree(site, *gates):
    return Policy.objects.create(
        project=site.project,
        valid_from=START + timedelta(days=1),
        made_by="system",
        gates=[{"gate": name, "days": days} for name, days in gates],
    )


def one_day(site, worker=None):
    site.work(worker or site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    (line,) = site.lines(worker or site.li_wei)
    return line


def test_the_worker_is_asked_and_the_yes_sends_the_wage(site):
    agree(site, ("worker", LONG))
    line = one_day(site)
    assert (line.state, line.reason, line.owed_by) == ("held", "gate_worker", "worker")

    commands.confirm(statement_id=line.statement_id, actor=site.actor(site.li_wei), at=clock.now())
    site.run()

    (line,) = site.lines(site.li_wei)
    assert (line.state, line.payout.state) == ("released", "paid")


def test_two_gates_are_passed_one_after_the_other(site):
    agree(site, ("worker", LONG), ("labour_officer", LONG))
    line = one_day(site)
    with pytest.raises(NotFound):  # not asked yet
        commands.confirm(statement_id=line.statement_id, actor=site.officer, at=clock.now())

    commands.confirm(statement_id=line.statement_id, actor=site.actor(site.li_wei), at=clock.now())
    site.run()
    (line,) = site.lines(site.li_wei)
    assert (line.state, line.reason) == ("held", "gate_labour_officer")
    commands.confirm(statement_id=line.statement_id, actor=site.officer, at=clock.now())
    site.run()

    (line,) = site.lines(site.li_wei)
    assert line.state == "released"


def test_silence_lets_the_wage_go_and_is_recorded_as_silence(site):
    agree(site, ("worker", 1))
    line = one_day(site)
    assert line.reason == "gate_worker"
    later = clock.now() + timedelta(days=30)

    with_time = GateCheck.objects.get()
    commands.lapse(check_ids=[with_time.pk], at=later)
    site.run()

    (line,) = site.lines(site.li_wei)
    assert line.state == "released"
    check = GateCheck.objects.get()
    assert (check.state, check.answered_by) == ("silent", "")
    assert AuditEvent.objects.filter(verb="gate_check.lapse", actor="system").count() == 1


def test_a_clock_that_has_not_run_out_records_no_silence(site):
    agree(site, ("worker", LONG))
    one_day(site)
    check = GateCheck.objects.get()

    assert commands.lapse(check_ids=[check.pk], at=clock.now()) == 0

    check.refresh_from_db()
    assert check.state == "asked"


def test_who_objects_stops_that_line_alone(site):
    agree(site, ("worker", LONG))
    line = one_day(site)
    case = disputes.file(
        line_ids=[line.pk], claim="a whole day", actor=site.actor(site.li_wei), at=clock.now()
    )

    site.run()

    (line,) = site.lines(site.li_wei)
    assert (line.state, case.state) in {("disputed", "filed"), ("disputed", "evidence")}


def test_another_amount_is_another_question(site):
    """What was confirmed is the amount; news about the day asks again."""
    agree(site, ("worker", LONG))
    site.work(site.li_wei, DAY, 8, 12)
    sheet = site.sheet(DAY, DAY)
    site.accept(sheet)
    site.run()
    (line,) = site.lines(site.li_wei)
    assert line.amount_minor == 20_000

    site.punch(site.li_wei, at(DAY, 12, 30), "in")
    site.punch(site.li_wei, at(DAY, 16, 30), "out")
    site.run()

    (line,) = (n for n in site.lines(site.li_wei) if n.key == line.key)
    asked = GateCheck.objects.filter(line_key=line.key).values_list("amount_minor", flat=True)
    assert line.amount_minor > 20_000
    assert (set(asked), line.reason) == ({20_000, line.amount_minor}, "gate_worker")


def test_nobody_answers_for_another(site):
    agree(site, ("worker", LONG))
    line = one_day(site)

    for stranger in (site.actor(site.zhang_qiang), site.officer):
        with pytest.raises(NotFound):
            commands.confirm(statement_id=line.statement_id, actor=stranger, at=clock.now())


def test_an_officer_elsewhere_is_no_officer_here(site):
    agree(site, ("labour_officer", LONG))
    line = one_day(site)
    foreign = Site.build(code="T-2")

    with pytest.raises(NotFound):
        commands.confirm(statement_id=line.statement_id, actor=foreign.officer, at=clock.now())


def test_what_was_released_before_the_gate_is_not_asked_about(site):
    line = one_day(site)
    assert line.state == "released"
    agree(site, ("worker", LONG))

    site.work(site.li_wei, DAY + timedelta(days=1))
    sheet = site.sheet(DAY + timedelta(days=1), DAY + timedelta(days=1))
    acceptance.accept(sheet_id=sheet, actor=site.owner, at=at(DAY, 19))
    site.run()

    asked = set(GateCheck.objects.values_list("line_key", flat=True))
    assert asked == {f"{DAY + timedelta(days=1)}/time/normal"}
