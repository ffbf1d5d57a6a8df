"""A reconciliation quote: statements, payouts, reports, events or attempts in, classes out.

Nothing is stored or looked up. Amounts are decimal texts, as banks write them; the answer's amounts
are decimal texts too. Members that a quote does not know are left alone, so that a case may carry
its own notes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

from jianzhu.kernel.errors import Invalid
from jianzhu.kernel.money import DIGITS, PLAIN, Money
from settlements.payouts.matching import (
    BankLine,
    Detail,
    Expected,
    Report,
    StatusReport,
    Written,
    check_chain,
    compare,
    judge,
)
from settlements.payouts.matching.attempts import STEPS, follow
from settlements.payouts.matching.events import Heard, final_states
from settlements.payouts.matching.reports import Verdict, judge_trailer
from settlements.payouts.rails.codes import meaning_of

CURRENCY = "CNY"
ITEMS_MAX = 10_000
# "3483.00 (2 details)": an entry of which only the number of details is known.
_NOTED = re.compile(r"(-?[0-9.]+) \([0-9]+ details\)")


def quote(said: Any) -> dict[str, Any]:
    """Answer each part that the document has. Raises Invalid with the place of what is wrong."""
    if not isinstance(said, dict):
        raise Invalid(field="body", problem="write a JSON object")
    answer: dict[str, Any] = {}
    if "opening" in said:
        answer |= _statement_group(said, "body")
    if "statements" in said:
        answer["statements"] = _each(said, "statements", lambda one, at: _group(one, at, said))
        answer["chains"] = _outer_chain(said)
    if "original" in said or "trailer_net" in said:
        answer |= _report(said, "body")
    if "bank_status" in said:
        answer["bank_status"] = _each(said, "bank_status", _report)
    if "payouts" in said or "lines" in said:
        answer |= _compared(said)
    if "events" in said:
        answer["final_states"], answer["effects"] = _events(said)
    if "steps" in said:
        answer["steps"] = _steps(said)
    if "codes" in said:
        answer["codes"] = _each(said, "codes", _code)
    if not answer:
        raise Invalid(field="body", problem="nothing to reconcile: see docs/rails.md")
    return answer


def _each(said: dict[str, Any], name: str, do: Callable[[Any, str], Any]) -> list[Any]:
    return [do(one, f"{name}[{i}]") for i, one in enumerate(_list(said, name))]


def _list(said: dict[str, Any], name: str) -> list[Any]:
    found = said.get(name, [])
    if not isinstance(found, list) or len(found) > ITEMS_MAX:
        raise Invalid(field=name, problem=f"write a list of at most {ITEMS_MAX}")
    return found


def _object(one: Any, place: str) -> dict[str, Any]:
    if not isinstance(one, dict):
        raise Invalid(field=place, problem="write an object")
    return one


def _currency(said: dict[str, Any], place: str) -> str:
    currency = said.get("currency", CURRENCY)
    if currency not in DIGITS:
        raise Invalid(field=f"{place}.currency", problem=f"one of {', '.join(DIGITS)}")
    return str(currency)


def _text(value: Any, place: str) -> str:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if len(text) > 200 or not text:
        raise Invalid(field=place, problem="write a text")
    return text


def _amount(value: Any, place: str) -> str:
    text = _text(value, place)
    noted = _NOTED.fullmatch(text)
    text = noted.group(1) if noted else text
    if not PLAIN.fullmatch(text):
        raise Invalid(field=place, problem="write an amount like 3483.00")
    return text


def _minor(value: Any, currency: str, place: str) -> int:
    try:
        return Money.parse(_amount(value, place), currency).minor
    except ValueError as error:
        raise Invalid(field=place, problem=str(error)) from error


# Statements


def _group(one: Any, place: str, outer: dict[str, Any]) -> dict[str, Any]:
    inherited = {"currency": outer["currency"]} if "currency" in outer else {}
    return _statement_group(inherited | _object(one, place), place)


def _statement_group(said: dict[str, Any], place: str) -> dict[str, Any]:
    """One statement, or several that follow each other."""
    inner = said.get("statements")
    if inner is None:
        return _shown_check(said, place, [_written(said, place)])[0]
    given = {"currency": _currency(said, place)}
    written = [
        _written(given | _object(one, f"{place}.statements[{i}]"), f"{place}.statements[{i}]")
        for i, one in enumerate(_list(said, "statements"))
    ]
    shown = _shown_check(said, place, written)
    return {
        **({"id": said["id"]} if "id" in said else {}),
        "foots": all(s["foots"] for s in shown),
        "chains": all(s["chains"] for s in shown),
        "fits_decimals": all(s["fits_decimals"] for s in shown),
        "verdict": "taken" if all(s["verdict"] == "taken" for s in shown) else "parked",
        "statements": shown,
    }


def _written(said: dict[str, Any], place: str) -> Written:
    for name in ("opening", "closing"):
        if name not in said:
            raise Invalid(field=f"{place}.{name}", problem="write an amount like 18.15")
    return Written(
        currency=_currency(said, place),
        opening=_amount(said["opening"], f"{place}.opening"),
        entries=tuple(
            _amount(e["amount"] if isinstance(e, dict) and "amount" in e else e, f"{place}.entries")
            for e in _list(said, "entries")
        ),
        closing=_amount(said["closing"], f"{place}.closing"),
    )


def _shown_check(said: dict[str, Any], place: str, written: list[Written]) -> list[dict[str, Any]]:
    before = said.get("previous_closing")
    former = _amount(before, f"{place}.previous_closing") if before is not None else None
    return [
        {
            **({"id": said["id"]} if "id" in said and len(written) == 1 else {}),
            "foots": check.foots,
            "chains": check.chains,
            "fits_decimals": check.fits_decimals,
            "gap": _decimal(check.gap),
            "jump": _decimal(check.jump),
            "verdict": "taken" if check.is_taken else "parked",
            "reasons": list(check.reasons),
        }
        for check in check_chain(written, former)
    ]


def _outer_chain(said: dict[str, Any]) -> bool:
    """Whether the statements of the document, as they stand, follow each other."""
    plain = [s for s in _list(said, "statements") if isinstance(s, dict) and "opening" in s]
    return all(
        Fraction(_amount(b["opening"], "opening")) == Fraction(_amount(a["closing"], "closing"))
        for a, b in pairwise(plain)
    )


# Reports


def _report(one: Any, place: str) -> dict[str, Any]:
    said = _object(one, place)
    if "trailer_net" in said:
        verdict = judge_trailer(
            Fraction(_amount(said["trailer_net"], f"{place}.trailer_net")),
            Fraction(_amount(said.get("calculated_net"), f"{place}.calculated_net")),
        )
        taken = 0
        rejected: Any = None
    else:
        report = StatusReport(
            original=_counted(said, "original", place),
            status=_text(said.get("status"), f"{place}.status"),
            accepted=_counted(said, "accepted", place),
            rejected=_counted(said, "rejected", place),
        )
        verdict = judge(report)
        taken = 0 if verdict.state == "refused" else report.accepted.count
        rejected = report.rejected.count
    return _verdict(said, verdict, taken, rejected)


def _verdict(
    said: dict[str, Any], verdict: Verdict, taken: int, rejected: int | None
) -> dict[str, Any]:
    return {
        **({"id": said["id"]} if "id" in said else {}),
        "adds_up": not verdict.count_gap and not verdict.sum_gap,
        "verdict": verdict.state,
        "reason": verdict.reason,
        "gap": {"count": verdict.count_gap, "sum": _decimal(verdict.sum_gap)},
        "accepted_lines": taken,
        "returned_lines": rejected if verdict.state != "refused" and rejected is not None else 0,
    }


def _counted(said: dict[str, Any], name: str, place: str) -> Report:
    one = _object(said.get(name, {"count": 0, "sum": "0"}), f"{place}.{name}")
    count = one.get("count", 0)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise Invalid(field=f"{place}.{name}.count", problem="write a whole number")
    return Report(count, Fraction(_amount(one.get("sum", "0"), f"{place}.{name}.sum")))


# Lines against payouts


def _compared(said: dict[str, Any]) -> dict[str, Any]:
    currency = _currency(said, "body")
    lines = [_line(one, place, currency) for one, place in _places(said, "lines")]
    payouts = [_payout(one, place, currency) for one, place in _places(said, "payouts")]
    found = compare(lines, payouts)
    return {
        "findings": [
            {
                "class": f.kind,
                "key": f.key,
                "reference": f.reference,
                "detail": f.detail,
                "difference": str(Money(f.difference_minor, currency)),
            }
            for f in found
        ],
        "classes": dict(sorted(Counter(f.kind for f in found).items())),
    }


def _places(said: dict[str, Any], name: str) -> list[tuple[dict[str, Any], str]]:
    return [(_object(o, f"{name}[{i}]"), f"{name}[{i}]") for i, o in enumerate(_list(said, name))]


def _line(one: dict[str, Any], place: str, currency: str) -> BankLine:
    own = _currency({"currency": currency} | one, place)
    return BankLine(
        reference=_text(one.get("reference"), f"{place}.reference"),
        amount_minor=_minor(one.get("amount"), own, f"{place}.amount"),
        currency=own,
        key=str(one.get("key", "")),
        kind=str(one.get("kind", "")),
        payee=str(one.get("payee", "")),
        booked=str(one.get("date", "")),
        details=tuple(
            Detail(
                str(_object(d, f"{place}.details").get("key", "")),
                _minor(d.get("amount"), own, f"{place}.details.amount"),
            )
            for d in _list(one, "details")
        ),
    )


def _payout(one: dict[str, Any], place: str, currency: str) -> Expected:
    own = _currency({"currency": currency} | one, place)
    return Expected(
        key=_text(one.get("key"), f"{place}.key"),
        amount_minor=_minor(one.get("amount"), own, f"{place}.amount"),
        currency=own,
        state=str(one.get("state", "paid")),
        payee=str(one.get("payee", "")),
        sent=str(one.get("date", "")),
        batch=str(one.get("batch", "")),
        rejected=str(one.get("rejected") or ""),
    )


# Events, attempts, codes


def _events(said: dict[str, Any]) -> tuple[dict[str, str], int]:
    heard = []
    for one, place in _places(said, "events"):
        thing = one.get("data", {}).get("object", {}) if isinstance(one.get("data"), dict) else {}
        created = one.get("created", 0)
        if not isinstance(created, int) or isinstance(created, bool):
            raise Invalid(field=f"{place}.created", problem="write whole seconds")
        state = one.get("state") or thing.get("status") or _tail(one)
        heard.append(
            Heard(
                _text(one.get("id"), f"{place}.id"),
                _text(one.get("object") or thing.get("id"), f"{place}.object"),
                created,
                str(state),
            )
        )
    return final_states(heard), len({h.id for h in heard})


def _tail(one: dict[str, Any]) -> str:
    return str(one.get("type", "")).rpartition(".")[2]


def _steps(said: dict[str, Any]) -> list[dict[str, Any]]:
    names = [_text(name, "steps") for name in _list(said, "steps")]
    for name in names:
        if name not in STEPS:
            raise Invalid(field="steps", problem=f"{name}: one of {', '.join(STEPS)}")
    return [a._asdict() for a in follow(names, str(said.get("state", "ready")))]


def _code(one: Any, place: str) -> dict[str, Any]:
    said = one if isinstance(one, dict) else {"code": one}
    code = str(said.get("code", ""))
    meaning = meaning_of(code, str(said.get("text", "")))
    return {
        "code": code,
        "group": meaning.group,
        "state": meaning.state,
        "owner": meaning.owner,
        "hours": meaning.clock.total_seconds() / 3_600,
        "needs_new_payee": meaning.needs_new_payee,
        "sentence": str(_(meaning.sentence)),
    }


def _(sentence: str) -> str:
    from django.utils.translation import gettext

    return gettext(sentence)


def _decimal(value: Fraction) -> str:
    """Exact decimal text: amounts have at most eight decimals."""
    scaled = abs(value) * 10**8
    whole, rest = divmod(scaled.numerator // scaled.denominator, 10**8)
    text = f"{whole}.{rest:08d}".rstrip("0")
    text += "0" * max(0, 2 - len(text.partition(".")[2]))
    return f"-{text}" if value < 0 else text
