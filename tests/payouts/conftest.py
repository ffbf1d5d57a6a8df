"""A stand-in for Stripe, and a site that pays by it; no request or answer may break the description."""

import pytest

from tests import stripe_schema
from tests.api.conftest import bank, site  # noqa: F401 - a small site and its bank
from tests.payouts.stripe_site import SECRET, stripe_site
from tests.stripe_stand_in import StripeStandIn


@pytest.fixture
def stripe(settings):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    stripe_schema.faults.clear()
    with StripeStandIn(seed=1) as stand_in:
        yield stand_in
    assert stripe_schema.faults == []
    assert stand_in.doubles() == []


@pytest.fixture
def world(db, monkeypatch, stripe):
    return stripe_site(monkeypatch, stripe)
