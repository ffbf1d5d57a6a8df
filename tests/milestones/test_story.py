"""A milestone from the contract to the bank: accepted, shared out, signed, paid."""

import pytest
from django.utils import timezone

from jianzhu.audit.queries import history
from jianzhu.notices.models import Notice
from projects.attendance import commands as attendance
from settlements.milestones import commands, errors
from settlements.milestones.models import Milestone, MilestonePart, MilestoneShare
from tests.milestones.conftest import CURE, LAST, LONG
from tests.site import DAY, at


def state(milestone):
    return Milestone.objects.get(pk=milestone.pk).state


def test_an_accepted_and_signed_milestone_goes_to_the_bank_by_itself(crew, site):
    crew.work(8, 8, 4)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone)

    assert crew.amounts() == [
        [("released", 360_000)],
        [("released", 360_000)],
        [("released", 180_000)],
    ]
    assert {n.payout.state for n in crew.lines()} == {"paid"}
    assert state(milestone) == "paid"
    assert MilestonePart.objects.get().state == "paid"
    told = [one.verb for one in history("milestone", milestone.pk)]
    assert told.index("milestone.share_out") < told.index("milestone.accept")


def test_a_share_waits_for_its_own_signature_and_for_no_other(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign(site.li_wei)
    crew.accept(milestone)

    (mine,) = crew.lines(site.li_wei)
    (his,) = crew.lines(site.zhang_qiang)
    assert (mine.state, mine.payout.state) == ("released", "paid")
    assert (his.state, his.reason, his.owed_by) == ("held", "share_unsigned", "worker")
    assert his.amount_minor == 300_000
    assert state(milestone) == "accepted", "not everybody's share matched yet"

    crew.sign(site.zhang_qiang, site.workers[2])
    site.run()
    assert state(milestone) == "paid"


def test_who_says_nothing_in_time_is_paid_and_the_silence_is_kept(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan(sign_days=1)
    crew.submit(milestone)
    crew.accept(milestone)
    site.run()  # the calendar here is past the clock

    assert set(MilestoneShare.objects.values_list("state", flat=True)) == {"silent"}
    assert {n.state for n in crew.lines()} == {"released"}


def test_an_objection_holds_the_own_share_and_the_others_are_paid(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan()
    crew.submit(milestone)
    share = MilestoneShare.objects.get(worker=site.zhang_qiang)
    commands.object_to(
        share_id=share.pk,
        words="I was there on Sunday too",
        actor=site.actor(site.zhang_qiang),
        at=at(LAST, 19),
    )
    crew.sign(site.li_wei, site.workers[2])
    crew.accept(milestone)

    states = {n.statement.worker_id: (n.state, n.reason) for n in crew.lines()}
    assert states == {
        site.li_wei.pk: ("released", ""),
        site.zhang_qiang.pk: ("held", "share_objected"),
        site.workers[2].pk: ("released", ""),
    }
    told = Notice.objects.filter(code="milestone_objected")
    assert {n.role or n.worker_id for n in told} == {
        "subcontractor",
        "general_contractor",
        site.li_wei.pk,
    }

    crew.sign(site.zhang_qiang)  # agrees after all
    (line,) = crew.lines(site.zhang_qiang)
    assert line.state == "released"


def test_what_a_worker_was_denied_comes_on_top_and_is_taken_from_nobody(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone)
    crew.lines()
    correction = commands.propose_correction(
        milestone_id=milestone.pk,
        amounts={site.zhang_qiang.pk: 12_345},
        reason="Sunday was forgotten",
        reference="B-1",
        actor=site.contractor,
        at=at(LAST, 20),
    )
    commands.agree_correction(correction_id=correction.pk, actor=site.officer, at=at(LAST, 21))

    assert crew.amounts() == [
        [("released", 300_000)],
        [("released", 300_000), ("released", 12_345)],
        [("released", 300_000)],
    ]
    assert MilestonePart.objects.get(kind="correction").state == "paid"


def test_too_much_comes_off_what_the_worker_earns_next(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone)
    crew.lines()
    correction = commands.propose_correction(
        milestone_id=milestone.pk,
        amounts={site.li_wei.pk: -500, site.zhang_qiang.pk: 500},
        reason="an hour was booked to the wrong man",
        reference="B-1",
        actor=site.contractor,
        at=at(LAST, 20),
    )
    commands.agree_correction(correction_id=correction.pk, actor=site.officer, at=at(LAST, 21))

    minus = crew.lines(site.li_wei)[1]
    assert (minus.state, minus.amount_minor) == ("matched", -500), "never taken from an account"
    day = LAST.replace(day=14)
    site.work(site.li_wei, day)
    site.accept(site.sheet(day, day), at(day, 19))
    minus = crew.lines(site.li_wei)[1]
    assert minus.state == "released"
    assert minus.payout.amount_minor == 40_000 - 500


def test_a_part_is_paid_at_once_and_the_cured_rest_later(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone, 600_000)

    first = crew.amounts()
    assert first == [[("released", 200_000), ("held", None)]] * 3
    rest = crew.lines(site.li_wei)[1]
    assert (rest.reason, rest.owed_by, rest.due_on) == ("milestone_rejected", "crew_leader", CURE)
    assert state(milestone) == "paid", "all that was accepted is paid"

    crew.submit(milestone, at(LAST, 20))
    assert state(milestone) == "submitted"
    crew.accept(milestone)

    assert crew.amounts() == [[("released", 200_000), ("released", 100_000)]] * 3
    assert state(milestone) == "paid"
    assert [p.amount_minor for p in MilestonePart.objects.order_by("number")] == [600_000, 300_000]


def test_a_rejected_milestone_pays_after_its_cure_and_keeps_its_history(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign()
    crew.reject(milestone)
    assert crew.amounts() == [[("held", None)]] * 3
    row = Milestone.objects.get()
    assert (row.defect, row.rejected_minor, row.cure_by) == ("not plumb", 900_000, CURE)

    crew.submit(milestone, at(LAST, 20))
    crew.accept(milestone)

    assert crew.amounts() == [[("released", 300_000)]] * 3
    looks = [(i.revision, i.result, i.rejected_minor) for i in row.inspections.order_by("pk")]
    assert looks == [(1, "rejected", 900_000), (2, "accepted", None)]


def test_a_rejected_milestone_touches_nobodys_time_wages(crew, site):
    """Companies' quarrels change who bears the cost, never the worker's time wages (art. 35)."""
    crew.work(8, None, None)
    site.accept(site.sheet(DAY, DAY))
    milestone = crew.plan()
    crew.submit(milestone)
    crew.reject(milestone)
    site.run()

    lines = {n.kind: n for n in site.lines(site.li_wei)}
    assert (lines["time"].state, lines["time"].amount_minor) == ("released", 40_000)
    assert lines["milestone"].state == "held"


def test_silence_accepts_and_everybody_is_told_before_and_after(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign()
    site.run()  # the calendar here is past the clock

    assert state(milestone) == "paid"
    codes = list(Notice.objects.order_by("pk").values_list("code", flat=True))
    assert codes.index("milestone_silence_soon") < codes.index("milestone_deemed")
    assert Milestone.objects.get().decided_by == "system"


def test_a_retention_is_shown_kept_and_goes_out_on_its_day(crew, site):
    crew.work(8, 8, 8)
    until = timezone.now().date().replace(year=timezone.now().year + 1)
    milestone = crew.plan(retention_minor=90_000, retention_until=until)
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone)

    assert crew.amounts() == [[("released", 270_000), ("held", 30_000)]] * 3
    kept = crew.lines(site.li_wei)[1]
    assert (kept.reason, kept.due_on) == ("retention_kept", until)
    part = MilestonePart.objects.get(kind="retention")
    assert commands.end_retention(part_ids=[part.pk], at=at(until, 0)) == 1
    assert commands.end_retention(part_ids=[part.pk], at=at(until, 0)) == 0

    assert crew.amounts() == [[("released", 270_000), ("released", 30_000)]] * 3
    part.refresh_from_db()
    assert part.state == "paid"


def test_the_accepting_side_lets_a_retention_go_early(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan(retention_minor=90_000, retention_until=LAST.replace(year=LAST.year + 3))
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone)
    crew.lines()

    part = MilestonePart.objects.get(kind="retention")
    commands.let_go(part_id=part.pk, actor=site.owner, at=at(LAST, 21))

    assert crew.amounts() == [[("released", 270_000), ("released", 30_000)]] * 3


def test_a_retention_whose_day_has_come_goes_out_by_its_own_clock(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan(retention_minor=90_000, retention_until=CURE)
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone)

    assert crew.amounts() == [[("released", 270_000), ("released", 30_000)]] * 3


def test_an_unclear_day_holds_the_share_out_until_it_is_answered(crew, site):
    crew.work(8, 8, None)
    site.punch(site.workers[2], at(LAST, 8), "in")
    site.run()
    milestone = crew.plan()
    crew.submit(milestone)
    crew.accept(milestone)

    assert {(n.state, n.reason) for n in crew.lines()} == {("held", "attendance_exception")}
    assert MilestoneShare.objects.count() == 0
    site.punch(site.workers[2], at(LAST, 16), "out")
    site.run()
    crew.sign()

    assert crew.amounts() == [[("released", 300_000)]] * 3


def test_attendance_that_changes_before_the_cut_is_shared_out_and_signed_anew(crew, site):
    crew.work(8, 8, 8)
    crew.nobody_answers_in_time()
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign()
    site.work(site.li_wei, LAST)
    site.run()

    versions = MilestoneShare.objects.order_by("version", "worker_id")
    assert [(s.version, s.state) for s in versions] == [(1, "replaced")] * 3 + [(2, "asked")] * 3
    crew.accept(milestone)
    assert {n.reason for n in crew.lines()} == {"share_unsigned"}
    assert sum(n.amount_minor for n in crew.lines()) == 900_000


def test_attendance_that_changes_after_the_cut_moves_no_share(crew, site):
    crew.work(8, 8, 8)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone)
    crew.lines()
    site.work(site.li_wei, LAST)

    assert crew.amounts() == [[("released", 300_000)]] * 3


def test_nothing_is_shared_out_while_punches_wait_to_be_read(crew, site):
    """Accepted before attendance came, as in a sheet that is loaded first: all of it counts."""
    milestone = crew.plan()
    crew.submit(milestone)
    crew.accept(milestone)
    for worker in site.workers:
        site.work(worker, DAY)
    attendance.pair_days(
        project_id=site.project.pk,
        worker_ids=[site.li_wei.pk],
        first=DAY,
        last=LAST,
        at=at(LAST, 20),
    )
    commands.share_out(milestone_ids=[milestone.pk], at=at(LAST, 20))
    assert MilestonePart.objects.count() == 0, "two of three are not paired yet"
    site.run()
    crew.sign()

    assert crew.amounts() == [[("released", 300_000)]] * 3


def test_the_example_of_the_handbook_comes_out_as_it_stands_there(crew, site):
    crew.work(8, 8, 4)
    until = timezone.now().date().replace(year=timezone.now().year + 1)
    milestone = crew.plan(retention_minor=90_000, retention_until=until)
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone, 600_000)
    crew.submit(milestone, at(LAST, 20))
    crew.accept(milestone)

    released = [[a for s, a in lines if s == "released"] for lines in crew.amounts()]
    kept = [[a for s, a in lines if s == "held"] for lines in crew.amounts()]
    assert released == [[216_000, 108_000], [216_000, 108_000], [108_000, 54_000]]
    assert kept == [[24_000, 12_000], [24_000, 12_000], [12_000, 6_000]]


def test_nobody_signs_a_share_out_that_is_not_the_one_shown(crew, site):
    crew.work(8, 8, 8)
    crew.submit(crew.plan())
    share = MilestoneShare.objects.get(worker=site.li_wei)

    with pytest.raises(errors.ShareOutChanged):
        commands.sign(
            share_id=share.pk, seen="0" * 64, actor=site.actor(site.li_wei), at=at(LAST, 19)
        )


def test_a_case_about_one_share_pays_what_was_decided_and_the_milestone_ends(crew, site):
    from settlements.disputes import commands as disputes

    crew.work(8, 8, 8)
    milestone = crew.plan()
    crew.submit(milestone)
    crew.sign(site.li_wei, site.workers[2])
    crew.accept(milestone)
    (line,) = crew.lines(site.zhang_qiang)
    case = disputes.file(
        line_ids=[line.pk],
        claim="more",
        actor=site.actor(site.zhang_qiang),
        at=at(LAST, 20),
    )
    disputes.assign(
        dispute_id=case.pk,
        user_id=site.arbitrator.user_id,
        actor=site.operator,
        at=at(LAST, 20),
    )
    disputes.decide(
        dispute_id=case.pk,
        awards={line.pk: 320_000},
        reasons="the witness was right",
        actor=site.arbitrator,
        at=at(LAST, 21),
    )
    site.run()

    paid = [n for n in site.lines(site.zhang_qiang) if n.state == "released"]
    assert [(n.kind, n.amount_minor) for n in paid] == [("decision", 320_000)]


def test_money_that_comes_back_opens_the_milestone_again(crew, site, bank):
    from settlements.payouts import commands as payouts

    crew.work(8, 8, 8)
    milestone = crew.plan(sign_days=LONG)
    crew.submit(milestone)
    crew.sign()
    crew.accept(milestone)
    (line,) = crew.lines(site.li_wei)
    assert state(milestone) == "paid"
    payouts.bounce(returns={line.payout.key: ("account_closed", "closed")}, at=at(LAST, 22))
    site.run()

    assert state(milestone) == "released"
