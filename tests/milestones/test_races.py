"""Two hands at once on one milestone: one moves it, the other hears that it moved."""

import pytest

from jianzhu.kernel.errors import WrongState
from settlements.milestones import commands
from settlements.milestones.models import (
    Milestone,
    MilestoneInspection,
    MilestonePart,
    MilestoneShare,
)
from settlements.payouts import subscribers
from tests.acceptance.test_races import MUCH_LATER, at_once
from tests.bank import BookRail
from tests.milestones.conftest import CURE, LAST, Crew
from tests.site import Site, at


@pytest.fixture
def crew(transactional_db, tmp_path, monkeypatch):
    rail = BookRail(tmp_path / "bank")
    monkeypatch.setattr(subscribers, "rail_named", lambda name: rail)
    rail.books.deposit("9999T-1", "D-T-1", 100_000_000)
    crew = Crew(Site.build(workers=3))
    crew.nobody_answers_in_time()
    crew.work(8, 8, 8)
    yield crew
    rail.books.close()


def test_accept_and_reject_and_silence_at_once_leave_one_decision(crew):
    milestone, owner = crew.plan(), crew.site.owner
    crew.submit(milestone)
    pk, clock = milestone.pk, {milestone.pk: 1}
    Milestone.objects.filter(pk=pk).update(silence_due_at=MUCH_LATER)
    said = at_once(
        lambda: commands.accept(milestone_id=pk, actor=owner, at=MUCH_LATER),
        lambda: commands.reject(
            milestone_id=pk, defect="ugly", cure_by=CURE, actor=owner, at=MUCH_LATER
        ),
        lambda: commands.end_silence(revisions=clock, at=MUCH_LATER),
    )

    assert MilestoneInspection.objects.count() == 1
    refused = [isinstance(one, WrongState) for one in said].count(True)
    assert refused == 2 - (said[2] == 0), "all but the first hear of it, or find nothing to end"
    result = MilestoneInspection.objects.get().result
    assert MilestonePart.objects.count() == (0 if result == "rejected" else 1)


def test_two_submissions_at_once_are_one(crew):
    milestone = crew.plan()

    said = at_once(*[lambda: crew.submit(milestone)] * 2)

    assert [isinstance(one, WrongState) for one in said].count(True) == 1
    assert Milestone.objects.get().revision == 1
    assert MilestoneShare.objects.count() == 3


def test_an_acceptance_and_new_attendance_at_once_cut_by_one_share_out(crew):
    site = crew.site
    milestone = crew.plan()
    crew.submit(milestone)
    site.work(site.li_wei, LAST)
    site.run()

    at_once(
        lambda: commands.accept(milestone_id=milestone.pk, actor=site.owner, at=at(LAST, 20)),
        lambda: commands.share_out(milestone_ids=[milestone.pk], at=at(LAST, 20)),
    )

    part = MilestonePart.objects.get()
    assert part.amount_minor == 900_000
    assert sorted(part.shares.values_list("amount_minor", flat=True)) == [225_000, 225_000, 450_000]


def test_signing_and_a_new_share_out_at_once_leave_no_signature_on_the_old_one(crew):
    site = crew.site
    milestone = crew.plan()
    crew.submit(milestone)
    share = MilestoneShare.objects.get(worker=site.zhang_qiang)
    site.work(site.li_wei, LAST)

    at_once(
        lambda: commands.sign(
            share_id=share.pk,
            seen=share.digest,
            actor=site.actor(site.zhang_qiang),
            at=at(LAST, 20),
        ),
        site.run,
    )

    share.refresh_from_db()
    assert share.state == "replaced"
    assert set(MilestoneShare.objects.filter(version=2).values_list("state", flat=True)) == {
        "asked"
    }
