"""Stories run on a whole small site: gates, acceptance, statement, books, and a bank."""

import pytest

from jianzhu.outbox import clocks, relay
from settlements.books import queries as books
from settlements.payouts import subscribers
from tests.bank import BookRail
from tests.site import Site


@pytest.fixture(autouse=True)
def _through_the_broker(settings, monkeypatch):
    """Where a broker is named, all work goes over it (see tests/through_broker)."""
    if settings.CELERY_BROKER_URL:
        from tests.through_broker import run_once

        monkeypatch.setattr(relay, "run_once", run_once)
        # A story's own clock runs ahead of the database's, at which a worker would refuse to work.
        monkeypatch.setattr(clocks, "agree", lambda: True)


@pytest.fixture
def bank(tmp_path, monkeypatch):
    rail = BookRail(tmp_path / "bank")
    monkeypatch.setattr(subscribers, "rail_named", lambda name: rail)
    rail.books.deposit("9999T-1", "D-T-1", 100_000_000)
    yield rail
    rail.books.close()


@pytest.fixture
def site(db, bank):
    site = Site.build(workers=3).minimum_wage()
    yield site
    site.run()
    assert [t for t in books.truths() if t.faults] == [], "the eight truths hold after every story"
    assert bank.books.doubles() == [], "the bank's own journal shows nobody paid twice"
