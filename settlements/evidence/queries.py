"""Erasures: those asked for, and the persons for whom the time has come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from projects.sites import queries as sites
from settlements.evidence import retention
from settlements.evidence.errors import StillOwed
from settlements.evidence.models import Erasure
from workers_app.people import queries as people
from workers_app.terms import queries as terms

# Persons who are looked at for one page: each takes a few queries.
LOOKED_AT_MAX = 100


@dataclass(frozen=True, slots=True)
class Erased:
    """An erasure as pages show it; `made_by` and `checked_by` as the audit log writes hands."""

    id: int
    worker_id: int
    state: str
    reason: str
    made_by: str
    checked_by: str
    answer: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Until when a person's records are kept; None while something is open, and then what."""

    worker_id: int
    until: datetime | None
    open: str


def erasures(where: Q) -> list[Erased]:
    """Erasures by a filter, those that wait first, then the newest."""
    rows = sorted(
        Erasure.objects.filter(where), key=lambda e: (e.state != "asked", -e.asked_at.timestamp())
    )
    said = people.opened_all(_said(rows))
    return [
        Erased(
            e.pk,
            e.worker_id,
            e.state,
            said[reason_of(e.pk)],
            e.made_by,
            e.checked_by,
            said[answer_of(e.pk)],
            e.asked_at,
            e.answered_at,
        )
        for e in rows
    ]


def _said(rows: Iterable[Erasure]) -> Iterator[tuple[int, str, str]]:
    for row in rows:
        yield row.worker_id, row.reason, reason_of(row.pk)
        yield row.worker_id, row.answer, answer_of(row.pk)


def reason_of(erasure_id: int) -> str:
    """Where the reason is sealed."""
    return f"erasure.reason:{erasure_id}"


def answer_of(erasure_id: int) -> str:
    """Where the answer is sealed."""
    return f"erasure.answer:{erasure_id}"


def kept(worker_id: int) -> Kept:
    """Until when this person's records have to be kept."""
    try:
        return Kept(worker_id, retention.kept_until(worker_id), "")
    except StillOwed as still:
        return Kept(worker_id, None, str(still.facts["what"]))


def over(at: datetime) -> list[Kept]:
    """Persons whose records need not be kept any more and for whom nobody asked yet, at most a
    hundred, those that are longest over first."""
    ended = sites.projects(Q(state__in=retention.OVER))
    known = set(Erasure.objects.exclude(state="refused").values_list("worker_id", flat=True))
    workers = {w for project in ended for w in terms.workers_of(project.id)} - known
    found = [kept(worker_id) for worker_id in sorted(workers)[:LOOKED_AT_MAX]]
    return sorted(
        (one for one in found if one.until is not None and one.until <= at),
        key=lambda one: (one.until, one.worker_id),
    )
