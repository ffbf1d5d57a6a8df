"""What in the records of a case does not fit together, found by the product.

A contradiction proves nothing against anybody; it says where to look. Each names its rows.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_noop

from projects.acceptance.queries import Sheet
from settlements.desk.ground import Ground, Records
from settlements.disputes.queries import Case
from settlements.evidence.elements import ACCEPTED_SHEETS

SENTENCES = {
    "punch_without_roster": gettext_noop("Punched on a day for which the plan has no crew of theirs."),
    "acceptance_without_punch": gettext_noop("Work of these days was accepted, and the worker has no punch."),
    "account": gettext_noop("One bank account was named for several people."),
    "phone": gettext_noop("One phone number was given by several people."),
    "one_phone": gettext_noop("Several people punched with one phone."),
    "two_sites": gettext_noop("At two sites within a time in which nobody gets from one to the other."),
    "signed_absent": gettext_noop("Signed the sheet without a punch on any of its days."),
    "day_beyond_punches": gettext_noop("More minutes are recorded than lie between the day's punches."),
}  # fmt: skip
# Nobody leaves one site and enters another in less.
BETWEEN_SITES = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """`code` is a key of SENTENCES; `on` None where it is of no day; rows by noun."""

    code: str
    worker_ids: tuple[int, ...]
    on: date | None
    rows: dict[str, list[int]]


def found(case: Case) -> list[Contradiction]:
    """Everything that contradicts in the days and people of a case, by day."""
    return of_all([case])[case.id]


def of_all(cases: Sequence[Case]) -> dict[int, list[Contradiction]]:
    """The same of many cases by their ids, with as many queries as of one of each project."""
    records = Records(cases)
    return {case.id: _of(Ground(case, records)) for case in cases}


def _of(ground: Ground) -> list[Contradiction]:
    told = [one for look in _LOOKS for one in look(ground)] if ground.spans else []
    unique = {(c.code, c.worker_ids, c.on, str(c.rows)): c for c in told}
    return sorted(unique.values(), key=lambda c: (c.on or date.min, c.code, c.worker_ids))


def told_to(worker_id: int | None, found: Iterable[Contradiction]) -> list[Contradiction]:
    """A worker is told of the own only: the others' names are theirs."""
    return [c for c in found if worker_id is None or c.worker_ids == (worker_id,)]


def _punch_without_roster(g: Ground) -> Iterator[Contradiction]:
    if not g.plan:
        return  # a project that plans nothing contradicts nothing
    for worker_id, day in sorted(g.days_in_dispute):
        punches = g.of_day(worker_id, day)
        crew = g.crew_on(worker_id, day)
        planned = any(h.crew_id == crew and h.first <= day <= h.last for h in g.plan)
        if punches and not planned:
            rows = {"punch": [p.id for p in punches]}
            yield Contradiction("punch_without_roster", (worker_id,), day, rows)


def _acceptance_without_punch(g: Ground) -> Iterator[Contradiction]:
    for worker_id, first, last in sorted(g.spans):
        days = [first + timedelta(days=k) for k in range((last - first).days + 1)]
        if any(g.of_day(worker_id, day) for day in days):
            continue  # of a span, rest days have no punch and contradict nothing
        accepted = [s.id for s in g.sheets if _stands_on(g, s, worker_id, days)]
        if accepted:
            yield Contradiction(
                "acceptance_without_punch", (worker_id,), first, {"task_sheet": accepted}
            )


def _stands_on(g: Ground, sheet: Sheet, worker_id: int, days: Iterable[date]) -> bool:
    return sheet.state in ACCEPTED_SHEETS and any(
        sheet.covers(day) and g.crew_on(worker_id, day) == sheet.crew_id for day in days
    )


def _shared(g: Ground) -> Iterator[Contradiction]:
    for shared in g.records.shared:
        if not g.workers.intersection(shared.worker_ids):
            continue
        rows = {"worker": list(shared.worker_ids)}
        yield Contradiction(shared.kind, shared.worker_ids, None, rows)


def _one_phone(g: Ground) -> Iterator[Contradiction]:
    for group in g.one_phone:
        workers = tuple(sorted(group))
        yield Contradiction("one_phone", workers, None, {"worker": list(workers)})


def _two_sites(g: Ground) -> Iterator[Contradiction]:
    for worker_id, punches in g.punches.items():
        for one, other in itertools.pairwise(punches):
            if one.site != other.site and other.at - one.at < BETWEEN_SITES:
                day = one.at.astimezone(g.zone).date()
                rows = {"punch": [one.id, other.id]}
                yield Contradiction("two_sites", (worker_id,), day, rows)


def _signed_absent(g: Ground) -> Iterator[Contradiction]:
    for sheet in g.sheets:
        for one in g.records.signed.get(sheet.id, ()):
            worker_id = g.records.hands.get(one.by)
            if worker_id is None or one.side != "crew":
                continue
            if not g.present(worker_id, sheet.work_from, sheet.work_to):
                rows = {"task_sheet": [sheet.id]}
                yield Contradiction("signed_absent", (worker_id,), sheet.work_to, rows)


def _beyond_punches(g: Ground) -> Iterator[Contradiction]:
    passed = g.records.read_from
    for day in g.disputed:
        if day.correction_id:
            continue
        read = sorted((passed[i] for i in day.punch_ids if i in passed), key=lambda p: p.at)
        between = (read[-1].at - read[0].at) // MINUTE if read else 0
        if day.minutes > between:
            rows = {"day_record": [day.id], "punch": [p.id for p in read]}
            yield Contradiction("day_beyond_punches", (day.worker_id,), day.on, rows)


_LOOKS: tuple[Callable[[Ground], Iterable[Contradiction]], ...] = (
    _punch_without_roster,
    _acceptance_without_punch,
    _shared,
    _one_phone,
    _two_sites,
    _signed_absent,
    _beyond_punches,
)
