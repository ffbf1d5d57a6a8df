"""Overtime on the regular rate of the workweek (FLSA, 29 CFR 778; CWHSSA for Davis-Bacon work).

Straight time is paid for all hours; on hours over a threshold comes half of (double: as much as)
the regular rate, which is all remuneration of the week divided by all its hours; a salary for fixed
hours by those hours, also where fewer were worked (29 CFR 778.113(a)). A week that reaches over the
period's end is split: each period pays the premium of the overtime hours that lie in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from settlements.wages import prevailing, salary
from settlements.wages.draft import HOUR, PIECE, Draft
from settlements.wages.facts import Adjustment, Day, Rate, Source
from settlements.wages.statement import Line
from settlements.wages.workweek import DAYS, Thresholds, split


@dataclass(slots=True)
class Week:
    """One workweek: its days by date, and what was earned in it before any premium, minor units.

    `unworked`: the part of a salary that pays for hours which nobody worked.
    """

    first: date
    days: list[Day] = field(default_factory=list)
    straight: Fraction = Fraction(0)
    unworked: Fraction = Fraction(0)

    @property
    def last(self) -> date:
        return self.first + timedelta(days=DAYS - 1)

    @property
    def minutes(self) -> int:
        return sum(day.minutes for day in self.days)

    def by_day(self) -> list[int]:
        """Minutes of each of the seven days."""
        found = [0] * DAYS
        for day in self.days:
            found[(day.on - self.first).days] += day.minutes
        return found


def lines(draft: Draft) -> None:
    """Add fringe, guarantee, salary and premium lines of every workweek that touches the period."""
    for week in _weeks(draft):
        if not _reckon(draft, week):
            continue
        if week.minutes:
            _premiums(draft, week)


def _weeks(draft: Draft) -> Iterator[Week]:
    case = draft.case
    first = case.first - timedelta(days=(case.first.weekday() - case.policy.week_starts) % DAYS)
    while first <= case.last:
        week = Week(first)
        week.days = sorted(
            (d for d in case.days if week.first <= d.on <= week.last),
            key=lambda d: (d.on, d.item, str(d.id)),
        )
        yield week
        first += timedelta(days=DAYS)


def _reckon(draft: Draft, week: Week) -> bool:
    """Sum up the week's remuneration; False when a day without terms keeps it from being known."""
    unpriced = 0
    for day in week.days:
        rate = draft.terms.time(day.on, day.item)
        if rate is not None:
            week.straight += _earned(draft, day, rate)
        elif draft.terms.any(day.on) or not day.minutes:
            unpriced += day.minutes
        else:
            _hold_week(draft, week)
            return False
    paid, week.unworked = salary.weekly(draft, week.first, week.last, week.days)
    week.straight += paid
    pieces = _pieces(draft, week)
    week.straight += pieces + _guarantee(draft, week, unpriced, pieces)
    week.straight += _bonuses(draft, week)
    week.straight += _minimum(draft, week)
    return True


def _hold_week(draft: Draft, week: Week) -> None:
    key = f"{week.first.isoformat()}/premium"
    on = min(max(week.first, draft.case.first), draft.case.last)
    draft.hold(key, on, "terms_gap", *(("day", d.id) for d in week.days))


def _earned(draft: Draft, day: Day, rate: Rate) -> Fraction:
    """What the day adds to the week's remuneration; fringe is added as lines but kept out."""
    if rate.basis == "salary":
        return Fraction(0)
    if rate.basis == "lump_day":
        return _flat(day, rate)
    per = HOUR if rate.basis == "hour" else rate.workday_minutes
    if rate.prevailing is None:
        return Fraction(day.minutes * rate.rate_minor, per)
    prevailing.fringe(draft, day, rate)
    return Fraction(day.minutes * prevailing.premium_basis(rate), per)


def _flat(day: Day, rate: Rate) -> Fraction:
    """A day rate without regard to hours (29 CFR 778.112), as its line pays it."""
    if day.workday_thousandths is not None:
        return Fraction(rate.rate_minor * day.workday_thousandths, 1000)
    worked = min(day.minutes, rate.workday_minutes)
    return Fraction(rate.rate_minor * worked, rate.workday_minutes)


def _pieces(draft: Draft, week: Week) -> Fraction:
    """Piece earnings of the shares finished in the week."""
    total = Fraction(0)
    for piece in draft.case.pieces:
        if week.first <= piece.last <= week.last:
            rate = draft.terms.piece(piece.last, piece.item)
            minor = piece.price_minor
            if minor is None:
                minor = 0 if rate is None else rate.rate_minor
            total += Fraction(piece.quantity_thousandths * minor, PIECE)
    return total


