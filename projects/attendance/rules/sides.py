"""From passages to pairs of in and out."""

from __future__ import annotations

from collections.abc import Sequence

from projects.attendance.rules.facts import DayException, DayRule, Direction, PunchFact, Span

Sided = tuple[PunchFact, Direction]
Ignored = list[tuple[int, str]]
_BREAKS = (Direction.BREAK, Direction.RETURN)


def without_doubles(punches: Sequence[PunchFact], rule: DayRule) -> tuple[list[PunchFact], Ignored]:
    """The same passage shown several times within moments is one: the first in, the last out."""
    kept: list[PunchFact] = []
    ignored: Ignored = []
    for punch in punches:
        before = kept[-1] if kept else None
        if (
            before is None
            or punch.direction is not before.direction
            or punch.at - before.at > rule.duplicate_seconds
        ):
            kept.append(punch)
        elif punch.direction is Direction.OUT:
            kept[-1] = punch
            ignored.append((before.id, "double"))
        else:
            ignored.append((punch.id, "double"))
    return kept, ignored


def pairs(
    kept: Sequence[PunchFact], rule: DayRule, ignored: Ignored
) -> tuple[list[Span], list[Span], list[DayException]]:
    """(presence, punched breaks, exceptions) of the passages of one shift; notes what was ignored.

    Under "auto" a doubtful group has no presence at all: a person says what it was.
    """
    passages, breaks = kept, list[Span]()
    if any(p.direction in _BREAKS for p in kept):
        breaks = _breaks(kept, rule)
        passages = [p for p in kept if p.direction not in _BREAKS]
    sides, exceptions = _sides(passages, rule)
    if not sides or (exceptions and rule.sides == "auto"):
        return [], [], exceptions
    if rule.span == "first_in_last_out":
        found, late = _first_to_last(sides, rule, ignored)
    else:
        found, late = _every_pair(sides, rule, ignored)
    return found, breaks, exceptions + late


def _sides(passages: Sequence[PunchFact], rule: DayRule) -> tuple[list[Sided], list[DayException]]:
    sides: list[Sided]
    typed = rule.sides == "typed" or (
        rule.sides == "auto" and all(p.direction is not Direction.UNKNOWN for p in passages)
    )
    if typed:
        sides = [(p, p.direction) for p in passages if p.direction is not Direction.UNKNOWN]
        unsaid = [
            DayException("side_unknown", p.id) for p in passages if p.direction is Direction.UNKNOWN
        ]
    else:
        # In, out, in, out: the gate told no sides.
        sides = [(p, Direction.OUT if n % 2 else Direction.IN) for n, p in enumerate(passages)]
        unsaid = []
        if rule.sides == "alternate" and rule.span == "first_in_last_out" and len(sides) > 1:
            return sides, []  # whatever lies between, the last passage is the last out
    return sides, unsaid + _doubts(sides)


def _doubts(sides: Sequence[Sided]) -> list[DayException]:
    if sides and sides[0][1] is Direction.IN and sides[-1][1] is Direction.OUT:
        return []
    ins = [p for p, side in sides if side is Direction.IN]
    outs = [p for p, side in sides if side is Direction.OUT]
    if not ins:
        return [DayException("missing_in", outs[0].id)] if outs else []
    if not outs or sides[-1][1] is Direction.IN:
        return [DayException("missing_out", ins[-1].id)]
    if sides[0][1] is Direction.OUT:
        return [DayException("out_without_in", sides[0][0].id)]
    return []


def _first_to_last(
    sides: Sequence[Sided], rule: DayRule, ignored: Ignored
) -> tuple[list[Span], list[DayException]]:
    """From the first in to the last out; taken in turn, simply from the first to the last."""
    if rule.sides == "alternate":
        first, last = 0, len(sides) - 1
    else:
        way = [side for _, side in sides]
        if Direction.IN not in way or Direction.OUT not in way:
            return [], []
        first, last = way.index(Direction.IN), len(way) - 1 - way[::-1].index(Direction.OUT)
    if last <= first:
        return [], []
    for punch, _ in (*sides[:first], *sides[last + 1 :]):
        ignored.append((punch.id, "outside_first_to_last"))
    return [(sides[first][0].at, sides[last][0].at)], []


def _every_pair(
    sides: Sequence[Sided], rule: DayRule, ignored: Ignored
) -> tuple[list[Span], list[DayException]]:
    """Each in with the next out; a second in before it is a doubt where passages say their side."""
    found: list[Span] = []
    doubts: list[DayException] = []
    since: int | None = None
    for punch, side in sides:
        if side is Direction.IN and since is None:
            since = punch.at
        elif side is Direction.IN:
            ignored.append((punch.id, "second_in"))
            if rule.sides == "typed":
                doubts.append(DayException("in_without_out", punch.id))
        elif since is None:
            ignored.append((punch.id, "out_without_in"))
        else:
            found.append((since, punch.at))
            since = None
    return found, doubts


def _breaks(kept: Sequence[PunchFact], rule: DayRule) -> list[Span]:
    """Each break with the return that follows it; one never ended lasts until the next passage."""
    found: list[Span] = []
    since: int | None = None
    for punch in kept:
        if since is not None:
            found.append((since, punch.at))
            since = None
        if punch.direction is Direction.BREAK:
            since = punch.at
    return found if rule.punched_breaks == "unpaid" else []
