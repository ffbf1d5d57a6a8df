"""Findings and held places as sentences, Chinese and English side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jianzhu.kernel.money import Money
from settlements.wages.explain import LANGUAGES
from settlements.wages.statement import Finding, Held

# %-formats over the facts; amounts stand as decimal text, minutes as given.
FINDINGS = {
    "minimum_wage_shortfall": (
        "Pay for normal time is below the minimum wage of %(region)s (%(minimum)s).",
        "正常工作时间工资低于 %(region)s 最低工资标准（%(minimum)s）。",
    ),
    "minimum_wage_not_tested": (
        "The minimum wage is tested by the month; %(first)s to %(last)s is more than one.",
        "最低工资按月核对；%(first)s 至 %(last)s 超过一个月。",
    ),
    "lump_rate_shortfall": (
        (
            "The lump rate pays %(earned)s; its hours at the minimum wage with overtime are"
            " %(floor)s."
        ),
        "包薪 %(earned)s 低于按最低工资折算的正常及加班工资 %(floor)s。",
    ),
    "overtime_day_cap": (
        "%(on)s has %(minutes)s minutes of overtime; at most %(max_minutes)s are allowed.",
        "%(on)s 加班 %(minutes)s 分钟，超过每日上限 %(max_minutes)s 分钟。",
    ),
    "overtime_month_cap": (
        "The period has %(minutes)s minutes of overtime; at most %(max_minutes)s are allowed.",
        "本期加班 %(minutes)s 分钟，超过上限 %(max_minutes)s 分钟。",
    ),
    "piece_quota_missing": (
        (
            "Pieces %(piece)s were made with %(overtime_minutes)s minutes of overtime, but no quota is"
            " agreed: their overtime part can't be told."
        ),
        "计件 %(piece)s 有加班 %(overtime_minutes)s 分钟，但未约定劳动定额，无法计算加班部分。",
    ),
    "calendar_not_announced": (
        "The holiday swaps of %(year)s are not announced yet: classes of days may change.",
        "%(year)s 年放假调休安排尚未公布，日期类别可能变化。",
    ),
    "deduction_capped": (
        "Of the deduction of %(asked)s only %(taken)s may be taken this month.",
        "扣款 %(asked)s 中本月只可扣 %(taken)s。",
    ),
    "repayment_carried": (
        "Of the advance of %(asked)s only %(taken)s could be repaid; %(left)s is carried over.",
        "预支 %(asked)s 本月归还 %(taken)s，余 %(left)s 结转。",
    ),
    "plan_contribution": (
        "%(amount)s of %(first)s to %(last)s went to the plan; it is no part of the net pay.",
        "%(first)s 至 %(last)s 缴入福利计划 %(amount)s，不计入实发。",
    ),
    "prevailing_wage_shortfall": (
        "On %(on)s cash and fringe are %(paid)s an hour; the determination asks %(asked)s.",
        "%(on)s 每小时工资与福利合计 %(paid)s，低于规定的 %(asked)s。",
    ),
}
HELD = {
    "terms_gap": ("No agreed rate covers this day.", "当日没有生效的工价约定。"),
    "price_changes_within": (
        (
            "The price of %(item)s changes between %(first)s and %(last)s, and nobody measured how much"
            " was made before."
        ),
        "%(item)s 的单价在 %(first)s 至 %(last)s 之间变动，变动前的数量未计量。",
    ),
}


def finding(one: Finding, currency: str, language: str = "en") -> str:
    """The finding in words."""
    return FINDINGS[one.code][LANGUAGES.index(language)] % _texts(one.facts, currency)


def kept(raw: Mapping[str, Any], currency: str, language: str = "en") -> str:
    """A finding as it is kept with a statement, its facts as texts, in words."""
    facts = {
        name: int(value) if name.endswith("_minor") else value
        for name, value in raw["facts"].items()
    }
    return finding(Finding(raw["code"], raw["article"], facts), currency, language)


def held(one: Held, language: str = "en") -> str:
    """What is missing, in words."""
    return HELD[one.code][LANGUAGES.index(language)] % dict(one.facts)


def _texts(facts: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Facts with amounts as decimal text under their name without "_minor"."""
    amounts = {
        name.removesuffix("_minor"): str(Money(value, currency))
        for name, value in facts.items()
        if name.endswith("_minor")
    }
    return {**facts, **amounts}
