"""W1 to W5 and C4 at the figures of the plan, each with its control: one wrong line that it must find.

The single cases stand in tests/payouts; here it is the number, the order and several senders at once.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from jianzhu.kernel import clock
from settlements.payouts import doors, webhooks
from settlements.payouts.models import Payout, RailEvent
from settlements.payouts.rails.stripe import rail as stripe_rail
from settlements.payouts.rails.stripe import signature
from tests.faults.sizes import seed_of, size
from tests.payouts.stripe_site import SECRET, stripe_site
from tests.payouts.test_webhooks import FORGED, deliver, header
from tests.stripe_stand_in import StripeStandIn, sign

SEED = seed_of("W_SEED")
WORKERS = size("W_WORKERS", 2, 20)
EVENTS = size("W1_EVENTS", 12, 5_000)
FORGERIES = size("W2_EACH", 1, 200)
REPLAYS = size("W3_EACH", 1, 100)
STRANGE = size("W4_EVENTS", 10, 300)
CHANGES = size("W5_CHANGES", 10, 1_000)
UNKNOWN = size("C4_PAYOUTS", 2, 200)
SENDERS = 8


@pytest.fixture
def stripe(settings, monkeypatch):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    # The provider's library pauses between its tries; the tries are what counts here.
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *a, **k: 0)
    with StripeStandIn(seed=SEED) as stand_in:
        print(f"W_SEED={SEED}")
        yield stand_in


@pytest.fixture
def world(db, monkeypatch, stripe):
    return stripe_site(monkeypatch, stripe, workers=WORKERS)


def paying(world, stripe):
    """Payouts on their way, some of which will fail, and as many events as the size says."""
    for place, worker in enumerate(world.site.workers):
        if place % 3 == 2:
            stripe.world.fate[world.accounts[worker.pk]] = "failed:account_closed"
    world.earn(*world.site.workers)
    stripe.pass_days(1)
    things = [t for t in stripe.world.things.values() if t["object"] == "payout"]
    while len(stripe.world.events) < EVENTS:
        thing = things[len(stripe.world.events) % len(things)]
        stripe.emit("payout.updated", thing, thing["_account"])


def all_at_once(deliveries):
    """Eight senders in parallel, each with a connection of its own."""

    def send(one):
        try:
            return deliver(*one).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(SENDERS) as pool:
        return list(pool.map(send, deliveries))


def differing(world, stripe):
    """What differs from what the provider shows now, and effects that came twice."""
    shown = {
        t["metadata"]["memo"]: t["status"]
        for t in stripe.world.things.values()
        if t["object"] == "payout"
    }
    wrong = [
        f"payout {p.pk} is {p.state}, the provider says {shown.get(f'payout:{p.pk}')}"
        for p in Payout.objects.all()
        if p.state != {"paid": "paid", "failed": "failed"}.get(shown.get(f"payout:{p.pk}"), p.state)
    ]
    rows = RailEvent.objects.count()
    if rows != len(stripe.world.events):
        wrong.append(f"{rows} rows for {len(stripe.world.events)} events")
    return [*wrong, *(f"{memo} doubled" for memo in stripe.doubles())]


@pytest.mark.slow
@pytest.mark.fault("W1")
def test_events_doubled_shuffled_and_sent_by_eight_end_where_the_provider_is(
    transactional_db, world, stripe
):
    paying(world, stripe)

    answers = all_at_once(stripe.deliveries(SECRET, most=5))
    world.site.run()

    assert set(answers) == {200}
    assert differing(world, stripe) == []
    assert Payout.objects.filter(state="paid").exists()


@pytest.mark.fault("W1")
def test_the_control_that_keeps_every_delivery_is_found(
    transactional_db, world, stripe, monkeypatch
):
    honest, number = webhooks.keep, iter(range(10**9))

    def keep(*, events, source, at):
        again = [(b, {**e, "id": f"{e['id']}-{next(number)}"}) for b, e in events]
        return honest(events=again, source=source, at=at)

    monkeypatch.setattr(webhooks, "keep", keep)
    world.earn(*world.site.workers)

    all_at_once(stripe.deliveries(SECRET, most=5))

    assert any("rows for" in fault for fault in differing(world, stripe))


BODY = b'{"id": "evt_1", "type": "payout.paid", "data": {"object": {"id": "po_1"}}}'


@contextmanager
def signed_now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 10, 12, 8, tzinfo=UTC))
    yield


def forged_and_taken():
    """Forgeries of every class, each with an id of its own; how many were taken."""
    for _ in range(FORGERIES):
        for name in FORGED:
            deliver(BODY, FORGED[name])
    return RailEvent.objects.count()


@pytest.mark.fault("W2")
def test_no_forgery_of_any_class_leaves_a_row(db, settings, monkeypatch):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    with signed_now(monkeypatch):
        assert forged_and_taken() == 0
        assert deliver(BODY, header()).status_code == 200


@pytest.mark.fault("W2")
def test_the_control_that_trusts_everybody_is_found(db, settings, monkeypatch):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    monkeypatch.setattr(doors, "check", lambda *_: None)
    with signed_now(monkeypatch):
        assert forged_and_taken() > 0


def replayed(world, stripe):
    """True events again after six minutes, a day and thirty days; how many were taken."""
    world.earn(world.site.li_wei)
    sent = stripe.deliveries(SECRET, most=1)
    for minutes in (6, 1_440, 43_200):
        stripe.world.now += minutes * 60
        for number in range(REPLAYS):
            deliver(*sent[number % len(sent)])
    return RailEvent.objects.count()


@pytest.mark.fault("W3")
def test_no_true_event_is_taken_late(world, stripe):
    assert replayed(world, stripe) == 0


@pytest.mark.fault("W3")
def test_the_control_that_forgets_the_tolerance_is_found(world, stripe, monkeypatch):
    monkeypatch.setattr(signature, "TOLERANCE_SECONDS", 10**9)
    assert replayed(world, stripe) > 0


def strangers(world, stripe):
    """Events of nobody's payouts, and of ours from another's account; which of them were acted on."""
    world.earn(*world.site.workers)
    ours = list(Payout.objects.order_by("pk"))
    stripe.pass_days(1)  # the provider's word is there for whoever asks
    accounts = [world.accounts[w.pk] for w in world.site.workers]
    for number in range(STRANGE):
        about = ours[number % len(ours)]
        theirs = accounts[(number + 1) % len(accounts)]
        event = {
            "id": f"evt_{number}",
            "type": "payout.paid",
            "account": theirs,
            "data": {"object": {"id": "po_nobody" if number % 2 else about.reference}},
        }
        body = json.dumps(event).encode()
        assert deliver(body, sign(body, SECRET, stripe.world.now)).status_code == 200
    world.site.run()
    return list(RailEvent.objects.exclude(applied_at=None))


@pytest.mark.fault("W4")
def test_events_of_nobody_and_of_another_account_are_kept_and_move_nothing(world, stripe):
    assert strangers(world, stripe) == []
    assert RailEvent.objects.filter(applied_at=None).count() == STRANGE


@pytest.mark.fault("W4")
def test_the_control_that_asks_not_whose_event_it_is_is_found(world, stripe, monkeypatch):
    monkeypatch.setattr(webhooks, "_fits", lambda row: True)
    assert strangers(world, stripe) != []


def three_days_off(world, stripe):
    """No webhook arrives for three days; one run of the catch-up, then what still differs."""
    paying(world, stripe)
    things = [t for t in stripe.world.things.values() if t["object"] == "payout"]
    for number in range(CHANGES):
        thing = things[number % len(things)]
        stripe.emit("payout.updated", thing, thing["_account"])
    stripe.pass_days(2)
    webhooks.catch_up(rail=world.rail, at=clock.now())
    world.site.run()
    return differing(world, stripe)


@pytest.mark.fault("W5")
def test_three_days_without_webhooks_are_caught_up_in_one_run(world, stripe):
    assert three_days_off(world, stripe) == []


@pytest.mark.fault("W5")
def test_the_control_that_reads_one_page_of_today_is_found(world, stripe, monkeypatch):
    monkeypatch.setattr(webhooks, "REACH", timedelta(minutes=1))
    assert three_days_off(world, stripe) != []


def a_day_unknown(world, stripe, payouts):
    """The provider does everything and says nothing, for 25 hours; keys that went again after 23."""
    stripe.lose_answers = True
    world.earn(*world.site.workers[:payouts])
    stripe.lose_answers = False
    stripe.world.keys.clear()  # it may forget a key from now on
    sent = {key for _, key, _ in stripe.world.seen_posts}
    before = len(stripe.world.seen_posts)
    stripe.world.now += 25 * 3_600
    for _ in range(3):
        world.make_due()
    again = {key for _, key, _ in stripe.world.seen_posts[before:]} & sent
    moved = [r["key"] for r in stripe.world.journal if r["kind"] == "transfer"]
    return sorted(again), len(moved) - len(set(moved))


@pytest.mark.fault("C4")
def test_after_a_day_unknown_no_key_goes_again_and_every_one_is_found_or_a_persons(
    db, monkeypatch, stripe
):
    world = stripe_site(monkeypatch, stripe, workers=UNKNOWN)

    again, doubled = a_day_unknown(world, stripe, UNKNOWN)

    assert (again, doubled) == ([], 0)
    assert stripe.doubles() == []
    assert set(Payout.objects.values_list("state", flat=True)) <= {"sent", "unknown", "paid"}


@pytest.mark.fault("C4")
def test_the_control_that_resends_after_a_day_is_found(db, monkeypatch, stripe):
    world = stripe_site(monkeypatch, stripe, workers=2)
    monkeypatch.setattr(stripe_rail, "KEY_LIFE", timedelta(days=900))
    monkeypatch.setattr(stripe_rail.StripeConnect, "_found", lambda self, call: False)

    again, _doubled = a_day_unknown(world, stripe, 2)

    assert again != []
