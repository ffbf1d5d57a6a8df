"""How urgent a case is, and how its figures are summed up; from values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext_noop

SOON = timedelta(days=2)
# From ten claimants with one claim on, a case comes first (Arbitration Law art. 7).
GROUP = 10
# Wages that wait longer than a month are hardship (先予执行, art. 44).
LONG_WAIT = timedelta(days=30)
MANY_CONTRADICTIONS = 2

POINTS = {
    "overdue": 5,
    "due_soon": 3,
    "group": 3,
    "long_wait": 2,
    "contradictions": 2,
    "unassigned": 2,
    "large": 1,
}
SENTENCES = {
    "overdue": gettext_noop("its clock ran out"),
    "due_soon": gettext_noop("its clock runs out within two days"),
    "group": gettext_noop("ten claimants or more"),
    "long_wait": gettext_noop("wages wait longer than a month"),
    "contradictions": gettext_noop("the records contradict each other"),
    "unassigned": gettext_noop("nobody has it"),
    "large": gettext_noop("more than a month's minimum wage for each claimant"),
}
HIGH, MEDIUM = 5, 3


@dataclass(frozen=True, slots=True)
class Facts:
    """What urgency goes by; amounts in minor units, None while nobody knows them."""

    due_at: datetime
    filed_at: datetime
    claimants: int
    disputed_minor: int | None
    minimum_month_minor: int | None
    contradictions: int
    assigned: bool
    suspended: bool


def urgency(facts: Facts, at: datetime) -> tuple[str, ...]:
    """The reasons why a case comes before others, the weightiest first; none for a suspended one."""
    if facts.suspended:
        return ()
    each = (facts.disputed_minor or 0) // max(1, facts.claimants)
    holds = {
        "overdue": facts.due_at <= at,
        "due_soon": at < facts.due_at <= at + SOON,
        "group": facts.claimants >= GROUP,
        "long_wait": at - facts.filed_at > LONG_WAIT,
        "contradictions": facts.contradictions >= MANY_CONTRADICTIONS,
        "unassigned": not facts.assigned,
        "large": bool(facts.minimum_month_minor) and each > (facts.minimum_month_minor or 0),
    }
    return tuple(sorted((code for code, so in holds.items() if so), key=lambda c: -POINTS[c]))


def points(reasons: Sequence[str]) -> int:
    """The weight of the reasons together."""
    return sum(POINTS[code] for code in reasons)


def level(reasons: Sequence[str]) -> str:
    """ "high", "medium" or "low"."""
    weight = points(reasons)
    return "high" if weight >= HIGH else "medium" if weight >= MEDIUM else "low"


def median(values: Sequence[int]) -> int | None:
    """The middle one, or the lower whole number between the two middle ones."""
    if not values:
        return None
    ordered, half = sorted(values), len(values) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (ordered[half - 1] + ordered[half]) // 2


def per_mille(part: int, whole: int) -> int | None:
    """A share in thousandths; None of nothing."""
    return part * 1_000 // whole if whole else None
