"""The month's pay by day: shares of the month for normal time, 21.75 for the overtime base.

"scheduled": the month's pay is spread over its paid days (计薪日: workdays and statutory
holidays) so that the shares of a full month sum to exactly the month's pay, and a day's share
depends on its place in the month alone, not on other days. "divisor": month / 21.75 a day.
Overtime is reckoned on month / 21.75 / 8 (人社部发〔2025〕2号).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from jianzhu.kernel.money import round_ratio
from settlements.wages.draft import HOUR, Draft
from settlements.wages.facts import MONTHLY, Day, Rate, Source
from settlements.wages.law import Step
from settlements.wages.split import Split
from settlements.wages.statement import Line, Rule


def lines(draft: Draft, days: Iterable[tuple[Day, Rate]], split: Split) -> None:
    """Add normal time, paid holidays and overtime of the days under a monthly wage.

    NoRule under a law that doesn't say what a month's pay is an hour (its salaries are weekly).
    """
    draft.law.value("paid_days_per_month_hundredths", draft.case.last)
    worked = set()
    for day, rate in days:
        worked.add(day.on)
        _day(draft, day, rate, split)
    for on in _paid_without_record(draft, worked):
        rate_then = draft.terms.time(on)
        if rate_then is not None and rate_then.basis in MONTHLY:
            lump = rate_then.basis == "lump_month"
            rule = draft.law.rule("lump" if lump else "holiday_pay", on)
            _share(draft, on, rate_then, None, "lump" if lump else "paid_holiday", rule, ())
            if lump:  # paid without work, and so owed at the minimum wage as well
                draft.lump_percent_minutes += draft.lines[-1].quantity * 100


def _paid_without_record(draft: Draft, worked: set[date]) -> list[date]:
    """Statutory holidays of the period: paid whether or not anybody worked."""
    case, found = draft.case, []
    on = case.first
    while on <= case.last:
        if draft.law.day(on).kind == "holiday":
            found.append(on)
        on += timedelta(days=1)
    return found


def _day(draft: Draft, day: Day, rate: Rate, split: Split) -> None:
    law = draft.law.day(day.on)
    sources: tuple[Source, ...] = (("day", day.id),)
    suffix = f"/{day.item}" if day.item else ""
    if rate.basis == "lump_month":
        _lump(draft, day, rate, split, suffix)
        return
    if day.hint == "paid_leave" and law.kind == "workday":
        rule = draft.law.rule("paid_leave", day.on)
        _share(draft, day.on, rate, None, f"paid_leave{suffix}", rule, sources)
        return
    for minutes, step in split.parts(day, law):
        if step.percent > 100:
            _overtime(draft, day, rate, minutes, step)
        elif law.kind == "workday":
            rule = draft.law.rule("month", day.on)
            _share(draft, day.on, rate, minutes, f"{step.name}{suffix}", rule, sources)
        # A rest day worked for time off later is paid by the paid day off that follows.
    if day.night_minutes and rate.night_percent:
        night = Step(0, 0, rate.night_percent, "night", draft.law.rule("base", day.on))
        _overtime(draft, day, rate, day.night_minutes, night)


def _lump(draft: Draft, day: Day, rate: Rate, split: Split, suffix: str) -> None:
    """A working day's share of the lump, whatever its hours; they are tested over the period (checks).

    Rest days and holidays worked have no line of their own: the lump is to pay them as well.
    """
    split.lump(day)
    if day.minutes and draft.law.day(day.on).kind == "workday":
        rule = draft.law.rule("lump", day.on)
        _share(draft, day.on, rate, None, f"lump{suffix}", rule, (("day", day.id),))


def _share(
    draft: Draft,
    on: date,
    rate: Rate,
    minutes: int | None,
    tail: str,
    rule: Rule,
    sources: tuple[Source, ...],
) -> None:
    """One day's part of the month; `minutes` None pays the whole day. `tail` ends the key."""
    full = min(rate.workday_minutes, draft.law.workday_steps(on)[0].until)
    worked = full if minutes is None else min(minutes, full)
    num, den, amount = _scheduled(draft, on, rate, worked, full)
    if draft.case.policy.month_method == "divisor":
        paid_days = int(draft.law.value("paid_days_per_month_hundredths", on).value)
        num, den = rate.rate_minor * 100, paid_days * full
        amount, num, den = draft.price(worked, num, den, 100, HOUR)
    draft.lines.append(
        Line(
            f"{on.isoformat()}/time/{tail}",
            "time",
            tail.partition("/")[0],
            on,
            on,
            worked,
            "min",
            num,
            den,
            rate.rate_minor,
            rate.basis,
            100,
            amount,
            draft.case.currency,
            rule,
            draft.stamp,
            (*sources, ("rate", rate.id)),
        )
    )


def _scheduled(draft: Draft, on: date, rate: Rate, worked: int, full: int) -> tuple[int, int, int]:
    """(rate_num, rate_den, amount): the difference of two rounded running totals, pro rata."""
    paid = draft.law.paid_days(on)
    place, count = paid.index(on), len(paid)
    upto = round_ratio(rate.rate_minor * (place + 1), count, draft.rounding)
    before = round_ratio(rate.rate_minor * place, count, draft.rounding)
    amount = round_ratio((upto - before) * worked, full, draft.rounding)
    return rate.rate_minor, count * full, amount


def _overtime(draft: Draft, day: Day, rate: Rate, minutes: int, step: Step) -> None:
    """Time over normal at its multiple of month / 21.75 / 8."""
    paid_days = int(draft.law.value("paid_days_per_month_hundredths", day.on).value)
    hours = draft.law.workday_steps(day.on)[0].until
    amount, num, den = draft.price(
        minutes, rate.rate_minor * 100, paid_days * hours, step.percent, HOUR
    )
    suffix = f"/{day.item}" if day.item else ""
    draft.lines.append(
        Line(
            f"{day.on.isoformat()}/time/{step.name}{suffix}",
            "time",
            step.name,
            day.on,
            day.on,
            minutes,
            "min",
            num,
            den,
            rate.rate_minor,
            "month",
            step.percent,
            amount,
            draft.case.currency,
            step.rule,
            draft.stamp,
            (("day", day.id), ("rate", rate.id)),
        )
    )
