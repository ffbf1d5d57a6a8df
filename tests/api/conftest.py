"""A small site with a bank, and callers of the API."""

import pytest

from settlements.payouts import subscribers
from tests.api.caller import Caller
from tests.bank import BookRail
from tests.site import Site


@pytest.fixture
def bank(tmp_path, monkeypatch):
    rail = BookRail(tmp_path / "bank")
    monkeypatch.setattr(subscribers, "rail_named", lambda name: rail)
    rail.books.deposit("9999T-1", "D-T-1", 100_000_000)
    yield rail
    rail.books.close()


@pytest.fixture
def site(db, bank):
    return Site.build(workers=2).minimum_wage()


@pytest.fixture
def call(site):
    """call(actor) → the caller with that actor's token; call(None) has none."""
    return Caller
