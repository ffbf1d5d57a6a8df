"""What a wage statement is computed from: frozen values, no rows, no clock.

Money is whole minor units (分, cents), time is whole minutes, work days (工) and quantities are
thousandths. Spans of terms are [valid_from, valid_to); spans of work are first to last inclusive.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from jianzhu.kernel.money import Rounding

Id = int | str
# What a line came from: the noun and its id, ("day", 17).
Source = tuple[str, Id]

TIME_BASES = ("hour", "day", "month", "lump_day", "lump_month", "salary")
# By the month: its pay is spread over the month's paid days.
MONTHLY = ("month", "lump_month")
BASES = (*TIME_BASES, "piece")


@dataclass(frozen=True, slots=True)
class Prevailing:
    """A wage determination (Davis-Bacon) and the fringe actually paid, minor units per hour.

    `plan_minor`: contribution to a bona fide plan; `cash_minor`: fringe paid in cash on top of the
    agreed rate. `overtime_basic`: the premium is reckoned on the determination's basic rate.
    """

    id: Id
    basic_minor: int
    fringe_minor: int
    plan_minor: int = 0
    cash_minor: int = 0


@dataclass(frozen=True, slots=True)
class Rate:
    """One version of the terms, in force over [valid_from, valid_to).

    `rate_minor` is per hour, 工 (day, lump_day), month (month, lump_month), `salary_per` (salary) or
    unit of `item`. The lump bases (包薪制) pay their overtime in the lump.
    `workday_minutes`: the contract's hours per 工. `item` on a time rate names the kind of work
    that it pays (two rates in one week); on a piece rate the thing made. `night_percent`: agreed
    supplement on night minutes. `covers_minutes`: weekly hours that a salary pays for; None means
    whatever hours the week has (fluctuating, 29 CFR 778.114). `guarantee_minor`: hourly guarantee
    of a piece rate (29 CFR 778.111(b)).
    """

    id: Id
    basis: str
    rate_minor: int
    currency: str
    valid_from: date
    valid_to: date | None = None
    workday_minutes: int = 480
    item: str = ""
    unit: str = ""
    night_percent: int = 0
    salary_per: str = "week"
    covers_minutes: int | None = None
    prevailing: Prevailing | None = None
    guarantee_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A confirmed day record. Days outside the statement's period only count toward their week.

    `minutes` worked without breaks, of them `night_minutes` at night. `workday_thousandths`: 工 as
    attendance counted them; None derives them from the minutes. `hint`: "lieu_later" (time off is
    given for this rest-day work), "paid_leave" (absent with pay), or nothing.
    """

    id: Id
    on: date
    minutes: int
    workday_thousandths: int | None = None
    night_minutes: int = 0
    crew_id: Id | None = None
    item: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """The worker's share of an accepted quantity, made from `first` to `last`.

    `price_minor` None takes the piece rate of `item` in force. `quota_thousandths`: agreed quota
    (劳动定额) of normal hours; what goes beyond is overtime. `accepted_thousandths`: what was
    accepted of the whole sheet; the shares of one `sheet_id` may not exceed it.
    """

    id: Id
    first: date
    last: date
    item: str
    unit: str
    quantity_thousandths: int
    price_minor: int | None = None
    quota_thousandths: int | None = None
    accepted_thousandths: int | None = None
    sheet_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An amount beside time and pieces; `amount_minor` > 0, the kind decides the sign.

    Kinds: allowance, bonus, milestone, back_pay, arrears, advance (paid ahead), repayment,
    order_85 (compensation by order, `percent` 50 to 100 of the amount), and deductions: tax,
    social_insurance, housing_fund, court_order, other_statutory, damage.
    `first`/`last`: the days it was earned over. `in_regular_rate`: enters the regular rate.
    `in_minimum`: counts toward the minimum wage (heat, night and overtime allowances don't).
    """

    id: Id
    kind: str
    amount_minor: int
    currency: str
    first: date
    last: date
    label: str = ""
    in_regular_rate: bool = False
    in_minimum: bool = False
    percent: int = 100


@dataclass(frozen=True, slots=True)
class Value:
    """A dated regional value from the project's own data, e.g. the minimum wage of a region."""

    name: str
    region: str
    valid_from: date
    value: int
    source: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings of the project that the slip prints.

    `round_at`: "line" rounds each line's exact amount; "rate" rounds the hourly rate and its
    multiple first; "total" rounds the running total, so that lines sum to the rounded exact total.
    `hours_system`: "standard" or "comprehensive" (综合计算工时, averaged over `averaging`).
    `month_method`: "scheduled" spreads the month's pay over its paid days so that a full month is
    exactly the month's pay; "divisor" pays month / 21.75 a day.
    `workdays`: "minutes" pays a 工 by the minute; "steps" pays the counted thousandths.
    `week_starts`: first day of the workweek, Monday 0.
    `top_up`: a shortfall against the minimum wage becomes a line of its own.
    """

    rounding: Rounding = Rounding.HALF_UP
    round_at: str = "line"
    hours_system: str = "standard"
    averaging: str = "month"
    month_method: str = "scheduled"
    workdays: str = "minutes"
    week_starts: int = 0
    top_up: bool = True


@dataclass(frozen=True, slots=True)
class Case:
    """Everything one worker's statement is computed from.

    `averaged_minutes_before`: minutes already worked in the averaging period before `first`
    (comprehensive hours over a quarter or year). `averaged_cap_minutes`: normal minutes of that
    period where the worker's terms cover only a part of it; None is the whole period's.
    `paid_beside_minor`: pay for the period's work that other lines carry (shares of milestones): no
    line comes of it, but it counts toward the minimum wage.
    """

    worker_id: Id
    first: date
    last: date
    rule_set: str
    region: str
    currency: str
    rates: tuple[Rate, ...]
    days: tuple[Day, ...] = ()
    pieces: tuple[Piece, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    policy: Policy = field(default_factory=Policy)
    values: tuple[Value, ...] = ()
    averaged_minutes_before: int = 0
    averaged_cap_minutes: int | None = None
    paid_beside_minor: int = 0
