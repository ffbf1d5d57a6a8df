"""What the law would object to: findings beside the lines, a shortfall as a line of its own."""

from __future__ import annotations

from datetime import date

from jianzhu.kernel.money import Rounding, round_ratio
from settlements.wages import averaging
from settlements.wages.days import announced
from settlements.wages.draft import Draft
from settlements.wages.law import Law
from settlements.wages.rulesets import Dated
from settlements.wages.statement import Line, Rule

HOURS_DAY_MINUTES = 480
# Time lines that are pay for normal attendance; night supplements and overtime don't count.
NORMAL = ("normal", "paid_leave", "paid_holiday")


def findings(draft: Draft) -> None:
    """Add every finding, and the top-up lines that answer a shortfall."""
    if draft.law.rule_set.method == "regular_rate":
        return  # its test is made by the workweek
    _calendar(draft)
    _overtime_caps(draft)
    _quota_missing(draft)
    if _months(draft) == 1:
        _minimum_wage(draft)
        _lump_rate(draft)
    elif draft.law.find("minimum_wage_month", draft.case.last) is not None:
        draft.find("minimum_wage_not_tested", "", first=draft.case.first, last=draft.case.last)


def _calendar(draft: Draft) -> None:
    """A year whose weekend swaps nobody announced yet: classes of its days may still change."""
    year = draft.case.last.year
    if not announced(year, draft.law.rule_set.calendar):
        draft.find(
            "calendar_not_announced", draft.law.rule("calendar", draft.case.last).article, year=year
        )


def _months(draft: Draft) -> int:
    first, last = draft.case.first, draft.case.last
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _overtime_caps(draft: Draft) -> None:
    """3 h a day over normal time and 36 h a month, rest days and holidays included."""
    if not draft.over:
        return
    day_max = draft.law.find("overtime_minutes_per_day_max", draft.case.last)
    month_max = draft.law.find("overtime_minutes_per_month_max", draft.case.last)
    if day_max is not None and not _averaged(draft):
        for on in sorted(draft.over):
            minutes = draft.over[on]
            if minutes > day_max.value and draft.law.day(on).kind == "workday":
                draft.find(
                    "overtime_day_cap", day_max.article, on=on, minutes=minutes,
                    max_minutes=day_max.value,
                )  # fmt: skip
    total = sum(draft.over.values())
    # Averaged hours are bound on the average of their period: the settling month may bear it all.
    months = averaging.MONTHS[draft.case.policy.averaging] if _averaged(draft) else _months(draft)
    if month_max is not None and total > month_max.value * months:
        draft.find(
            "overtime_month_cap", month_max.article, minutes=total,
            max_minutes=month_max.value * months,
        )  # fmt: skip


def _averaged(draft: Draft) -> bool:
    return draft.case.policy.hours_system == "comprehensive"


def _quota_missing(draft: Draft) -> None:
    """Piece workers with overtime but no agreed quota: the overtime part can't be told."""
    if not draft.law.percent("workday", draft.case.last):
        return
    for piece in draft.case.pieces:
        over = sum(m for on, m in draft.over.items() if piece.first <= on <= piece.last)
        if piece.quota_thousandths is None and over and not _time_paid(draft, piece.last):
            article = draft.law.rule("piece_beyond_quota", piece.last).article
            draft.find("piece_quota_missing", article, piece=piece.id, overtime_minutes=over)


def _time_paid(draft: Draft, on: date) -> bool:
    return draft.terms.time(on) is not None


def _minimum_wage(draft: Draft) -> None:
    """Full normal attendance earns at least the region's monthly figure; part of it pro rata."""
    worked = draft.minutes.get("normal", 0) + _paid_leave_minutes(draft)
    if not worked:
        return
    minimum, per_month = _minimum(draft)
    if minimum is None:
        return
    floor = _floor(draft, int(minimum.value), worked, per_month)
    earned = draft.case.paid_beside_minor + sum(_counts(draft, line) for line in draft.lines)
    if earned < floor:
        facts = {
            "region": minimum.region, "minimum_minor": int(minimum.value),
            "normal_minutes": worked, "floor_minor": floor, "earned_minor": earned,
            "shortfall_minor": floor - earned,
        }  # fmt: skip
        _shortfall(draft, "minimum_wage", minimum, facts)


