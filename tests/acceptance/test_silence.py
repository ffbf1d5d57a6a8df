"""Whoever has to answer is warned, then silence accepts, then all are told."""

from datetime import timedelta

from jianzhu.notices.models import Notice
from projects.acceptance import commands
from projects.acceptance.models import TaskSheet
from projects.sites.models import Policy
from tests.site import DAY, START, at

THURSDAY = DAY + timedelta(days=3)  # the end of three working days after Monday the 12th


def told(code):
    return sorted(n.role or "crew_leader" for n in Notice.objects.filter(code=code))


def test_the_accepting_side_is_warned_on_the_last_day_and_told_afterwards(site):
    sheet = site.sheet(DAY, DAY)
    site.run()  # the calendar here is past both clocks

    assert told("task_sheet_silence_soon") == ["general_contractor", "owner"]
    assert told("task_sheet_deemed") == ["crew_leader", "general_contractor", "owner"]
    before = Notice.objects.filter(code="task_sheet_silence_soon").first()
    after = Notice.objects.filter(code="task_sheet_deemed").first()
    assert before.pk < after.pk
    assert before.facts["due"] == f"{THURSDAY + timedelta(days=1)} 00:00"
    assert TaskSheet.objects.get(pk=sheet).state == "deemed_accepted"


def test_an_answered_sheet_warns_nobody(site):
    site.accept(site.sheet(DAY, DAY))
    site.run()

    assert told("task_sheet_silence_soon") == []
    assert told("task_sheet_deemed") == []


def test_a_warning_is_about_its_own_revision(site):
    sheet = site.sheet(DAY, DAY)
    commands.reject(
        sheet_id=sheet, defect="not plumb", cure_by=DAY, actor=site.owner, at=at(DAY, 19)
    )
    commands.submit(sheet_id=sheet, actor=site.leader, at=at(THURSDAY, 9))

    assert commands.warn_of_silence(revisions={sheet: 1}, at=at(THURSDAY, 10)) == 0
    assert commands.warn_of_silence(revisions={sheet: 2}, at=at(THURSDAY, 10)) == 1
    assert commands.warn_of_silence(revisions={sheet: 2}, at=at(THURSDAY, 11)) == 1
    assert told("task_sheet_silence_soon") == ["general_contractor", "owner"], "told once"


def test_the_clock_has_the_days_that_the_project_agreed(site):
    Policy.objects.create(
        project=site.project,
        valid_from=START + timedelta(days=1),
        silence_days=5,
        made_by="system",
    )
    sheet = TaskSheet.objects.get(pk=site.sheet(DAY, DAY))

    assert sheet.silence_due_at == at(DAY + timedelta(days=8), 0), "a weekend lies between"


def test_a_rejection_tells_the_crew_leader_what_to_cure_and_until_when(site):
    sheet = site.sheet(DAY, DAY)
    commands.accept_partly(
        sheet_id=sheet,
        accepted_thousandths=7_500,
        defect="cracks",
        cure_by=THURSDAY,
        actor=site.owner,
        at=at(DAY, 19),
    )

    (notice,) = Notice.objects.filter(worker_id=site.li_wei.pk)
    assert notice.code == "task_sheet_to_cure"
    assert (notice.facts["quantity"], notice.facts["defect"], notice.facts["cure_by"]) == (
        "2.5",
        "cracks",
        THURSDAY.isoformat(),
    )


def test_no_quarrel_however_long_keeps_the_time_wages(site):
    """Decree 724 art. 35: rejected, handed in again, rejected again — the first clock still runs."""
    site.work(site.li_wei, DAY)
    sheet = site.sheet(DAY, DAY)
    for day in (DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)):
        commands.reject(
            sheet_id=sheet, defect="ugly", cure_by=THURSDAY, actor=site.owner, at=at(day, 19)
        )
        commands.submit(sheet_id=sheet, actor=site.leader, at=at(day, 20))

    early = commands.end_silence(sheet_ids=[sheet], at=at(THURSDAY, 23))
    ended = commands.end_silence(sheet_ids=[sheet], at=at(THURSDAY + timedelta(days=1), 0))

    assert (early, ended) == (0, 1)
    row = TaskSheet.objects.get(pk=sheet)
    assert (row.state, row.accepted_thousandths) == ("submitted", None), "the quarrel goes on"
    assert row.time_accepted_at == at(THURSDAY + timedelta(days=1), 0)
    assert told("task_sheet_time_accepted") == ["crew_leader", "general_contractor", "owner"]


def test_the_end_of_the_first_clock_pays_the_time_of_a_quarrelled_sheet(site):
    site.work(site.li_wei, DAY)
    sheet = site.sheet(DAY, DAY)
    commands.reject(
        sheet_id=sheet, defect="ugly", cure_by=THURSDAY, actor=site.owner, at=at(DAY, 19)
    )
    site.run()  # the calendar here is past the clock

    (line,) = site.lines(site.li_wei)
    assert TaskSheet.objects.get(pk=sheet).state == "rejected"
    assert (line.kind, line.state, line.payout.state) == ("time", "released", "paid")
