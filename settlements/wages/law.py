"""A rule set as it stands in one region: what class a day is, and which value is in force.

Answers are kept per date, so that ten thousand workers ask the calendar thirty-one times.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from settlements.wages import rulesets
from settlements.wages.days import day_class
from settlements.wages.errors import NoRule
from settlements.wages.facts import Value
from settlements.wages.rulesets import Dated, RuleSet
from settlements.wages.statement import Rule

ENDLESS = 1 << 30
ARTICLE_OF_OWN_VALUES = {"minimum_wage_month": "minimum_wage", "minimum_wage_hour": "minimum_wage"}


@dataclass(frozen=True, slots=True)
class Step:
    """Minutes of the day from `after` up to `until` count `percent` of the rate."""

    after: int
    until: int
    percent: int
    name: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class DayLaw:
    """What the law says of one date: its class and the steps by which its minutes are paid."""

    kind: str
    steps: tuple[Step, ...]
    text: str  # ISO date


class Law:
    """One rule set in one region, with the project's own dated values on top."""

    def __init__(self, rule_set: RuleSet, region: str, own: tuple[Value, ...]) -> None:
        self.rule_set = rule_set
        self.region = region
        self._own = {value.name for value in own}
        self._values = dict(rule_set.values)
        for value in own:
            article = rule_set.articles.get(ARTICLE_OF_OWN_VALUES.get(value.name, ""), "")
            dated = Dated(
                value.name, value.region, value.valid_from, value.value, article, value.source
            )
            self._values[value.name] = (*self._values.get(value.name, ()), dated)
        self._versions: dict[date, str] = {}
        self._days: dict[date, DayLaw] = {}
        self._plain: dict[date, tuple[Step, ...]] = {}
        self._averaged: dict[date, tuple[Step, Step]] = {}
        self._rules: dict[tuple[str, date], Rule] = {}
        self._months: dict[tuple[int, int], tuple[date, ...]] = {}

    def day(self, on: date) -> DayLaw:
        """Class and steps of a date."""
        found = self._days.get(on)
        if found is None:
            found = self._days[on] = self._day(on)
        return found

    def find(self, name: str, on: date) -> Dated | None:
        """The value in force: the nearest region first, then the latest version; None if none."""
        return in_force(self._values.get(name, ()), self.region, on)

    def value(self, name: str, on: date) -> Dated:
        """The value in force; NoRule when the rule set has none."""
        found = self.find(name, on)
        if found is None:
            raise NoRule(
                rule_set=self.rule_set.name, name=name, region=self.region, on=on.isoformat()
            )
        return found

    def rule(self, topic: str, on: date) -> Rule:
        """The rule of a topic of the rule set's articles."""
        found = self._rules.get((topic, on))
        if found is None:
            article = self.rule_set.articles.get(topic, "")
            found = Rule(self.rule_set.name, self.version(on), article, self.rule_set.name)
            self._rules[topic, on] = found
        return found

    def rule_of(self, value: Dated, on: date) -> Rule:
        """The rule that a dated value is."""
        return Rule(self.rule_set.name, self.version(on), value.article, value.source)

    def version(self, on: date) -> str:
        """Date of the latest change of the rule set that is in force in the region."""
        found = self._versions.get(on)
        if found is None:
            groups = (*self.rule_set.values.values(), *self.rule_set.tiers.values())
            dates = [
                one.valid_from
                for group in groups
                for one in group
                if one.valid_from <= on and covers(one.region, self.region)
            ]
            found = self._versions[on] = max(dates, default=on).isoformat()
        return found

    def paid_days(self, on: date) -> tuple[date, ...]:
        """Days of the month of `on` that a monthly wage pays: workdays and statutory holidays."""
        key = (on.year, on.month)
        if key not in self._months:
            days = _month(on)
            self._months[key] = tuple(d for d in days if self.day(d).kind in ("workday", "holiday"))
        return self._months[key]

    def workdays(self, on: date) -> tuple[date, ...]:
        """Working days of the month of `on`."""
        return tuple(d for d in self.paid_days(on) if self.day(d).kind == "workday")

    def _day(self, on: date) -> DayLaw:
        kind = day_class(on, self.rule_set.calendar, self.region)
        tiers = self._tiers(kind, on)
        if tiers is None and kind == "saturday":
            kind, tiers = "rest_day", self._tiers("rest_day", on)
        if tiers is None:
            # A law without rest-day or holiday rates (FLSA) pays every day alike.
            tiers = self._tiers("workday", on)
        version = self.version(on)
        if tiers is None:
            rule = self.rule("base", on)
            return DayLaw(kind, (Step(0, ENDLESS, 100, "normal", rule),), on.isoformat())
        ends = [*(after for after, *_ in tiers.value[1:]), ENDLESS]
        steps = tuple(
            Step(
                after,
                until,
                percent,
                name,
                Rule(self.rule_set.name, version, article, tiers.source),
            )
            for (after, percent, name, article), until in zip(tiers.value, ends, strict=True)
        )
        return DayLaw(kind, steps, on.isoformat())

    def workday_steps(self, on: date) -> tuple[Step, ...]:
        """The steps of a working day, whatever day `on` is."""
        kept = self._plain.get(on)
        if kept is None:
            near = next((d for d in self.workdays(on)), on)
            kept = self._plain[on] = self.day(near).steps
        return kept

    def averaged_steps(self, on: date) -> tuple[Step, Step]:
        """Normal and overtime of averaged hours, whatever day `on` is."""
        kept = self._averaged.get(on)
        if kept is None:
            normal, over = self.workday_steps(on)[:2]
            article = self.rule_set.articles.get("comprehensive", over.rule.article)
            over = replace(over, rule=replace(over.rule, article=article))
            kept = self._averaged[on] = (normal, over)
        return kept

    def percent(self, kind: str, on: date) -> tuple[int, Rule] | None:
        """The first multiple of a class of day and its rule; for workdays the overtime multiple."""
        tiers = self._tiers(kind, on)
        if tiers is None or (kind == "workday" and len(tiers.value) < 2):
            return None
        _, percent, _, article = tiers.value[1 if kind == "workday" else 0]
        return percent, Rule(self.rule_set.name, self.version(on), article, tiers.source)

    def _tiers(self, kind: str, on: date) -> Dated | None:
        return in_force(self.rule_set.tiers.get(kind, ()), self.region, on)


def in_force(versions: Iterable[Dated], region: str, on: date) -> Dated | None:
    """The version for the region on the day: the longest matching region, then the latest date."""
    found = [v for v in versions if v.valid_from <= on and covers(v.region, region)]
    return max(found, key=lambda v: (len(v.region), v.valid_from), default=None)


def covers(wide: str, region: str) -> bool:
    """Whether `region` is `wide` or lies in it ("CN" covers "CN-99")."""
    return region == wide or region.startswith(f"{wide}-")


@lru_cache(maxsize=64)
def law(name: str, region: str, own: tuple[Value, ...] = ()) -> Law:
    """The law of a rule set in a region; UnknownRuleSet when it isn't kept."""
    return Law(rulesets.load(name), region, own)


def _month(on: date) -> list[date]:
    first = on.replace(day=1)
    days: Any = (first + timedelta(days=n) for n in range(31))
    return [d for d in days if d.month == on.month]
