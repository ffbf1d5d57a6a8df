"""Each computed line beside the records that it came from: what does it still wait for?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from projects.acceptance.queries import Sheet
from projects.attendance.queries import Day
from settlements.statements import rules
from settlements.statements.due import Due, engine_figures
from settlements.statements.facts import WEEK, MonthFacts
from settlements.statements.rules import Hold
from settlements.statements.shares import Share
from settlements.wages.statement import Line

# Lines of a whole workweek: days of it may lie in the next month and still move the regular rate.
OF_A_WEEK = ("premium", "guarantee", "top_up")


@dataclass(frozen=True, slots=True)
class Matcher:
    """Puts each computed line beside the records that it came from."""

    facts: MonthFacts
    days: dict[int, Day]
    shares: dict[int, Share]
    today: date
    inputs_digest: bytes
    # Sheets by day: asked for by each of its lines, for the match and for its sources.
    known: dict[int, list[Sheet]] = field(default_factory=dict)

    def covering(self, day: Day) -> list[Sheet]:
        """The sheets on which the crew's work of this day stands."""
        if day.id not in self.known:
            self.known[day.id] = self.facts.covering(day)
        return self.known[day.id]

    def due(self, line: Line) -> Due:
        """The engine's line with what it still waits for."""
        return Due(
            key=line.key,
            hold=self._hold(line),
            sources=sources_of(line.sources, self),
            inputs_digest=self.inputs_digest,
            **engine_figures(line),
        )

    def _hold(self, line: Line) -> Hold | None:
        for noun, ident in line.sources:
            hold = None
            if noun == "day" and int(ident) in self.days:
                day = self.days[int(ident)]
                hold = rules.time_hold(day, self.covering(day))
            elif noun == "piece":
                hold = self.shares[int(ident)].hold
            if hold is not None:
                return hold
        spans = line.on != self._last_day(line) and line.kind != "piece"
        return self._hold_of_span(line) if spans else None

    def _hold_of_span(self, line: Line) -> Hold | None:
        """A line over several days waits until all that could still move it are over and answered."""
        until = self._last_day(line)
        if self.today <= until:
            return Hold("period_open", "system", until + timedelta(days=1))
        for day in self.days.values():
            if line.on <= day.on <= until:
                hold = rules.day_hold(day)
                if hold is not None:
                    return hold
        return None

    def _last_day(self, line: Line) -> date:
        if self.facts.by_weeks and line.kind in OF_A_WEEK:
            return date.fromisoformat(line.key[:10]) + timedelta(days=WEEK - 1)
        return line.until


def sources_of(sources: Iterable[tuple[str, Any]], matcher: Matcher) -> dict[str, Any]:
    """Ids with the versions that were read: what a line can be opened to."""
    found: dict[str, Any] = {}
    for noun, ident in sources:
        if noun == "day" and int(ident) in matcher.days:
            day = matcher.days[int(ident)]
            found.setdefault("days", []).append([day.id, day.version])
            for sheet in matcher.covering(day):
                entry = [sheet.id, sheet.version]
                if entry not in found.setdefault("sheets", []):
                    found["sheets"].append(entry)
        elif noun == "piece":
            sheet = matcher.shares[int(ident)].sheet
            found.setdefault("sheets", []).append([sheet.id, sheet.version])
        elif noun in ("rate", "adjustment"):
            found.setdefault(f"{noun}s", []).append(int(ident))
    return found