def _minimum(draft: Draft) -> tuple[Dated | None, bool]:
    """(the figure in force, whether it is per month); an hourly one where no monthly is kept."""
    monthly = draft.law.find("minimum_wage_month", draft.case.last)
    if monthly is not None:
        return monthly, True
    return draft.law.find("minimum_wage_hour", draft.case.last), False


def _floor(draft: Draft, minimum: int, worked: int, per_month: bool) -> int:
    """What the worked normal minutes must earn, rounded in the worker's favour."""
    if not per_month:
        return round_ratio(minimum * worked, 60, Rounding.UP)
    full = len(draft.law.workdays(draft.case.last)) * _day_minutes(draft)
    return round_ratio(minimum * min(worked, full), full, Rounding.UP)


def _day_minutes(draft: Draft) -> int:
    """Normal minutes of a working day: the law's, or fewer where the contract says so."""
    rate = draft.terms.time(draft.case.last)
    law = min(draft.law.workday_steps(draft.case.last)[0].until, HOURS_DAY_MINUTES)
    return law if rate is None else min(law, rate.workday_minutes)


def _paid_leave_minutes(draft: Draft) -> int:
    return sum(line.quantity for line in draft.lines if line.name == "paid_leave")


def _counts(draft: Draft, line: Line) -> int:
    """The part of a line that counts toward the minimum wage."""
    if line.kind == "time":
        return line.amount_minor if line.name in NORMAL else 0
    if line.kind == "piece":
        return line.amount_minor if line.percent == 100 else 0
    if line.kind == "milestone":
        return line.amount_minor
    if line.kind in ("allowance", "bonus"):
        counting = {("adjustment", a.id) for a in draft.case.adjustments if a.in_minimum}
        return line.amount_minor if counting.intersection(line.sources) else 0
    return 0


def _lump_rate(draft: Draft) -> None:
    """A lump rate (包薪制) must not be lower than its hours at the minimum wage with overtime.

    Joint typical overtime cases of the labour ministry and the supreme court: price the normal
    hours at the local minimum wage and the overtime on top; the lump must reach that sum.
    """
    minimum = draft.law.find("minimum_wage_month", draft.case.last)
    if not draft.lump_percent_minutes or minimum is None:
        return
    paid_days = draft.law.value("paid_days_per_month_hundredths", draft.case.last)
    day_minutes = draft.law.workday_steps(draft.case.last)[0].until
    floor = round_ratio(
        int(minimum.value) * draft.lump_percent_minutes, int(paid_days.value) * day_minutes,
        Rounding.UP,
    )  # fmt: skip
    earned = sum(line.amount_minor for line in draft.lines if line.name == "lump")
    if earned < floor:
        facts = {
            "region": minimum.region, "minimum_minor": int(minimum.value),
            "floor_minor": floor, "earned_minor": earned, "shortfall_minor": floor - earned,
        }  # fmt: skip
        _shortfall(draft, "lump_rate", minimum, facts)


def _shortfall(draft: Draft, name: str, minimum: Dated, facts: dict[str, object]) -> None:
    """The finding, and where the policy asks for it the line that makes it good."""
    rule = _rule(draft.law, draft.case.last)
    key = ""
    if draft.case.policy.top_up:
        amount = facts["shortfall_minor"]
        assert isinstance(amount, int)
        line = draft.plain(
            "top_up", name, amount, draft.case.first, draft.case.last, rule, name,
            (("region", minimum.region),),
        )  # fmt: skip
        key = line.key
    draft.find(f"{name}_shortfall", rule.article, key, **facts)


def _rule(law: Law, on: date) -> Rule:
    return law.rule("minimum_wage", on)
