"""The only door to banks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from settlements.payouts.rails.protocol import Rail
from settlements.payouts.rails.sandbox_bank import SandboxBank

RAILS: dict[str, Callable[[], Rail]] = {
    "sandbox_bank": lambda: SandboxBank(settings.SANDBOX_BANK_URL, settings.SANDBOX_BANK_TOKEN),
}


def rail_named(name: str) -> Rail:
    """The client of the rail that a wage account names."""
    return RAILS[name]()
