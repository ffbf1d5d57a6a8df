"""The only door to banks."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from settlements.payouts.rails.files import FileRail
from settlements.payouts.rails.protocol import Rail
from settlements.payouts.rails.sandbox_bank import SandboxBank
from settlements.payouts.rails.stripe import StripeConnect

RAILS: dict[str, Callable[[], Rail]] = {
    "sandbox_bank": lambda: SandboxBank(settings.SANDBOX_BANK_URL, settings.SANDBOX_BANK_TOKEN),
    "stripe": lambda: stripe_client(),  # noqa: PLW0108 - defined below
}


def rail_named(name: str) -> Rail:
    """The client of the rail that a wage account names; "file:…" names a bank's list or pain.001."""
    if name.startswith("file:"):
        return FileRail(name.removeprefix("file:"))
    return RAILS[name]()


def stripe_client() -> StripeConnect:
    """The client of Stripe Connect, as the settings name it."""
    return StripeConnect(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)
