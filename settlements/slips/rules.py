"""Which column of the wage table a line belongs to, and how a day is marked on the attendance sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from settlements.statements.queries import Line
from settlements.wages.days import day_class
from settlements.wages.statement import TO_PLAN

# Kinds of lines by the column that sums them; time is told apart by its multiple.
KINDS = {
    "piece": "piece",
    "premium": "overtime",
    "allowance": "allowance",
    "bonus": "allowance",
    "milestone": "allowance",
    "fringe": "allowance",
    "top_up": "allowance",
    "tax": "tax",
    "social_insurance": "insurance",
    "housing_fund": "insurance",
    "court_order": "deduction",
    "other_statutory": "deduction",
    "damage": "deduction",
    "advance": "advance",
    "repayment": "advance",
}
GROSS = ("time", "overtime", "piece", "allowance", "other")
TAKEN = ("tax", "insurance", "deduction")
WORKDAY, HALF = 1000, 500  # thousandths of a 工
NORMAL_MINUTES = 480  # of a day (劳动法 art. 36)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the lines of one worker's month come to by column, minor units; unknown amounts counted."""

    by_column: dict[str, int]
    released: int
    waiting: int
    unknown: int

    def of(self, column: str) -> int:
        """The sum of one column."""
        return self.by_column.get(column, 0)

    @property
    def gross(self) -> int:
        return sum(self.of(column) for column in GROSS)

    @property
    def net(self) -> int:
        """To the worker: the sum of all that is shown."""
        return self.gross + sum(self.of(column) for column in (*TAKEN, "advance"))


def column_of(line: Line) -> str:
    """The column of the wage table that sums the line."""
    if line.kind == "time":
        if line.label == "night":
            return "allowance"
        return "time" if line.percent == 100 else "overtime"
    return KINDS.get(line.kind, "other")


def sums(lines: Iterable[Line]) -> Sums:
    """The columns of one worker; what went to a plan is nobody's cash."""
    by_column: dict[str, int] = {}
    released = waiting = unknown = 0
    for line in lines:
        if line.amount_minor is None:
            unknown += 1
            continue
        if line.kind in TO_PLAN:
            continue
        column = column_of(line)
        by_column[column] = by_column.get(column, 0) + line.amount_minor
        if line.state == "released":
            released += line.amount_minor
        else:
            waiting += line.amount_minor
    return Sums(by_column, released, waiting, unknown)


def overtime_minutes(lines: Iterable[Line]) -> int:
    """Minutes paid at more than the plain rate, without night supplements."""
    return sum(
        line.quantity or 0 for line in lines if line.unit == "min" and column_of(line) == "overtime"
    )


@dataclass(frozen=True, slots=True)
class Attended:
    """A worked day on the sheet: at most one 工, and the hours beyond it apart."""

    workday_thousandths: int
    over_minutes: int

    @property
    def mark(self) -> str:
        """√ for a 工, 半 for half, another part as its number; 加2 for two hours over."""
        counted = self.workday_thousandths
        part = {WORKDAY: "√", HALF: "半", 0: ""}.get(counted, short(counted, WORKDAY))
        return part + (f"加{short(self.over_minutes, 60)}" if self.over_minutes else "")


def attended(workday_thousandths: int, minutes: int, overtime: int, off: str) -> Attended:
    """`overtime` are the day's minutes paid as such; on a day off (`off`) all of them are, and only
    those beyond a normal day stand apart, because the column says that it is a day off."""
    over = max(0, minutes - NORMAL_MINUTES) if off else overtime
    return Attended(min(workday_thousandths, WORKDAY) if over else workday_thousandths, over)


def day_off(on: date, country: str, region: str) -> str:
    """An empty day: 假 on a statutory holiday, 休 on a rest day, nothing on a working day."""
    found = day_class(on, country, region)
    return {"holiday": "假", "rest_day": "休", "saturday": "休"}.get(found, "")


def short(count: int, per: int) -> str:
    """A count in units of `per` with at most two decimals, none where there are none."""
    hundredths = (abs(count) * 200 + per) // (2 * per)
    text = f"{hundredths // 100}.{hundredths % 100:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if count < 0 and hundredths else text
