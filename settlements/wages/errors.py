"""The ways the wage engine says no, in the order in which they are checked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class WageRefusal(Refusal):
    """Base: the inputs contradict each other or the law; nothing is computed from them."""

    code = "wage_refused"
    status = 422
    sentence = _("These records can't be turned into wages.")


class MalformedQuote(WageRefusal):
    """A quote document that doesn't fit its schema."""

    code = "malformed_quote"
    status = 400
    sentence = _("%(field)s: %(problem)s")


class UnknownRuleSet(WageRefusal):
    """No rule set of that name is kept."""

    code = "unknown_rule_set"
    sentence = _("There is no rule set %(rule_set)s; known are %(known)s.")


class NoRule(WageRefusal):
    """The rule set has no value in force for the region on the day."""

    code = "no_rule"
    sentence = _("%(rule_set)s has no %(name)s in force for %(region)s on %(on)s.")


class UnknownChoice(WageRefusal):
    """A basis, kind or policy setting that doesn't exist."""

    code = "unknown_choice"
    sentence = _("%(field)s: %(value)s is none of %(allowed)s.")


class NotTogether(WageRefusal):
    """Two settings of which no rule says what they mean together."""

    code = "not_together"
    sentence = _("%(first)s and %(second)s can't be used together.")


class BadPeriod(WageRefusal):
    """A span that ends before it begins."""

    code = "bad_period"
    sentence = _("%(noun)s %(id)s ends before it begins (%(first)s to %(last)s).")


class OutOfCalendar(WageRefusal):
    """A date for which no calendar is kept."""

    code = "out_of_calendar"
    sentence = _("%(noun)s %(id)s lies outside the years %(low)s to %(high)s.")


class PeriodTooLong(WageRefusal):
    """A statement over more than a year."""

    code = "period_too_long"
    sentence = _("A statement of %(days)s days is longer than %(most)s.")


class CurrencyMixed(WageRefusal):
    """Two currencies in one statement: nothing is converted."""

    code = "currency_mix"
    sentence = _("%(noun)s %(id)s is in %(found)s but the statement is in %(expected)s.")


class BadRate(WageRefusal):
    """A rate, price or contract day that is not positive."""

    code = "bad_rate"
    sentence = _("%(noun)s %(id)s: %(field)s must be more than zero, not %(value)s.")


class OverlappingRates(WageRefusal):
    """Two versions of the terms claim the same day."""

    code = "rate_overlap"
    sentence = _("Rate versions %(first)s and %(second)s are both in force on %(on)s.")


class NegativeTime(WageRefusal):
    """Less than no time was worked, or more night than day."""

    code = "negative_time"
    sentence = _("Day %(id)s on %(on)s: %(field)s is %(value)s.")


class DayTooLong(WageRefusal):
    """More minutes on one date than a day has."""

    code = "day_too_long"
    sentence = _("%(on)s has %(minutes)s minutes of work; a day has 1440.")


class TwoCrews(WageRefusal):
    """One worker, one date, two crews at once."""

    code = "two_crews"
    sentence = _("On %(on)s the worker stands in crews %(first)s and %(second)s.")


class RepeatedDay(WageRefusal):
    """Two day records for one date and kind of work."""

    code = "day_repeated"
    sentence = _("Days %(first)s and %(second)s are both for %(on)s.")


class RepeatedId(WageRefusal):
    """Two records of one noun under one id."""

    code = "id_repeated"
    sentence = _("There are two records %(noun)s %(id)s.")


class OverAccepted(WageRefusal):
    """More pieces are shared out than were accepted."""

    code = "quantity_over_accepted"
    sentence = _("Sheet %(sheet)s shares out %(shared)s thousandths of %(accepted)s accepted.")


class BadQuantity(WageRefusal):
    """A quantity or amount below zero."""

    code = "bad_quantity"
    sentence = _("%(noun)s %(id)s: %(field)s is %(value)s.")


class DeductionForbidden(WageRefusal):
    """A deduction that the law does not know (工资支付暂行规定 art. 15)."""

    code = "deduction_not_allowed"
    sentence = _("Deduction %(id)s of kind %(kind)s is none that the law allows.")


class BadPercent(WageRefusal):
    """Compensation by order is 50 to 100 percent (劳动合同法 art. 85)."""

    code = "bad_percent"
    sentence = _("%(id)s: %(percent)s percent lies outside %(low)s to %(high)s.")


class AbsentSharer(WageRefusal):
    """A share rule names a worker who was not there."""

    code = "absent_sharer"
    sentence = _("The share rule names %(worker)s, who has no confirmed time in the span.")


class NobodyShares(WageRefusal):
    """All weights are zero: the amount has no taker."""

    code = "nobody_shares"
    sentence = _("Nobody has a share: all weights are zero.")


class BadShare(WageRefusal):
    """A share weight below zero."""

    code = "bad_share"
    sentence = _("%(worker)s has a share of %(weight)s.")


class DifferentPeople(WageRefusal):
    """A difference needs two statements of the same period and currency."""

    code = "not_comparable"
    sentence = _("The two statements differ in %(field)s: %(old)s and %(new)s.")
