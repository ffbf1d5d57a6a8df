"""What of a presence counts: shift, breaks, rounding, night, 工, and what the day is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from projects.attendance.rules.facts import DayRule, Span
from projects.attendance.rules.frames import MINUTE, Frame, Window


def minutes_of(spans: Iterable[Span]) -> int:
    """Whole minutes that really passed, span by span."""
    return sum((end - start) // MINUTE for start, end in spans)


def rounded(value: int, step: int, way: str) -> int:
    """To a whole number of steps: down, up, or nearest with the half going up."""
    if not step:
        return value
    down = value // step * step
    if way == "down" or down == value:
        return down
    if way == "up":
        return down + step
    return down + step if (value - down) * 2 >= step else down


def rounded_punch(span: Span, rule: DayRule) -> Span:
    """Both ends to the nearest step (29 CFR 785.48 (b) allows it where it averages out)."""
    step = rule.round_punch_minutes * MINUTE
    if not step:
        return span
    return rounded(span[0], step, "nearest"), rounded(span[1], step, "nearest")


def within_shift(span: Span, window: Window | None, rule: DayRule) -> Span | None:
    """The part of a presence that counts by the agreed shift."""
    if window is None or rule.count == "presence":
        return span
    start, end = max(span[0], window.starts), span[1]
    if end > window.ends:
        step = rule.after_end_step_minutes * MINUTE
        if step:
            end = window.ends + (end - window.ends) // step * step
    return (start, end) if end > start else None


def without(spans: Iterable[Span], taken: Sequence[Span]) -> list[Span]:
    """The spans with these cut out."""
    left = list(spans)
    for begins, ends in taken:
        parts: list[Span] = []
        for start, end in left:
            if ends <= start or end <= begins:
                parts.append((start, end))
                continue
            if start < begins:
                parts.append((start, begins))
            if ends < end:
                parts.append((ends, end))
        left = parts
    return left


def without_fixed_break(worked: list[Span], counted: Sequence[Span], rule: DayRule) -> list[Span]:
    """A fixed break comes off a long day so far as it was not taken outside the gate or punched.

    Where in the day it lay nobody wrote down; it is taken from the middle.
    """
    presence = minutes_of(worked)
    if not rule.break_minutes or presence <= rule.break_after_minutes:
        return worked
    whole = (counted[-1][1] - counted[0][0]) // MINUTE
    missing = rule.break_minutes - max(0, whole - presence)
    if missing <= 0:
        return worked
    half = max(0, (presence - missing) // 2) * MINUTE
    for start, end in worked:
        if half < end - start:
            return without(worked, [(start + half, start + half + missing * MINUTE)])
        half -= end - start
    return worked


def night_minutes(worked: Iterable[Span], frame: Frame) -> int:
    """Minutes of the work within the nights around the day."""
    return sum(
        (min(end, ends) - max(start, begins)) // MINUTE
        for start, end in worked
        for begins, ends in frame.nights
        if min(end, ends) > max(start, begins)
    )


def status(minutes: int, rule: DayRule) -> str:
    """What the day is called; the name takes nothing off its minutes."""
    if rule.absent_below is not None and minutes < rule.absent_below:
        return "absent"
    if rule.half_day_below is not None and minutes < rule.half_day_below:
        return "half_day"
    return "present"


def marks(presence: Sequence[Span], window: Window | None, rule: DayRule) -> tuple[str, ...]:
    """Late in and early out, each past its grace; none where no grace is agreed."""
    if window is None or not presence:
        return ()
    found = []
    late, early = rule.late_grace_minutes, rule.early_grace_minutes
    if late is not None and presence[0][0] > window.starts + late * MINUTE:
        found.append("late_in")
    if early is not None and presence[-1][1] < window.ends - early * MINUTE:
        found.append("early_out")
    return tuple(found)
