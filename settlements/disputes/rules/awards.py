"""Which items of an award are final, from values only.

Labour Dispute Mediation and Arbitration Law art. 47: wages, injury medical costs, severance and
damages are final up to twelve months of the local minimum wage, each item by itself (SPC
interpretation I art. 19). A document that mixes final and non-final items counts as non-final
(art. 20), so the two are never put into one.
"""

from __future__ import annotations

from collections.abc import Mapping

FINAL_MONTHS = 12
# Every region's monthly minimum has been above this since 2016: what is within twelve times it is
# final wherever the site lies, also where the region's own value was not recorded.
LOWEST_MONTH_MINOR = 1_000_00
COUNTRY = "CN"


def is_final(amount_minor: int, *, country: str, minimum_month_minor: int | None) -> bool:
    """Whether an item of this amount (minor units) leaves the employer no second instance.

    Other countries' adjudication binds at once and until a court says otherwise.
    """
    if country != COUNTRY:
        return True
    return amount_minor <= FINAL_MONTHS * (minimum_month_minor or LOWEST_MONTH_MINOR)


def split(
    awards: Mapping[int, int], *, country: str, minimum_month_minor: int | None
) -> dict[bool, dict[int, int]]:
    """{final: {line: amount}}, without the kind of which there is none."""
    found: dict[bool, dict[int, int]] = {}
    for line, amount in awards.items():
        final = is_final(amount, country=country, minimum_month_minor=minimum_month_minor)
        found.setdefault(final, {})[line] = amount
    return found
