"""Hours of a workweek by class: regular, overtime, double. Minutes only, no money."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DAYS = 7


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Minutes after which time is overtime; None where the law has no such threshold.

    `weekly`: regular minutes of a week (40 h). `daily`: regular minutes of a day; over `double` a
    day's time is double. `seventh_double`: on the seventh day worked in a row all time is overtime,
    and over this many minutes double (California Labor Code 510).
    """

    weekly: int | None = 2400
    daily: int | None = None
    double: int | None = None
    seventh_double: int | None = None


def split(days: Sequence[int], limits: Thresholds) -> list[tuple[int, int, int]]:
    """(regular, overtime, double) of each day of one workweek, in order.

    A minute counts once: only what is left regular after the daily rule uses up the week's regular
    time, so that daily and weekly overtime are never added twice.
    """
    found, regular_so_far, seventh = [], 0, len(days) == DAYS and all(days)
    for place, minutes in enumerate(days):
        last_of_seven = seventh and place == DAYS - 1
        regular, double = _by_day(minutes, limits, last_of_seven)
        if limits.weekly is not None:
            regular = min(regular, max(0, limits.weekly - regular_so_far))
        regular_so_far += regular
        found.append((regular, minutes - regular - double, double))
    return found


def _by_day(minutes: int, limits: Thresholds, last_of_seven: bool) -> tuple[int, int]:
    """(regular, double) minutes by the daily rules alone."""
    if last_of_seven and limits.seventh_double is not None:
        return 0, max(0, minutes - limits.seventh_double)
    double = 0 if limits.double is None else max(0, minutes - limits.double)
    regular = minutes - double
    return (regular if limits.daily is None else min(regular, limits.daily)), double
