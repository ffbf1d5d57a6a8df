"""Stripe Connect: a transfer to the worker's own connected account, then a payout to their bank."""

import stripe

from settlements.payouts.rails.stripe.rail import StripeConnect

# Reads and links may simply be asked for again.
Unreachable = stripe.APIConnectionError

__all__ = ["StripeConnect", "Unreachable"]
