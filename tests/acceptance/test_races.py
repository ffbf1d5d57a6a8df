"""Two hands at once on one sheet: one moves it, the other hears that it moved."""

import threading

import pytest
from django.db import connection

from jianzhu.kernel.errors import Refusal, WrongState
from projects.acceptance import commands
from projects.acceptance.models import Inspection, TaskSheet
from tests.site import DAY, Site, at

MUCH_LATER = at(DAY.replace(month=11), 12)


@pytest.fixture
def site(transactional_db):
    return Site.build(workers=2)


def at_once(*works):
    """Each in a thread with a connection of its own, all let go at the same moment."""
    gate, said = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        gate.wait(10)
        try:
            said[number] = work()
        except Refusal as refusal:
            said[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


def test_accept_and_reject_and_silence_at_once_leave_one_decision(site):
    sheet = site.sheet(DAY, DAY)
    said = at_once(
        lambda: commands.accept(sheet_id=sheet, actor=site.owner, at=MUCH_LATER),
        lambda: commands.reject(
            sheet_id=sheet, defect="ugly", cure_by=DAY, actor=site.contractor, at=MUCH_LATER
        ),
        lambda: commands.end_silence(sheet_ids=[sheet], at=MUCH_LATER),
    )

    accepted, rejected, silent = said
    decisions = Inspection.objects.filter(sheet=sheet)
    row = TaskSheet.objects.get(pk=sheet)
    assert decisions.count() == 1
    assert [isinstance(one, WrongState) for one in (accepted, rejected)].count(False) <= 1
    assert (
        decisions.get().result.removeprefix("accept")
        == ({"accepted": "ed", "rejected": "rejected", "deemed_accepted": "deemed"}[row.state])
    )
    if row.state == "rejected":
        assert silent == 1, "the clock still accepts the time"
        assert row.time_accepted_at == MUCH_LATER


def test_two_submissions_at_once_are_one(site):
    sheet = site.sheet(DAY, DAY)
    commands.reject(sheet_id=sheet, defect="ugly", cure_by=DAY, actor=site.owner, at=at(DAY, 19))

    said = at_once(
        *[lambda: commands.submit(sheet_id=sheet, actor=site.leader, at=at(DAY, 20))] * 2
    )

    assert [isinstance(one, WrongState) for one in said].count(True) == 1
    assert TaskSheet.objects.get(pk=sheet).revision == 2


def test_two_drafts_of_one_number_at_once_are_one_sheet(site):
    said = at_once(*[lambda: _draft(site)] * 2)

    assert TaskSheet.objects.count() == 1
    assert said[0] == said[1]


def _draft(site):
    from projects.acceptance.steps import Draft

    new = Draft(
        project_id=site.project.pk,
        crew_id=site.crew.pk,
        work_package_id=site.package.pk,
        number="TS-1",
        item="砌体",
        unit="m3",
        work_from=DAY,
        work_to=DAY,
        planned_thousandths=1_000,
    )
    return commands.draft(new=new, actor=site.leader, at=at(DAY)).pk
