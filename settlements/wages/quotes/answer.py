"""One door for all quotes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from settlements.wages import shares
from settlements.wages.differences import difference
from settlements.wages.engine import compute
from settlements.wages.errors import MalformedQuote
from settlements.wages.published import solve_case
from settlements.wages.quotes import read, show


def quote(document: Any) -> dict[str, Any]:
    """The answer to a quote document (schema.DOCUMENT), fit for schema.ANSWER.

    Nothing is stored and no clock is read: the same document gives the same answer. A WageRefusal
    says what is wrong with the document or its facts.
    """
    kind = read.kind_of(document)
    answer = _ANSWERS.get(kind)
    if answer is not None:
        return {"kind": kind, **answer(document)}
    return {"kind": kind, "outcome": solve(kind, document["inputs"])}


def solve(kind: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """A published example; inputs that are missing or misplaced are named."""
    try:
        return solve_case(kind, inputs)
    except KeyError as missing:
        raise MalformedQuote(field=f"inputs.{missing.args[0]}", problem="is missing") from None
    except (TypeError, ValueError, AttributeError, IndexError, ArithmeticError) as wrong:
        raise MalformedQuote(field="inputs", problem=str(wrong)[:300]) from None


def _statement(document: Mapping[str, Any]) -> dict[str, Any]:
    return show.statement(compute(read.case(document["case"], "case")))


def _correction(document: Mapping[str, Any]) -> dict[str, Any]:
    """The signed lines that a corrected record brings to the next statement."""
    old = compute(read.case(document["old"], "old"))
    new = compute(read.case(document["new"], "new"))
    lines = difference(old, new)
    return {
        "lines": [show.line(one) for one in lines],
        "total": show.money(sum(one.amount_minor for one in lines), new.currency),
        "old_net": show.money(old.net_minor, old.currency),
        "new_net": show.money(new.net_minor, new.currency),
    }


def _share(document: Mapping[str, Any]) -> dict[str, Any]:
    workdays, points = document["workdays"], document.get("points", {})
    if "total_thousandths" in document:
        parts = shares.share(document["total_thousandths"], document["rule"], workdays, points)
        return {"parts": {str(worker): part for worker, part in parts.items()}}
    if "total" not in document:
        raise MalformedQuote(field="total", problem="total or total_thousandths is expected")
    currency = document.get("currency", "CNY")
    total = read.money("total", document["total"], currency)
    parts = shares.share(total, document["rule"], workdays, points)
    return {"parts": {str(w): show.money(part, currency) for w, part in parts.items()}}


_ANSWERS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "statement": _statement,
    "correction": _correction,
    "share": _share,
}
