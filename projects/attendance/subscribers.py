"""What attendance does by itself: read bodies, pair days, unpark after an enrolment."""

from __future__ import annotations

import logging
from collections import defaultdict
from datetime import date, datetime

from jianzhu.kernel.db import chunks
from jianzhu.outbox.registry import News, listens_to
from projects.attendance import capture, commands, queries
from projects.attendance.rails import isapi
from projects.sites import pulls

log = logging.getLogger(__name__)


@listens_to("device_body.receive")
def understand(news: list[News], at: datetime) -> None:
    """Read what devices sent."""
    capture.understand(body_ids=[int(one.payload["body_id"]) for one in news], at=at)


@listens_to("punch.record", "day_record.end_due")
def pair(news: list[News], at: datetime) -> None:
    """New punches, or a day that has ended: read the days anew, each worker once.

    Whoever else is meant by what is found odd about a gate is read anew with them.
    """
    spans: dict[tuple[int, date, date], set[int]] = defaultdict(set)
    for one in news:
        said = one.payload
        first, last = date.fromisoformat(said["first"]), date.fromisoformat(said["last"])
        spans[int(said["project_id"]), first, last].update(map(int, said["worker_ids"]))
    for (project_id, first, last), worker_ids in sorted(spans.items()):
        doubted = commands.doubt_gates(project_id=project_id, first=first, last=last, at=at)
        for chunk in chunks(sorted(worker_ids | doubted), 200):
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
        _read_again(queries.parked_for(site_id, numbers), at)


@listens_to("device.register", "device.change")
def registered(news: list[News], at: datetime) -> None:
    """A terminal came onto the list: what it sent as a stranger is read again."""
    for one in news:
        _read_again(queries.parked_from(int(one.payload["device_id"])), at)


@listens_to("device.pull_due")
def pull(news: list[News], at: datetime) -> None:
    """Ask terminals for the events that they could not send. Each page is kept before the next."""
    for one in news:
        asked = pulls.pull_of(int(one.payload["device_id"]), at)
        if asked is None:
            continue
        until: datetime | None = asked.until
        try:
            for page in isapi.pages(
                asked.address,
                asked.login,
                asked.password,
                zone=asked.zone,
                since=asked.since,
                until=asked.until,
            ):
                capture.keep_page(serial=asked.serial, content=page, at=at)
        except isapi.Unreachable as error:
            log.warning("a terminal did not tell its missed events: %s", error)
            until = None
        capture.end_pull(device_id=asked.device_id, until=until, at=at)


def _read_again(parked_ids: list[int], at: datetime) -> None:
    for chunk in chunks(parked_ids):
        capture.read_again(parked_ids=chunk, at=at)
