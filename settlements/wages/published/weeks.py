"""One invented workweek that carries the hours of a published example."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from jianzhu.kernel.money import Rounding
from settlements.wages.engine import compute
from settlements.wages.errors import MalformedQuote
from settlements.wages.facts import Adjustment, Case, Day, Piece, Policy, Rate, Value
from settlements.wages.statement import Line, Statement

MONDAY = date(2026, 10, 5)
SUNDAY = MONDAY + timedelta(days=6)
DAY_MINUTES = 1440
HOUR = 60
WEEK_MINUTES = 2400


def days(segments: Sequence[tuple[int, str]]) -> tuple[Day, ...]:
    """Day records of (minutes, kind of work), one after the other, spread over the week."""
    total = sum(minutes for minutes, _ in segments)
    if total > 7 * DAY_MINUTES:
        raise MalformedQuote(field="hours", problem="a week has 168 hours")
    # Whole hours a day, so that no day's amount is rounded where the example rounds none.
    a_day = HOUR * max(1, -(-total // (7 * HOUR)))
    found, at, room = [], 0, a_day
    for place, (minutes, item) in enumerate(segments):
        left = minutes
        while left > 0:
            if room == 0:
                at, room = at + 1, a_day
            part = min(left, room)
            on = MONDAY + timedelta(days=at)
            found.append(Day(f"{place}-{at}", on, part, item=item))
            left, room = left - part, room - part
    return tuple(found)


def statement(
    rates: Sequence[Rate],
    worked: tuple[Day, ...],
    *,
    threshold_minutes: int = WEEK_MINUTES,
    bonus_minor: int = 0,
    piece_minor: int = 0,
    round_at: str = "line",
) -> Statement:
    """The week under the US rule set; a threshold other than 40 h is a dated value of its own."""
    values = (
        Value("weekly_minutes", "US", MONDAY, threshold_minutes, "the example"),
        # The examples are older than today's minimum wage.
        Value("minimum_wage_hour", "US", MONDAY, 0, "not under test"),
    )
    return compute(
        Case(
            worker_id="example", first=MONDAY, last=SUNDAY, rule_set="US", region="US",
            currency="USD", rates=tuple(rates), days=worked, values=values,
            pieces=_pieces(piece_minor), adjustments=_bonus(bonus_minor),
            policy=Policy(rounding=Rounding.HALF_UP, round_at=round_at),
        )
    )  # fmt: skip


def _pieces(minor: int) -> tuple[Piece, ...]:
    if not minor:
        return ()
    return (Piece("pieces", MONDAY, SUNDAY, "piece", "piece", 1000, price_minor=minor),)


def _bonus(minor: int) -> tuple[Adjustment, ...]:
    if not minor:
        return ()
    return (
        Adjustment("bonus", "bonus", minor, "USD", MONDAY, SUNDAY, in_regular_rate=True),
    )  # fmt: skip


def premium(found: Statement) -> Line | None:
    """The week's overtime premium line."""
    return next((line for line in found.lines if line.kind == "premium"), None)


def of_kind(found: Statement, *kinds: str) -> int:
    """Sum of the lines of these kinds, minor units."""
    return sum(line.amount_minor for line in found.lines if line.kind in kinds)
