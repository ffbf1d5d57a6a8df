"""Lines, findings and rates in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jianzhu.kernel.money import Money
from settlements.slips.rules import short
from settlements.statements.queries import Line
from settlements.wages import explain, reasons
from settlements.wages import statement as wages

UNITS = {"day": "工", "lump_day": "工"}


def language() -> str:
    """ "zh" or "en": which of the wage room's two languages the reader reads."""
    return "zh" if (get_language() or "zh").startswith("zh") else "en"


def engine_line(line: Line) -> wages.Line:
    """The kept line as the engine made it; one that nobody computed is an amount and nothing else."""
    amount = line.amount_minor or 0
    computed = line.rate_num is not None and line.rate_den is not None
    name, _at, version = line.rule.partition("@")
    return wages.Line(
        key=line.key,
        kind=line.kind,
        name=line.label,
        on=line.on,
        until=line.until,
        quantity=line.quantity if computed and line.quantity is not None else 1,
        unit=line.unit if computed else "",
        rate_num=line.rate_num if computed and line.rate_num is not None else amount,
        rate_den=line.rate_den if computed and line.rate_den is not None else 1,
        rate_minor=line.rate_minor,
        rate_per=line.rate_per,
        percent=line.percent,
        amount_minor=amount,
        currency=line.currency,
        rule=wages.Rule(name, version, line.article, ""),
        rounding=line.rounding,
        sources=(),
    )


def what(lines: Sequence[Line]) -> str:
    """What the lines pay: "normal time + overtime"."""
    return " + ".join(explain.name(engine_line(line), language()) for line in lines)


def how(lines: Sequence[Line]) -> str:
    """The sum that anybody can check: "8 h × 38.00 + 2 h × 57.00 = 418.00"; nothing while unknown."""
    if any(line.amount_minor is None for line in lines) or not any(n.unit for n in lines):
        return ""
    return explain.sentence([engine_line(line) for line in lines], language())


def articles(lines: Sequence[Line]) -> list[str]:
    """The articles that the lines stand on, each once, with the rule set's version."""
    found = [explain.article(line.article, language()) for line in lines if line.article]
    stamps = [line.rule for line in lines if line.rule]
    return list(dict.fromkeys([*found, *stamps]))


def roundings(lines: Sequence[Line]) -> tuple[str, ...]:
    """How the lines were rounded, each setting once: most slips have one."""
    stamps = dict.fromkeys(line.rounding for line in lines if line.rounding)
    return tuple(explain.rounding(stamp, language()) for stamp in stamps)


def together(lines: Sequence[Line]) -> list[list[Line]]:
    """The time lines of a day that are equally far, as one sentence; any other line by itself."""

    def place(line: Line) -> tuple[Any, ...]:
        plain = line.kind == "time" and line.on == line.until and line.amount_minor is not None
        return (line.on, plain or line.key, line.stage, line.payout.id if line.payout else 0)

    ordered = sorted(lines, key=lambda n: (n.on, n.kind != "time", n.stage, n.percent, n.key))
    return [list(group) for _place, group in groupby(ordered, key=place)]


def finding(raw: Mapping[str, Any], currency: str) -> str:
    """A kept finding as a sentence."""
    return reasons.kept(raw, currency, language())


def rates(lines: Sequence[Line]) -> str:
    """The agreed rates that the lines were paid at, each once: "400.00/工, 60.00/m3"."""
    found = {
        f"{Money(line.rate_minor, line.currency)}/{UNITS.get(line.rate_per, _(line.rate_per))}": 0
        for line in lines
        if line.rate_minor is not None and line.rate_per
    }
    return ", ".join(found)


def hours(minutes: int) -> str:
    """Minutes as hours with at most two decimals."""
    return short(minutes, 60)
