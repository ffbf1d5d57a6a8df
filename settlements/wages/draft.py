"""A statement in the making: the inputs at hand and the lines so far."""

from __future__ import annotations

from datetime import date
from typing import Any

from jianzhu.kernel.money import round_ratio
from settlements.wages.facts import Case, Source
from settlements.wages.law import Law
from settlements.wages.statement import Finding, Held, Line, Rule
from settlements.wages.terms import Terms

HOUR = 60  # minutes
PIECE = 1000  # thousandths of a unit


class Draft:
    """One worker's statement being computed; `minutes` counts worked minutes by rate class.

    Minutes under a lump rate are kept apart: they have a test of their own.
    """

    __slots__ = (
        "case",
        "findings",
        "held",
        "law",
        "lines",
        "lump_percent_minutes",
        "minutes",
        "over",
        "rounding",
        "stamp",
        "terms",
    )

    def __init__(self, case: Case, law: Law) -> None:
        self.case = case
        self.law = law
        self.terms = Terms(case.rates)
        self.rounding = case.policy.rounding
        self.stamp = f"{case.policy.rounding.value}:{case.policy.round_at}"
        self.lines: list[Line] = []
        self.held: list[Held] = []
        self.findings: list[Finding] = []
        self.minutes: dict[str, int] = {}
        # Minutes paid at more than the plain rate, by date.
        self.over: dict[date, int] = {}
        # Minutes under a lump rate, each times the percent that its class would have earned.
        self.lump_percent_minutes = 0

    def price(
        self, quantity: int, num: int, den: int, percent: int, per: int
    ) -> tuple[int, int, int]:
        """(amount, rate_num, rate_den) by the policy; `per` quantity units make a priced unit."""
        if self.case.policy.round_at != "rate":
            return round_ratio(quantity * num * percent, den * 100, self.rounding), num, den
        base = round_ratio(num * per, den, self.rounding)
        multiple = round_ratio(base * percent, 100, self.rounding)
        return round_ratio(quantity * multiple, per, self.rounding), base, per

    def plain(
        self,
        kind: str,
        own_id: Any,
        amount: int,
        first: date,
        last: date,
        rule: Rule,
        name: str = "",
        sources: tuple[Source, ...] = (),
    ) -> Line:
        """Add a line that is an amount and nothing else."""
        line = Line(
            f"{last.isoformat()}/{kind}/{own_id}",
            kind,
            name,
            first,
            last,
            1,
            "",
            amount,
            1,
            amount,
            "",
            100,
            amount,
            self.case.currency,
            rule,
            self.stamp,
            sources,
        )
        self.lines.append(line)
        return line

    def hold(self, key: str, on: date, code: str, *sources: Source, **facts: Any) -> None:
        """Note an amount that can't be known."""
        self.held.append(Held(key, on, code, facts, sources))

    def find(self, code: str, article: str, line_key: str = "", **facts: Any) -> None:
        """Note what the law would object to."""
        self.findings.append(Finding(code, article, facts, line_key))
