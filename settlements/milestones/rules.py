"""Terms that may be, weights, what is kept, and the clocks; from values only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jianzhu.kernel.errors import Refusal
from projects.attendance.queries import Day
from settlements.milestones import errors
from settlements.wages.shares import share

CONFIRMED = ("confirmed", "corrected", "locked")
NAMED_RULES = ("points", "percent")
WHOLE_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Weights:
    """The share-out that the records give: weights > 0 by worker, and the days they came from."""

    by_worker: dict[int, int]
    days: dict[int, list[list[int]]]


@dataclass(frozen=True, slots=True)
class Waits:
    """Why there is none yet: coded reason, and who owes the datum; `why`: a refusal's code."""

    reason: str
    owed_by: str
    why: str = ""
    due_on: Any = None


def check_terms(
    *,
    labour_minor: int,
    retention_minor: int,
    retention_ends_later: bool,
    rule: str,
    points: Mapping[str, int],
    crew: Iterable[int],
) -> None:
    """Refuse terms that could never be shared out or paid."""
    kept_well = retention_minor == 0 or retention_ends_later
    if labour_minor <= 0 or not 0 <= retention_minor <= labour_minor or not kept_well:
        raise errors.BadAmount
    if (rule in NAMED_RULES) != any(points.values()):
        raise errors.NoPoints(rule=rule)
    members = set(crew)
    for worker in points:
        if int(worker) not in members:
            raise errors.NotInCrew(worker=worker)
    if rule == "percent" and sum(points.values()) != WHOLE_PERCENT:
        raise errors.NotAHundred(total=sum(points.values()))


def weights(rule: str, points: Mapping[str, int], days: Iterable[Day]) -> Weights | Waits:
    """The share-out by the records of this moment, or what it waits for.

    By 工 every sharer's days have to be confirmed, because each moves all shares. Agreed figures and
    equal shares need presence only, which an unclear day proves as well as a clean one.
    """
    worked: dict[int | str, int] = {}
    read: dict[int, list[list[int]]] = {}
    for day in days:
        if rule == "workdays" and day.state not in CONFIRMED:
            return _unclear(day)
        present = day.workday_thousandths if rule == "workdays" else 1
        worked[day.worker_id] = worked.get(day.worker_id, 0) + present
        read.setdefault(day.worker_id, []).append([day.id, day.version])
    named: dict[int | str, int] = {int(w): p for w, p in points.items() if p}
    try:
        # Sharing one whole among them asks the engine for its refusals; the weights are its own.
        share(1, "points" if named else rule, worked, named)
    except Refusal as refusal:
        return Waits("share_refused", "crew_leader", refusal.code)
    if rule == "equal":
        worked = dict.fromkeys(worked, 1)
    found = {int(w): weight for w, weight in (named or worked).items() if weight}
    return Weights(dict(sorted(found.items())), read)


def _unclear(day: Day) -> Waits:
    if day.state == "exception":
        return Waits("attendance_exception", "general_contractor", due_on=day.answer_due_on)
    return Waits("attendance_open", "system")


def kept(accepted_minor: int, labour_minor: int, retention_minor: int) -> int:
    """What is kept of what was accepted so far: in proportion, rounded down; all of it at the end."""
    return accepted_minor * retention_minor // labour_minor


def amounts(total_minor: int, by_worker: Mapping[int, int]) -> dict[int, int]:
    """Each worker's minor units of a total; they sum to it, whatever the order."""
    everybody: dict[int | str, int] = {worker: weight for worker, weight in by_worker.items()}  # noqa: C416
    found = share(total_minor, "points", everybody, everybody)
    return {int(worker): amount for worker, amount in found.items()}
