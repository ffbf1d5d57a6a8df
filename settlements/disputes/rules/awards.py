"""Which items of an award are final, from values only.

Labour Dispute Mediation and Arbitration Law art. 47: wages, injury medical costs, severance and
damages are final up to twelve months of the local minimum wage, each item by itself (SPC
interpretation I art. 19). A document that mixes final and non-final items counts as non-final
(art. 20), so the two are never put into one.
"""

from __future__ import annotations

from collections.abc import Mapping

FINAL_MONTHS = 12
COUNTRY = "CN"
# Why an item is not final although nobody knows that it is too large.
NO_MINIMUM = "no_minimum_wage"


def is_final(amount_minor: int, *, country: str, minimum_month_minor: int | None) -> bool:
    """Whether an item of this amount (minor units) leaves the employer no second instance.

    Other countries' adjudication binds at once and until a court says otherwise. Where nobody
    recorded the region's minimum wage nothing above nought is final: finality takes a right away
    and is never guessed (`why_not_final` names it).
    """
    if country != COUNTRY or amount_minor == 0:
        return True
    return minimum_month_minor is not None and amount_minor <= FINAL_MONTHS * minimum_month_minor


def why_not_final(final: bool, *, minimum_month_minor: int | None) -> str:
    """NO_MINIMUM where the missing figure alone keeps items from being final, else ""."""
    return NO_MINIMUM if not final and minimum_month_minor is None else ""


def split(
    awards: Mapping[int, int], *, country: str, minimum_month_minor: int | None
) -> dict[bool, dict[int, int]]:
    """{final: {line: amount}}, without the kind of which there is none."""
    found: dict[bool, dict[int, int]] = {}
    for line, amount in awards.items():
        final = is_final(amount, country=country, minimum_month_minor=minimum_month_minor)
        found.setdefault(final, {})[line] = amount
    return found
