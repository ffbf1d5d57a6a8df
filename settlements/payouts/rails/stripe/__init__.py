"""Stripe Connect: a transfer to the worker's own connected account, then a payout to their bank."""

import stripe

from settlements.payouts.rails.stripe.rail import StripeConnect

# Reads and links may simply be asked for again: it can't be reached, is busy, or is broken.
Unreachable = (stripe.APIConnectionError, stripe.RateLimitError, stripe.APIError)

__all__ = ["StripeConnect", "Unreachable"]
