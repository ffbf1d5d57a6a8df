"""K1: clocks jump. Nothing is released early, nothing runs twice, and somebody is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jianzhu.outbox import clocks
from settlements.payouts.models import Payout
from tests.faults.simulation.world import World

pytestmark = pytest.mark.fault("K1")


@pytest.fixture
def world(db, monkeypatch):
    world = World(monkeypatch, workers=1)
    world.bank.honest = True
    return world


def earn_under_a_hold(world):
    world.change_payee(0, 1)
    world.work(0, 0)
    world.hand_in(0)
    world.accept(0)


@pytest.mark.parametrize("jump", [timedelta(days=40), timedelta(hours=-2)])
def test_a_worker_whose_clock_jumped_delivers_nothing_and_others_go_on(world, jump, caplog):
    earn_under_a_hold(world)
    world.time.skew = jump

    alone = world.act("deliver", 200)
    world.time.skew = timedelta()
    for _ in range(5):
        world.act("deliver", 200)

    assert alone == "nothing to do"
    assert "from the database's" in caplog.text
    held = Payout.objects.get()
    assert (held.state, held.code) == ("held", "payee_hold")


def test_a_database_clock_that_jumped_ends_no_hold(world):
    """Three days ahead: every machine sees that they disagree."""
    earn_under_a_hold(world)
    for _ in range(5):
        world.act("deliver", 200)
    world.time.pass_(timedelta(days=3))
    world.time.skew = timedelta(days=-3)

    world.act("deliver", 200)

    assert Payout.objects.get().state == "held"
    assert world.bank.calls == 0


def test_the_control_a_worker_that_asks_no_clock_pays_within_the_hold(world, monkeypatch):
    monkeypatch.setattr(clocks, "agree", lambda: True)
    earn_under_a_hold(world)
    world.time.skew = timedelta(days=40)

    for _ in range(5):
        world.act("deliver", 200)

    assert world.bank.calls == 1


def test_health_says_when_clocks_differ(world, client):
    agreeing = client.get("/healthz").status_code
    world.time.skew = timedelta(seconds=6)
    said = client.get("/healthz")

    assert (agreeing, said.status_code, said.json()["clock_seconds_apart"]) == (200, 503, 6)