def _guarantee(draft: Draft, week: Week, unpriced: int, pieces: Fraction) -> Fraction:
    """Where piece earnings are lower than the agreed hourly guarantee, the difference is due."""
    rates = [r for r in draft.case.rates if r.guarantee_minor is not None]
    rate = next((r for r in rates if r.valid_from <= week.last), None)
    if rate is None:
        return Fraction(0)
    assert rate.guarantee_minor is not None
    lacking = Fraction(unpriced * rate.guarantee_minor, HOUR) - pieces
    if lacking <= 0 or not week.minutes:
        return Fraction(0)
    _ratio_line(
        draft,
        week,
        "guarantee",
        "guarantee",
        1,
        _inside(draft, week, lacking),
        100,
        (("rate", rate.id),),
    )
    return lacking


def _inside(draft: Draft, week: Week, amount: Fraction) -> Fraction:
    """The part of a week's amount that falls on the hours worked within the period."""
    inside = sum(d.minutes for d in week.days if draft.case.first <= d.on <= draft.case.last)
    return amount * inside / week.minutes


def _bonuses(draft: Draft, week: Week) -> Fraction:
    """The week's part of bonuses that enter the regular rate (29 CFR 778.209), by hours worked."""
    total = Fraction(0)
    for one in draft.case.adjustments:
        if one.in_regular_rate and one.first <= week.last and one.last >= week.first:
            total += Fraction(one.amount_minor) * _part_of(draft, one, week)
    return total


def _part_of(draft: Draft, one: Adjustment, week: Week) -> Fraction:
    days = [d for d in draft.case.days if one.first <= d.on <= one.last]
    inside = sum(d.minutes for d in days if week.first <= d.on <= week.last)
    all_of_it = sum(d.minutes for d in days)
    return Fraction(inside, all_of_it) if all_of_it else Fraction(0)


def _minimum(draft: Draft, week: Week) -> Fraction:
    """The week's straight pay must reach the hourly minimum wage over all its hours."""
    minimum = draft.law.find("minimum_wage_hour", week.last)
    if minimum is None or not week.minutes:
        return Fraction(0)
    lacking = Fraction(week.minutes * int(minimum.value), HOUR) - week.straight
    if lacking <= 0:
        return Fraction(0)
    key = ""
    if draft.case.policy.top_up:
        line = _ratio_line(
            draft, week, "top_up", "minimum_wage", 1, _inside(draft, week, lacking), 100,
            (("region", minimum.region),),
        )  # fmt: skip
        key = line.key
    draft.find(
        "minimum_wage_shortfall", minimum.article, key, region=minimum.region,
        minimum_minor=int(minimum.value), minutes=week.minutes, week=week.first,
    )  # fmt: skip
    return lacking


def _premiums(draft: Draft, week: Week) -> None:
    """Half the regular rate on overtime minutes, as much again on double ones."""
    split_days = split(week.by_day(), thresholds(draft, week.last))
    inside = [
        parts
        for place, parts in enumerate(split_days)
        if draft.case.first <= week.first + timedelta(days=place) <= draft.case.last
    ]
    regular = (week.straight - week.unworked) / week.minutes
    days: tuple[Source, ...] = tuple(("day", day.id) for day in week.days)
    for name, place in (("overtime", 1), ("double", 2)):
        minutes = sum(parts[place] for parts in inside)
        if minutes:
            percent = int(draft.law.value(f"{name}_percent", week.last).value)
            _ratio_line(draft, week, "premium", name, minutes, regular, percent, days)


def thresholds(draft: Draft, on: date) -> Thresholds:
    """The region's thresholds in force."""
    names = (
        "weekly_minutes",
        "daily_minutes",
        "double_daily_minutes",
        "seventh_day_double_minutes",
    )
    found = [draft.law.find(name, on) for name in names]
    return Thresholds(*(None if one is None else int(one.value) for one in found))


def _ratio_line(
    draft: Draft,
    week: Week,
    kind: str,
    name: str,
    quantity: int,
    rate: Fraction,
    percent: int,
    sources: tuple[Source, ...],
) -> Line:
    """Add a line of the week whose rate is a quotient."""
    unit, per = ("min", HOUR) if kind == "premium" else ("", 1)
    amount, num, den = draft.price(quantity, rate.numerator, rate.denominator, percent, per)
    topic = {"guarantee": "piece", "top_up": "minimum_wage"}.get(kind, "premium")
    if kind == "premium" and any(one.prevailing for one in draft.case.rates):
        topic = "prevailing_premium"
    line = Line(
        f"{week.first.isoformat()}/{kind}/{name}", kind, name,
        max(week.first, draft.case.first), min(week.last, draft.case.last), quantity, unit, num,
        den, None, "hour" if unit else "", percent, amount, draft.case.currency,
        draft.law.rule(topic, min(week.last, draft.case.last)), draft.stamp, sources,
    )  # fmt: skip
    draft.lines.append(line)
    return line
