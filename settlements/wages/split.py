"""Minutes of a day by rate class: by the day's steps, or averaged over a period."""

from __future__ import annotations

from datetime import date

from settlements.wages import averaging
from settlements.wages.draft import Draft
from settlements.wages.facts import Day
from settlements.wages.law import DayLaw, Step

Part = tuple[int, Step]


class Split:
    """Walks the days in order and splits each into (minutes, step); counts minutes by class.

    Several records of one date run on: the second starts where the first ended.
    """

    __slots__ = ("_averaged", "_before", "_cap", "_draft", "_on")

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._on: date | None = None
        self._before = 0
        self._averaged = draft.case.averaged_minutes_before
        self._cap: int | None = None
        if draft.case.policy.hours_system == "comprehensive":
            self._cap = averaged_cap(draft)

    def parts(self, day: Day, law: DayLaw) -> list[Part]:
        """The day's minutes by class; parts of zero minutes are left out."""
        found = self._parts(day, law)
        draft = self._draft
        counts = draft.minutes
        for minutes, step in found:
            counts[step.name] = counts.get(step.name, 0) + minutes
            if step.percent > 100:
                draft.over[day.on] = draft.over.get(day.on, 0) + minutes
        return found

    def count(self, day: Day) -> None:
        """Count the minutes of a day that is not paid by class (pieces)."""
        self.parts(day, self._draft.law.day(day.on))

    def lump(self, day: Day) -> None:
        """Count the minutes of a day under a lump rate, weighted by what their class would earn."""
        draft = self._draft
        for minutes, step in self._parts(day, draft.law.day(day.on)):
            draft.lump_percent_minutes += minutes * step.percent
            if step.percent > 100:
                draft.over[day.on] = draft.over.get(day.on, 0) + minutes

    def _parts(self, day: Day, law: DayLaw) -> list[Part]:
        before = self._before if day.on == self._on else 0
        self._on, self._before = day.on, before + day.minutes
        if self._cap is not None and law.kind != "holiday":
            return self._over_the_period(day)
        steps = law.steps
        if day.hint == "lieu_later" and law.kind == "rest_day":
            # Time off is given instead: the rest-day rate falls away (劳动法 art. 44 item 2).
            steps = self._draft.law.workday_steps(day.on)
        return by_steps(steps, before, day.minutes)

    def _over_the_period(self, day: Day) -> list[Part]:
        """Normal until the period's normal time is used up, then overtime, on rest days too."""
        assert self._cap is not None
        normal, over = self._draft.law.averaged_steps(day.on)
        inside = max(0, min(day.minutes, self._cap - self._averaged))
        self._averaged += day.minutes
        both = ((inside, normal), (day.minutes - inside, over))
        return [(minutes, step) for minutes, step in both if minutes]


def by_steps(steps: tuple[Step, ...], before: int, minutes: int) -> list[Part]:
    """`minutes` that follow `before` minutes of the same day, cut at the steps."""
    end = before + minutes
    if end <= steps[0].until:
        return [(minutes, steps[0])] if minutes else []
    found = []
    for step in steps:
        inside = min(end, step.until) - max(before, step.after)
        if inside > 0:
            found.append((inside, step))
    return found


def averaged_cap(draft: Draft) -> int:
    """Normal minutes of the averaging period, or of the part of it that the worker's terms cover."""
    case = draft.case
    if case.averaged_cap_minutes is not None:
        return case.averaged_cap_minutes
    return averaging.cap(draft.law, case.policy.averaging, case.last)
