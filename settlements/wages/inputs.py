"""Inputs that contradict each other or themselves: refused before anything is computed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from settlements.wages import errors
from settlements.wages.facts import BASES, MONTHLY, Adjustment, Case, Day, Piece, Prevailing, Rate
from settlements.wages.statement import DEDUCTIONS

DAY_MINUTES = 1440
# Years for which the calendar and the rule sets mean anything.
YEAR_MIN, YEAR_MAX = 1995, 2099
PERIOD_DAYS_MAX = 366
HINTS = ("", "lieu_later", "paid_leave")
PAYMENTS = ("allowance", "bonus", "milestone", "back_pay", "arrears", "order_85")
KINDS = (*PAYMENTS, "advance", "repayment", *DEDUCTIONS)
CHOICES = {
    "round_at": ("line", "rate", "total"),
    "hours_system": ("standard", "comprehensive"),
    "averaging": ("month", "quarter", "year"),
    "month_method": ("scheduled", "divisor"),
    "workdays": ("minutes", "steps"),
}


def check(case: Case) -> None:
    """Raise the first refusal that the case deserves; see `errors` for the order."""
    _span("period", case.worker_id, case.first, case.last)
    if (case.last - case.first).days >= PERIOD_DAYS_MAX:
        raise errors.PeriodTooLong(days=(case.last - case.first).days + 1, most=PERIOD_DAYS_MAX)
    for name, allowed in CHOICES.items():
        _choice(f"policy.{name}", getattr(case.policy, name), allowed)
    _not_below_zero(
        "case",
        case.worker_id,
        averaged_minutes_before=case.averaged_minutes_before,
        averaged_cap_minutes=case.averaged_cap_minutes or 0,
        paid_beside_minor=case.paid_beside_minor,
    )
    _rates(case.rates, case.currency)
    if case.policy.hours_system == "comprehensive" and any(r.basis in MONTHLY for r in case.rates):
        # A month's pay by the day needs to know which days are normal; averaging says none is.
        raise errors.NotTogether(first="basis month", second="hours_system comprehensive")
    _days(case.days)
    _pieces(case.pieces)
    _adjustments(case.adjustments, case.currency)


def _choice(field: str, value: str, allowed: Sequence[str]) -> None:
    if value not in allowed:
        raise errors.UnknownChoice(
            field=field, value=value, allowed=", ".join(a for a in allowed if a)
        )


def _span(noun: str, own_id: Any, first: date, last: date) -> None:
    if first.year < YEAR_MIN or last.year > YEAR_MAX:
        raise errors.OutOfCalendar(noun=noun, id=own_id, low=YEAR_MIN, high=YEAR_MAX)
    if last < first:
        raise errors.BadPeriod(noun=noun, id=own_id, first=first.isoformat(), last=last.isoformat())


def _unique(noun: str, ids: Iterable[Any]) -> None:
    seen = set()
    for one in ids:
        if one in seen:
            raise errors.RepeatedId(noun=noun, id=one)
        seen.add(one)


def _rates(rates: tuple[Rate, ...], currency: str) -> None:
    _unique("rate", [r.id for r in rates])
    for rate in rates:
        _choice("basis", rate.basis, BASES)
        if rate.currency != currency:
            raise errors.CurrencyMixed(
                noun="rate", id=rate.id, found=rate.currency, expected=currency
            )
        for field in ("rate_minor", "workday_minutes", "covers_minutes", "guarantee_minor"):
            value = getattr(rate, field)
            if value is not None and value <= 0:
                raise errors.BadRate(noun="rate", id=rate.id, field=field, value=value)
        if rate.valid_to is not None and rate.valid_to <= rate.valid_from:
            raise errors.BadPeriod(
                noun="rate",
                id=rate.id,
                first=rate.valid_from.isoformat(),
                last=rate.valid_to.isoformat(),
            )
        _not_below_zero("rate", rate.id, night_percent=rate.night_percent)
        if rate.prevailing is not None:
            _prevailing(rate.prevailing)
    if len(rates) > 1:
        _no_overlap(rates)


def _prevailing(found: Prevailing) -> None:
    _not_below_zero(
        "determination",
        found.id,
        basic_minor=found.basic_minor,
        fringe_minor=found.fringe_minor,
        plan_minor=found.plan_minor,
        cash_minor=found.cash_minor,
    )


def _not_below_zero(noun: str, own_id: Any, **values: int) -> None:
    for field, value in values.items():
        if value < 0:
            raise errors.BadQuantity(noun=noun, id=own_id, field=field, value=value)


def _no_overlap(rates: tuple[Rate, ...]) -> None:
    """Versions of one kind (time, or the piece of an item) may meet but not overlap."""
    groups: dict[tuple[bool, str], list[Rate]] = defaultdict(list)
    for rate in rates:
        groups[rate.basis == "piece", rate.item].append(rate)
    for versions in groups.values():
        versions.sort(key=lambda r: r.valid_from)
        for early, late in pairwise(versions):
            if early.valid_to is None or late.valid_from < early.valid_to:
                raise errors.OverlappingRates(
                    first=early.id, second=late.id, on=late.valid_from.isoformat()
                )


def _days(days: tuple[Day, ...]) -> None:
    by_date: dict[date, list[Day]] = {}
    for day in days:
        if day.minutes < 0:
            raise errors.NegativeTime(
                id=day.id, on=day.on.isoformat(), field="minutes", value=day.minutes
            )
        if not 0 <= day.night_minutes <= day.minutes:
            raise errors.NegativeTime(
                id=day.id, on=day.on.isoformat(), field="night_minutes", value=day.night_minutes
            )
        if day.workday_thousandths is not None and day.workday_thousandths < 0:
            raise errors.NegativeTime(
                id=day.id,
                on=day.on.isoformat(),
                field="workday_thousandths",
                value=day.workday_thousandths,
            )
        if day.minutes > DAY_MINUTES:
            raise errors.DayTooLong(on=day.on.isoformat(), minutes=day.minutes)
        if day.hint not in HINTS:
            _choice("hint", day.hint, HINTS)
        by_date.setdefault(day.on, []).append(day)
    if len(by_date) != len(days):
        for together in by_date.values():
            _same_date(together)
    _unique("day", [d.id for d in days])


def _same_date(days: list[Day]) -> None:
    """Several records of one date: one crew, different kinds of work, and no more than a day."""
    first = days[0]
    for other in days[1:]:
        if first.crew_id is not None and other.crew_id not in (None, first.crew_id):
            raise errors.TwoCrews(
                on=first.on.isoformat(), first=first.crew_id, second=other.crew_id
            )
    by_item: dict[str, Day] = {}
    for day in days:
        same = by_item.setdefault(day.item, day)
        if same is not day:
            raise errors.RepeatedDay(first=same.id, second=day.id, on=day.on.isoformat())
    minutes = sum(day.minutes for day in days)
    if minutes > DAY_MINUTES:
        raise errors.DayTooLong(on=first.on.isoformat(), minutes=minutes)


def _pieces(pieces: tuple[Piece, ...]) -> None:
    _unique("piece", [p.id for p in pieces])
    shared: dict[Any, int] = defaultdict(int)
    for piece in pieces:
        _span("piece", piece.id, piece.first, piece.last)
        for field in ("quantity_thousandths", "quota_thousandths"):
            value = getattr(piece, field)
            if value is not None and value < 0:
                raise errors.BadQuantity(noun="piece", id=piece.id, field=field, value=value)
        if piece.price_minor is not None and piece.price_minor <= 0:
            raise errors.BadRate(
                noun="piece", id=piece.id, field="price_minor", value=piece.price_minor
            )
        sheet = piece.id if piece.sheet_id is None else piece.sheet_id
        shared[sheet] += piece.quantity_thousandths
        accepted = piece.accepted_thousandths
        if accepted is not None and shared[sheet] > accepted:
            raise errors.OverAccepted(sheet=sheet, shared=shared[sheet], accepted=accepted)


def _adjustments(adjustments: tuple[Adjustment, ...], currency: str) -> None:
    _unique("adjustment", [a.id for a in adjustments])
    for one in adjustments:
        if one.kind not in KINDS:
            if one.kind.startswith("deduction") or one.kind in ("fine", "deposit", "meal_money"):
                raise errors.DeductionForbidden(id=one.id, kind=one.kind)
            _choice("kind", one.kind, KINDS)
        if one.amount_minor < 0:
            raise errors.BadQuantity(
                noun="adjustment", id=one.id, field="amount_minor", value=one.amount_minor
            )
        if one.currency != currency:
            raise errors.CurrencyMixed(
                noun="adjustment", id=one.id, found=one.currency, expected=currency
            )
        _span("adjustment", one.id, one.first, one.last)
