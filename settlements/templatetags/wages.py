"""How amounts, quantities and coded reasons are written on pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from jianzhu.kernel.money import Money
from settlements.payouts.queries import Sent
from settlements.payouts.rails.codes import meaning_of
from settlements.statements.queries import Line
from settlements.statements.rules import SENTENCES
from settlements.wages import reasons

register = template.Library()

SYMBOLS = {"CNY": "¥", "USD": "$"}
STAGES = {
    "worked": gettext_noop("worked"),
    "accepted": gettext_noop("accepted"),
    "released": gettext_noop("released"),
    "paid": gettext_noop("paid"),
}
OWERS = {
    "system": gettext_noop("the platform"),
    "crew_leader": gettext_noop("the crew leader"),
    "subcontractor": gettext_noop("the subcontractor"),
    "general_contractor": gettext_noop("the general contractor"),
    "owner": gettext_noop("the accepting side"),
    "worker": gettext_noop("the worker"),
}


# Who acts on a payment that did not go out; "owner" of a project means the accepting side above.
ACTING = {
    "system": gettext_noop("the platform by itself"),
    "operator": gettext_noop("the platform's staff"),
    "general_contractor": gettext_noop("the general contractor"),
    "worker": gettext_noop("the worker"),
}
GAPS = {
    "does_not_foot": gettext_noop(
        "Opening and entries do not come to the closing: the gap is what is missing or too much."
    ),
    "does_not_chain": gettext_noop(
        "It does not begin where the last one ended: one in between is missing, or came twice."
    ),
    "decimals": gettext_noop(
        "An amount has more decimals than its currency: whoever wrote it did not know the currency."
    ),
    "unreadable_amount": gettext_noop("An amount is not a number that a bank would write."),
    "unknown_currency": gettext_noop("It is in a currency that is not known here."),
    "other_currency": gettext_noop("It is in another currency than the wage account."),
    "entries_missing": gettext_noop(
        "It says itself that it has another number of entries: some are missing, or came twice."
    ),
    "no_balance": gettext_noop(
        "It has no opening or no closing balance, so nothing can be proved."
    ),
}


@register.filter
def money(minor: int | None, currency: str) -> str:
    """ "¥380.00"; a dash while the amount can't be known."""
    if minor is None:
        return "—"
    return f"{SYMBOLS.get(currency, currency + ' ')}{Money(minor, currency)}"


@register.filter
def quantity(thousandths: int | None) -> str:
    """Thousandths as people write them: 8000 → "8", 7500 → "7.5"."""
    if thousandths is None:
        return "—"
    return f"{thousandths / 1000:.3f}".rstrip("0").rstrip(".")


@register.filter
def hours(minutes: int) -> str:
    """Minutes as "8:30"."""
    return f"{minutes // 60}:{minutes % 60:02d}"


@register.filter
def share(ten_thousandths: int | None) -> str:
    """Ten-thousandths as people write them: 150 → "1.5 %"."""
    return "—" if ten_thousandths is None else f"{ten_thousandths / 100:.1f} %"


@register.filter
def reason(code: str) -> str:
    """The plain sentence behind a coded reason."""
    return _(SENTENCES[code]) if code in SENTENCES else code


@register.filter
def ower(code: str) -> str:
    """Who owes the missing datum."""
    return _(OWERS[code]) if code in OWERS else code


@register.filter
def acting(role: str) -> str:
    """Who has to act on a payment."""
    return _(ACTING[role]) if role in ACTING else role


@register.filter
def told(payout: Sent) -> str:
    """What the bank's code means, as the worker reads it; nothing where there is none."""
    return _(meaning_of(payout.code, payout.reason).sentence) if payout.code else ""


@register.filter
def gap(reason: str) -> str:
    """Why a statement was set aside, in a sentence."""
    return _(GAPS[reason]) if reason in GAPS else reason


@register.filter
def stage(line: Line) -> str:
    """How far the line's money is, in the reader's language."""
    return _(STAGES[line.stage])


@register.filter
def sentence(line: Line) -> str:
    """The sum behind an amount: "8 h × 38.00 × 150 %", "1 工 × 400.00", "6.5 m3 × 42.00"."""
    if line.quantity is None or line.rate_minor is None:
        return ""
    if line.unit == "min":
        worked = f"{hours(line.quantity)} h"
    else:
        worked = f"{quantity(line.quantity)} {_(line.rate_per)}"
    text = f"{worked} × {Money(line.rate_minor, line.currency)}"
    if line.unit == "min" and line.rate_per != "hour":
        text += f" / {_(line.rate_per)}"
    return text if line.percent == 100 else f"{text} × {line.percent} %"


@register.filter
def finding(raw: dict[str, Any], currency: str) -> str:
    """What the law would object to, in the reader's language."""
    return reasons.kept(raw, currency, "zh" if (get_language() or "zh").startswith("zh") else "en")


@register.filter
def item(mapping: dict[int, Any], key: int) -> Any:
    """A value of a mapping by its key."""
    return mapping.get(key, "")


@register.filter
def item_of(mapping: dict[int, Any], key: str) -> Any:
    """A value of a mapping by the id in a JSON key."""
    return mapping.get(int(key), key)


@register.filter
def code_sentence(state: str) -> str:
    """A state or code in the reader's language; a code without a sentence as words."""
    said = _(state) if state else ""
    return said.replace("_", " ") if said == state else said


@register.filter
def answered(state: str) -> str:
    """What became of work that was offered: who said yes will come, nothing was inspected."""
    return _("agreed to come") if state == "accepted" else code_sentence(state)


@register.filter
def instant(text: str) -> datetime:
    """An instant that is kept as text, for the date filters."""
    return datetime.fromisoformat(text)


@register.filter
def per_cent(per_mille: int) -> str:
    """Thousandths as people write shares: 905 → "90.5 %"."""
    return f"{per_mille // 10}.{per_mille % 10} %"


@register.filter
def days_hours(count: int) -> str:
    """Hours as "3 d 4 h"."""
    days, rest = divmod(count, 24)
    return f"{days} {_('d')} {rest} {_('h')}" if days else f"{rest} {_('h')}"
