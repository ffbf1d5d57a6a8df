"""Punches to days. Any order and any repetition of the same punches gives the same days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from projects.attendance.rules.facts import (
    DayException,
    DayFact,
    DayRule,
    Direction,
    Interval,
    PunchFact,
)

MINUTE = timedelta(minutes=1)
Pair = tuple[datetime, datetime]


def pair(punches: Sequence[PunchFact], rule: DayRule, zone: ZoneInfo) -> tuple[DayFact, ...]:
    """The work days of one worker's punches, by date."""
    days: dict[date, list[PunchFact]] = defaultdict(list)
    for punch in sorted({p.id: p for p in punches}.values(), key=lambda p: (p.at, p.id)):
        days[_day_of(punch.at, rule, zone)].append(punch)
    return tuple(_day(on, days[on], rule, zone) for on in sorted(days))


def measure(on: date, intervals: Iterable[Pair], rule: DayRule, zone: ZoneInfo) -> DayFact:
    """A day whose intervals are given (an approved correction): every minute of them counts."""
    pairs = sorted(intervals)
    minutes = sum(_minutes(start, end) for start, end in pairs)
    return _fact(on, pairs, minutes, rule, zone, (), (), ())


def _day_of(at: datetime, rule: DayRule, zone: ZoneInfo) -> date:
    local = at.astimezone(zone)
    before = local.hour * 60 + local.minute < rule.day_starts
    return local.date() - timedelta(days=1) if before else local.date()


def _day(on: date, punches: list[PunchFact], rule: DayRule, zone: ZoneInfo) -> DayFact:
    kept, ignored = _without_doubles(punches, rule)
    pairs, exceptions = _pairs(kept, rule)
    if len({p.site for p in kept}) > 1:
        exceptions.append(DayException("two_sites", kept[-1].id))
    counted = [c for p in pairs if (c := _within_shift(on, p, rule, zone)) is not None]
    minutes = sum(_minutes(start, end) for start, end in counted)
    if minutes > rule.break_after_minutes:
        minutes -= rule.break_minutes
    if any(end - start > rule.interval_minutes_max * MINUTE for start, end in pairs):
        exceptions.append(DayException("overlong"))
    if exceptions:
        minutes = minutes if pairs else 0
    return _fact(
        on, counted, minutes, rule, zone, tuple(exceptions), tuple(p.id for p in kept), ignored
    )


def _without_doubles(
    punches: list[PunchFact], rule: DayRule
) -> tuple[list[PunchFact], tuple[tuple[int, str], ...]]:
    """The same passage shown several times within moments is one: the first in, the last out."""
    kept: list[PunchFact] = []
    ignored = []
    for punch in punches:
        before = kept[-1] if kept else None
        close = before is not None and (punch.at - before.at) <= timedelta(
            seconds=rule.duplicate_seconds
        )
        if before is not None and close and punch.direction == before.direction:
            if punch.direction is Direction.OUT:
                kept[-1] = punch
                ignored.append((before.id, "double"))
            else:
                ignored.append((punch.id, "double"))
        else:
            kept.append(punch)
    return kept, tuple(ignored)


def _pairs(kept: list[PunchFact], rule: DayRule) -> tuple[list[Pair], list[DayException]]:
    typed = all(p.direction is not Direction.UNKNOWN for p in kept)
    sides = _typed(kept) if typed else _alternating(kept)
    ins = [p for p, side in sides if side is Direction.IN]
    outs = [p for p, side in sides if side is Direction.OUT]
    if not ins:
        return [], [DayException("missing_in", outs[0].id)]
    if not outs or sides[-1][1] is Direction.IN:
        return [], [DayException("missing_out", ins[-1].id)]
    if sides[0][1] is Direction.OUT:
        return [], [DayException("out_without_in", sides[0][0].id)]
    if rule.span == "first_in_last_out":
        return [(ins[0].at, outs[-1].at)], []
    return _every_pair(sides), []


def _typed(kept: list[PunchFact]) -> list[tuple[PunchFact, Direction]]:
    return [(p, p.direction) for p in kept]


def _alternating(kept: list[PunchFact]) -> list[tuple[PunchFact, Direction]]:
    """In, out, in, out: the gate told no sides."""
    return [(p, Direction.IN if n % 2 == 0 else Direction.OUT) for n, p in enumerate(kept)]


def _every_pair(sides: list[tuple[PunchFact, Direction]]) -> list[Pair]:
    pairs: list[Pair] = []
    since: datetime | None = None
    for punch, side in sides:
        if side is Direction.IN:
            since = since or punch.at
        elif since is not None:
            pairs.append((since, punch.at))
            since = None
    return pairs


def _within_shift(on: date, pair_: Pair, rule: DayRule, zone: ZoneInfo) -> Pair | None:
    """The part of a presence that counts by the agreed shift."""
    start, end = pair_
    if rule.starts is None or rule.ends is None:
        return pair_
    shift_start = _wall(on, rule.starts, zone)
    over_midnight = rule.ends <= rule.starts
    shift_end = _wall(on + timedelta(days=over_midnight), rule.ends, zone)
    start = max(start, shift_start)
    if end > shift_end:
        step = rule.after_end_step_minutes * MINUTE
        end = shift_end + (end - shift_end) // step * step if step else end
    return (start, end) if end > start else None


def _wall(on: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant at which the site's clock shows this time."""
    local = datetime.combine(on, time(minutes // 60, minutes % 60), tzinfo=zone)
    return local.astimezone(UTC)


def _minutes(start: datetime, end: datetime) -> int:
    """Whole minutes that really passed, whatever the clocks were set to meanwhile."""
    return int((end.astimezone(UTC) - start.astimezone(UTC)) / MINUTE)


def _fact(
    on: date,
    pairs: Sequence[Pair],
    minutes: int,
    rule: DayRule,
    zone: ZoneInfo,
    exceptions: tuple[DayException, ...],
    punch_ids: tuple[int, ...],
    ignored: tuple[tuple[int, str], ...],
) -> DayFact:
    night = min(minutes, sum(_night(on, p, rule, zone) for p in pairs))
    quarters = minutes * 4 // rule.workday_minutes
    return DayFact(
        on=on,
        minutes=minutes,
        night_minutes=night,
        workday_thousandths=quarters * 250,
        intervals=tuple(Interval(start, end) for start, end in pairs),
        exceptions=exceptions,
        punch_ids=punch_ids,
        ignored=ignored,
    )


def _night(on: date, pair_: Pair, rule: DayRule, zone: ZoneInfo) -> int:
    """Minutes of the presence within the nights around the day."""
    total = 0
    for offset in (-1, 0, 1):
        begins = _wall(on + timedelta(days=offset), rule.night_starts, zone)
        ends = _wall(on + timedelta(days=offset + 1), rule.night_ends, zone)
        start, end = max(pair_[0], begins), min(pair_[1], ends)
        if end > start:
            total += _minutes(start, end)
    return total
