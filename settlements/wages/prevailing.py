"""Davis-Bacon work: fringe in cash or to a plan, and the basis of its premium (29 CFR 5.31, 5.32)."""

from __future__ import annotations

from settlements.wages.draft import HOUR, Draft
from settlements.wages.facts import Day, Rate
from settlements.wages.statement import Line


def premium_basis(rate: Rate) -> int:
    """The basic hourly rate a premium is reckoned on (29 CFR 5.32, CWHSSA), minor units.

    Cash that stands in for fringe is not basic pay; but the basis is never below the
    determination's basic rate, also when less cash and more fringe is paid.
    """
    found = rate.prevailing
    assert found is not None
    owed_in_cash = max(0, found.fringe_minor - found.plan_minor)
    return max(found.basic_minor, rate.rate_minor + found.cash_minor - owed_in_cash)


def fringe(draft: Draft, day: Day, rate: Rate) -> None:
    """Cash fringe and plan contributions of the day, and what the determination still lacks."""
    found = rate.prevailing
    assert found is not None
    if not draft.case.first <= day.on <= draft.case.last:
        return
    asked = found.basic_minor + found.fringe_minor
    lacking = asked - rate.rate_minor - found.cash_minor - found.plan_minor
    for kind, minor in (("fringe", found.cash_minor), ("plan", found.plan_minor)):
        if minor:
            _hourly(draft, day, rate, kind, minor)
    if lacking > 0:
        key = _hourly(draft, day, rate, "prevailing_top_up", lacking).key
        draft.find(
            "prevailing_wage_shortfall", draft.law.rule("prevailing", day.on).article, key,
            on=day.on, asked_minor=asked, paid_minor=asked - lacking, determination=found.id,
        )  # fmt: skip


def _hourly(draft: Draft, day: Day, rate: Rate, name: str, minor: int) -> Line:
    assert rate.prevailing is not None
    kind = "top_up" if name == "prevailing_top_up" else name
    topic = "prevailing" if kind == "top_up" else "fringe"
    amount, num, den = draft.price(day.minutes, minor, HOUR, 100, HOUR)
    suffix = f"/{day.item}" if day.item else ""
    line = Line(
        f"{day.on.isoformat()}/{kind}/prevailing{suffix}", kind, name, day.on, day.on,
        day.minutes, "min", num, den, minor, "hour", 100, amount, draft.case.currency,
        draft.law.rule(topic, day.on), draft.stamp,
        (("day", day.id), ("rate", rate.id), ("determination", rate.prevailing.id)),
    )  # fmt: skip
    draft.lines.append(line)
    return line
