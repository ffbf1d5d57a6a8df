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
    """Both ends to a step (29 CFR 785.48 (b) allows the nearest, where it averages out)."""
    step = rule.round_punch_minutes * MINUTE
    if not step:
        return span
    return rounded(span[0], step, rule.rounding_in), rounded(span[1], step, rule.rounding_out)


def within_shift(span: Span, window: Window | None, rule: DayRule) -> Span | None:
    """The part of a presence that counts by the agreed shift."""
    if window is None or rule.count == "presence":
        return span
    start, end = max(span[0], window.starts), span[1]
    if rule.grace == "counts":
        start, end = _in_grace(start, end, window, rule)
    if end > window.ends:
        step = rule.after_end_step_minutes * MINUTE
        if step:
            end = window.ends + (end - window.ends) // step * step
    return (start, end) if end > start else None


def _in_grace(start: int, end: int, window: Window, rule: DayRule) -> Span:
    late, early = rule.late_grace_minutes or 0, rule.early_grace_minutes or 0
    return (
        window.starts if start <= window.starts + late * MINUTE else start,
        window.ends if window.ends - early * MINUTE <= end < window.ends else end,
    )


def joined(spans: Sequence[Span], rule: DayRule) -> list[Span]:
    """The spans with gaps closed that are so short that they are paid (29 CFR 785.18)."""
    found: list[Span] = []
    for span in spans:
        if found and span[0] - found[-1][1] <= rule.paid_break_minutes * MINUTE:
            found[-1] = (found[-1][0], span[1])
        else:
            found.append(span)
    return found


def unpaid(breaks: Iterable[Span], rule: DayRule) -> list[Span]:
    """The punched breaks that come off."""
    paid = rule.paid_break_minutes * MINUTE
    return [(start, end) for start, end in breaks if not paid or end - start > paid]


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
    due = _break_of(presence, rule)
    if not due:
        return worked
    whole = (counted[-1][1] - counted[0][0]) // MINUTE
    missing = due - max(0, whole - presence)
    if missing <= 0:
        return worked
    half = max(0, (presence - missing) // 2) * MINUTE
    for start, end in worked:
        if half < end - start:
            return without(worked, [(start + half, start + half + missing * MINUTE)])
        half -= end - start
    return worked


def _break_of(presence: int, rule: DayRule) -> int:
    """The break that belongs to a presence of so many minutes."""
    if rule.breaks_by_length:
        return max((b for longer, b in rule.breaks_by_length if presence > longer), default=0)
    return rule.break_minutes if presence > rule.break_after_minutes else 0


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
