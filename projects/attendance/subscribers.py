"""What attendance does by itself: read bodies, pair days, unpark after an enrolment."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from jianzhu.kernel.db import chunks
from jianzhu.outbox.registry import News, listens_to
from projects.attendance import commands


@listens_to("device_body.receive")
def understand(news: list[News], at: datetime) -> None:
    """Read what devices sent."""
    commands.understand(body_ids=[int(one.payload["body_id"]) for one in news], at=at)


@listens_to("punch.record", "day_record.end_due")
def pair(news: list[News], at: datetime) -> None:
    """New punches, or a day that has ended: read the days anew, each worker once."""
    spans: dict[tuple[int, date, date], set[int]] = defaultdict(set)
    for one in news:
        said = one.payload
        first, last = date.fromisoformat(said["first"]), date.fromisoformat(said["last"])
        spans[int(said["project_id"]), first, last].update(map(int, said["worker_ids"]))
    for (project_id, first, last), worker_ids in sorted(spans.items()):
        for chunk in chunks(sorted(worker_ids), 200):
            commands.pair_days(
                project_id=project_id, worker_ids=chunk, first=first, last=last, at=at
            )


@listens_to("enrolment.enrol")
def enrolled(news: list[News], at: datetime) -> None:
    """Somebody got a number: what was parked for it is read again."""
    sites: dict[int, set[str]] = defaultdict(set)
    for one in news:
        sites[int(one.payload["site_id"])].add(str(one.payload["person_no"]))
    for site_id, numbers in sites.items():
        commands.unpark(site_id=site_id, person_nos=sorted(numbers), at=at)
