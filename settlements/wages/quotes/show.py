"""Statements and lines as JSON: money as decimal text, every line with its formula in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from jianzhu.kernel.money import Money
from settlements.wages import explain, reasons
from settlements.wages.statement import Finding, Held, Line, Statement


def statement(found: Statement) -> dict[str, Any]:
    """A computed statement."""
    return {
        "digest": found.digest,
        "currency": found.currency,
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "rounding": found.rounding,
        "lines": [line(one) for one in found.lines],
        "days": days(found.lines),
        "held": [held(one) for one in found.held],
        "findings": [finding(one, found.currency) for one in found.findings],
        "gross": money(found.gross_minor, found.currency),
        "deducted": money(found.deducted_minor, found.currency),
        "net": money(found.net_minor, found.currency),
    }


def line(one: Line) -> dict[str, Any]:
    """A line with its exact rate, its rule and where it came from."""
    agreed = None if one.rate_minor is None else money(one.rate_minor, one.currency)
    return {
        "key": one.key,
        "kind": one.kind,
        "name": one.name,
        "on": one.on.isoformat(),
        "until": one.until.isoformat(),
        "quantity": one.quantity,
        "unit": one.unit,
        "rate": {
            "numerator": one.rate_num,
            "denominator": one.rate_den,
            "agreed": agreed,
            "per": one.rate_per,
        },
        "percent": one.percent,
        "amount": money(one.amount_minor, one.currency),
        "currency": one.currency,
        "rule": {
            "name": one.rule.name,
            "version": one.rule.version,
            "article": one.rule.article,
            "source": one.rule.source,
        },
        "rounding": one.rounding,
        "sources": [list(source) for source in one.sources],
        "label": {language: explain.name(one, language) for language in explain.LANGUAGES},
        "formula": {language: explain.formula(one, language) for language in explain.LANGUAGES},
    }


def days(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The time lines of each day as one sentence: "8 h × 38.00 + 2 h × 57.00 = 418.00"."""
    timed = sorted((one for one in lines if one.kind == "time"), key=lambda one: one.on)
    found = []
    for on, group in groupby(timed, key=lambda one: one.on):
        together = list(group)
        sentences = {
            language: explain.sentence(together, language) for language in explain.LANGUAGES
        }
        found.append({"on": on.isoformat(), "sentence": sentences})
    return found


def held(one: Held) -> dict[str, Any]:
    """What can't be computed yet."""
    return {
        "key": one.key,
        "on": one.on.isoformat(),
        "code": one.code,
        "facts": facts(one.facts),
        "sources": [list(source) for source in one.sources],
        "text": {language: reasons.held(one, language) for language in explain.LANGUAGES},
    }


def finding(one: Finding, currency: str) -> dict[str, Any]:
    """What the law would object to."""
    return {
        "code": one.code,
        "article": one.article,
        "line": one.line_key,
        "facts": facts(one.facts),
        "text": {
            language: reasons.finding(one, currency, language) for language in explain.LANGUAGES
        },
    }


def facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with dates as texts."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def money(amount: int, currency: str) -> str:
    """Decimal text of minor units."""
    return str(Money(amount, currency))
