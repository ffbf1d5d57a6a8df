"""What milestones do by themselves: clocks of silence, signing and retention; attendance that changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from jianzhu.outbox.registry import News, listens_to
from settlements.milestones import commands, queries

# A month has at most so many days; the span only narrows what is looked at.
MONTH = timedelta(days=31)


@listens_to("day_record.pair")
def days_changed(news: list[News], at: datetime) -> None:
    """Attendance was read, corrected or confirmed: shares by 工 follow until they are cut."""
    touched: set[int] = set()
    for one in news:
        month = date.fromisoformat(one.payload["month"])
        workers = map(int, one.payload["worker_ids"])
        project_id = int(one.payload["project_id"])
        touched.update(queries.following_days(project_id, list(workers), month, month + MONTH))
    if touched:
        commands.share_out(milestone_ids=sorted(touched), at=at)


@listens_to("milestone.share_due")
def look_again(news: list[News], at: datetime) -> None:
    """What was still arriving may have arrived."""
    commands.share_out(milestone_ids=sorted({int(n.payload["milestone_id"]) for n in news}), at=at)


@listens_to("milestone.silence_soon")
def silence_ends_soon(news: list[News], at: datetime) -> None:
    """The last working day of the accepting side's time has begun."""
    commands.warn_of_silence(revisions=_revisions(news), at=at)


@listens_to("milestone.silence_due")
def silence_ends(news: list[News], at: datetime) -> None:
    """The accepting side's time is over."""
    commands.end_silence(revisions=_revisions(news), at=at)


def _revisions(news: list[News]) -> dict[int, int]:
    found: dict[int, int] = {}
    for one in news:
        milestone_id, revision = int(one.payload["milestone_id"]), int(one.payload["revision"])
        found[milestone_id] = max(revision, found.get(milestone_id, 0))
    return found


@listens_to("milestone.sign_due")
def signing_ends(news: list[News], at: datetime) -> None:
    """The workers' time to look at a share-out is over."""
    versions: dict[int, int] = {}
    for one in news:
        milestone_id, version = int(one.payload["milestone_id"]), int(one.payload["version"])
        versions[milestone_id] = max(version, versions.get(milestone_id, 0))
    commands.end_signing(versions=versions, at=at)


@listens_to("milestone.retention_due")
def retention_ends(news: list[News], at: datetime) -> None:
    """A kept part's clock ran out."""
    commands.end_retention(part_ids=[int(one.payload["part_id"]) for one in news], at=at)
