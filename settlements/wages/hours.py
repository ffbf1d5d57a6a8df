"""Pay for time at a multiple of the agreed rate by class of day: one line per day and class.

Bases hour, day (工) and lump day rate (包薪制). Pay by the month has a drawer of its own.
"""

from __future__ import annotations

from jianzhu.kernel.money import round_ratio
from settlements.wages import errors, month
from settlements.wages.draft import HOUR, Draft
from settlements.wages.facts import MONTHLY, Day, Rate
from settlements.wages.law import DayLaw, Step
from settlements.wages.split import Split
from settlements.wages.statement import Line

WORKDAY = 1000  # thousandths of one 工


def lines(draft: Draft) -> None:
    """Add the time lines of the period, and hold the days that no terms cover."""
    case = draft.case
    split = Split(draft)
    months: list[tuple[Day, Rate]] = []
    for day in sorted(case.days, key=lambda d: (d.on, d.item, str(d.id))):
        if not case.first <= day.on <= case.last:
            continue
        rate = draft.terms.time(day.on, day.item)
        if rate is None:
            _without_time_rate(draft, day)
            split.count(day)
        elif rate.basis in MONTHLY:
            months.append((day, rate))
        elif rate.basis == "lump_day":
            split.lump(day)
            _lump(draft, day, rate)
        elif rate.basis == "salary":
            _by_workweeks_only(draft)
        else:
            _classes(draft, day, rate, split)
    if any(rate.basis in MONTHLY for rate in case.rates):
        month.lines(draft, months, split)


def _by_workweeks_only(draft: Draft) -> None:
    """A salary is weekly: a law that pays by class of day has the basis "month" instead."""
    if draft.law.rule_set.method != "regular_rate":
        raise errors.NotTogether(first="basis salary", second=f"rule set {draft.case.rule_set}")


def _without_time_rate(draft: Draft, day: Day) -> None:
    """A piece worker's day bears no time line; a day under no terms at all is held."""
    if day.minutes and not draft.terms.any(day.on):
        text = draft.law.day(day.on).text
        draft.hold(f"{text}/time", day.on, "terms_gap", ("day", day.id))


def _classes(draft: Draft, day: Day, rate: Rate, split: Split) -> None:
    law = draft.law.day(day.on)
    sources = (("day", day.id), ("rate", rate.id))
    suffix = f"/{day.item}" if day.item else ""
    den = HOUR if rate.basis == "hour" else rate.workday_minutes
    counted = _steps_of(draft, day, rate)
    for place, (minutes, step) in enumerate(split.parts(day, law)):
        key = f"{law.text}/time/{step.name}{suffix}"
        quantity, per, unit = minutes, den, "min"
        if counted is not None and place == 0:
            # Hours beyond the normal day stay hours; what comes before is counted in 工.
            most = round_ratio(minutes * WORKDAY, rate.workday_minutes, draft.rounding)
            quantity = counted if minutes == day.minutes else min(counted, most)
            per, unit = WORKDAY, "thousandth"
        draft.lines.append(_line(draft, day, key, quantity, rate, step, sources, per, unit))
    if day.night_minutes and rate.night_percent:
        _night(draft, day, rate, law, suffix, den)


def _steps_of(draft: Draft, day: Day, rate: Rate) -> int | None:
    """工 as attendance counted them, where the policy pays those instead of minutes."""
    if draft.case.policy.workdays == "steps" and rate.basis == "day":
        return day.workday_thousandths
    return None


def _line(
    draft: Draft,
    day: Day,
    key: str,
    quantity: int,
    rate: Rate,
    step: Step,
    sources: tuple[tuple[str, int | str], ...],
    den: int,
    unit: str,
) -> Line:
    per = HOUR if unit == "min" else WORKDAY
    amount, num, den = draft.price(quantity, rate.rate_minor, den, step.percent, per)
    return Line(
        key,
        "time",
        step.name,
        day.on,
        day.on,
        quantity,
        unit,
        num,
        den,
        rate.rate_minor,
        rate.basis,
        step.percent,
        amount,
        draft.case.currency,
        step.rule,
        draft.stamp,
        sources,
    )


def _night(draft: Draft, day: Day, rate: Rate, law: DayLaw, suffix: str, den: int) -> None:
    """The agreed supplement on night minutes, on top of the day's classes."""
    rule = draft.law.rule("base", day.on)
    step = Step(0, 0, rate.night_percent, "night", rule)
    key = f"{law.text}/time/night{suffix}"
    sources = (("day", day.id), ("rate", rate.id))
    draft.lines.append(_line(draft, day, key, day.night_minutes, rate, step, sources, den, "min"))


def _lump(draft: Draft, day: Day, rate: Rate) -> None:
    """One 工 at the lump rate, whatever its hours; a part of a 工 is paid as that part.

    Whether the lump is lawful is tested over the period against the minimum wage (checks).
    """
    law = draft.law.day(day.on)
    rule = draft.law.rule("lump", day.on)
    key = f"{law.text}/time/lump" + (f"/{day.item}" if day.item else "")
    sources = (("day", day.id), ("rate", rate.id))
    step = Step(0, 0, 100, "lump", rule)
    if day.workday_thousandths is not None:
        quantity, den, unit = min(day.workday_thousandths, WORKDAY), WORKDAY, "thousandth"
    else:
        quantity, den, unit = min(day.minutes, rate.workday_minutes), rate.workday_minutes, "min"
    if quantity:
        draft.lines.append(_line(draft, day, key, quantity, rate, step, sources, den, unit))
