"""Amounts beside time and pieces: allowances, bonuses, back pay, advances and deductions.

An advance (预支, 借支) is an earlier payment: its repayment is kept apart from deductions and not
bound by their caps, but never takes more than there is.
"""

from __future__ import annotations

from settlements.wages import errors
from settlements.wages.draft import Draft
from settlements.wages.facts import Adjustment
from settlements.wages.statement import DEDUCTIONS

# Paid beside the wage, never taken off.
PAYMENTS = ("allowance", "bonus", "milestone", "back_pay", "arrears", "order_85", "advance")


def payments(draft: Draft) -> None:
    """Add everything that is paid out beside time and pieces."""
    for one in _ordered(draft):
        if one.kind == "order_85":
            _order(draft, one)
        elif one.kind in PAYMENTS:
            _add(draft, one, one.amount_minor)


def _ordered(draft: Draft) -> list[Adjustment]:
    return sorted(draft.case.adjustments, key=lambda a: (a.last, a.kind, str(a.id)))


def _add(draft: Draft, one: Adjustment, amount: int) -> None:
    topic = one.kind
    if one.kind in DEDUCTIONS and one.kind != "damage":
        topic = "deduction"
    elif one.kind == "repayment":
        topic = "advance"
    rule = draft.law.rule(topic, one.last)
    if amount:
        draft.plain(
            one.kind,
            one.id,
            amount,
            one.first,
            one.last,
            rule,
            one.label,
            (("adjustment", one.id),),
        )


def _order(draft: Draft, one: Adjustment) -> None:
    """Extra compensation when an order to pay was not kept: 50 to 100 % of what was due."""
    low = int(draft.law.value("order_85_percent_min", one.last).value)
    high = int(draft.law.value("order_85_percent_max", one.last).value)
    if not low <= one.percent <= high:
        raise errors.BadPercent(id=one.id, percent=one.percent, low=low, high=high)
    amount, _, _ = draft.price(1, one.amount_minor, 1, one.percent, 1)
    _add(draft, one, amount)


def deductions(draft: Draft) -> None:
    """Take off what the law allows, first by law, then damage within its caps, then advances."""
    ordered = _ordered(draft)
    for one in ordered:
        if one.kind in DEDUCTIONS and one.kind != "damage":
            _add(draft, one, -one.amount_minor)
    for one in ordered:
        if one.kind == "damage":
            _take(draft, one, _damage_room(draft, one), "deduction_capped")
    for one in ordered:
        if one.kind == "repayment":
            _take(draft, one, _net(draft), "repayment_carried")


def _take(draft: Draft, one: Adjustment, room: int, code: str) -> None:
    taken = max(0, min(one.amount_minor, room))
    _add(draft, one, -taken)
    if taken < one.amount_minor:
        topic = "damage" if one.kind == "damage" else "advance"
        draft.find(
            code,
            draft.law.rule(topic, one.last).article,
            id=one.id,
            asked_minor=one.amount_minor,
            taken_minor=taken,
            left_minor=one.amount_minor - taken,
        )


def _net(draft: Draft) -> int:
    return sum(line.amount_minor for line in draft.lines if line.kind != "plan")


def _damage_room(draft: Draft, one: Adjustment) -> int:
    """At most 20 % of the month's wage, and the rest at least the minimum wage."""
    percent = draft.law.find("damage_percent_max", one.last)
    if percent is None:
        return 0
    taken = -sum(line.amount_minor for line in draft.lines if line.kind == "damage")
    out = (*DEDUCTIONS, "advance", "repayment", "plan")
    wage = sum(line.amount_minor for line in draft.lines if line.kind not in out)
    room = wage * int(percent.value) // 100 - taken
    floor = draft.law.find("minimum_wage_month", one.last)
    return room if floor is None else min(room, wage - taken - int(floor.value))
