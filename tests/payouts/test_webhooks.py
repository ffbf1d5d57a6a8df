"""Webhooks: forged ones refused unread, true ones once each, in any order, and missing ones caught up."""

from __future__ import annotations

import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from stripe import WebhookSignature

from jianzhu.kernel import clock
from jianzhu.outbox.models import OutboxMessage
from settlements.funding.models import WageAccount
from settlements.payouts import webhooks
from settlements.payouts.models import Payout, RailEvent
from settlements.payouts.rails.stripe.signature import Forged, check
from settlements.payouts.rules import next_slot
from tests.payouts.stripe_site import SECRET
from tests.stripe_stand_in import sign

AT = datetime(2026, 10, 12, 8, tzinfo=UTC)
BODY = b'{"id": "evt_1", "type": "payout.paid", "data": {"object": {"id": "po_1"}}}'
T = int(AT.timestamp())


def header(body=BODY, secret=SECRET, at=T, scheme="v1"):
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},{scheme}={mac}"


FORGED = {
    "no header": "",
    "no signature": f"t={T}",
    "no time": header().partition(",")[2],
    "bad mac": f"t={T},v1={'0' * 64}",
    "of another body": header(body=BODY + b" "),
    "another endpoint's secret": header(secret="whsec_other"),
    "another scheme": header(scheme="v0"),
    "301 seconds old": header(at=T - 301),
    "in the future": header(at=T + 301),
    "two times": f"t={T}," + header(at=T - 400),
    "time changed afterwards": header(at=T - 400).replace(str(T - 400), str(T)),
    "re-encoded": header(body=json.dumps(json.loads(BODY), separators=(",", ":")).encode()),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_webhook_is_refused_before_it_is_read(name, db, settings, monkeypatch):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr("settlements.payouts.doors.json.loads", lambda _: pytest.fail("parsed"))

    answer = deliver(BODY, FORGED[name])

    assert answer.status_code == 400
    assert RailEvent.objects.count() == 0


def test_two_secrets_are_right_while_one_replaces_the_other():
    for secret in ("whsec_old", "whsec_new"):
        check(BODY, header(secret=secret), ["whsec_new", "whsec_old"], AT)
    both = f"{header(secret='whsec_old')},{header(secret='whsec_new').partition(',')[2]}"
    check(BODY, both, ["whsec_new"], AT)
    with pytest.raises(Forged):
        check(BODY, header(secret="whsec_old"), ["whsec_new"], AT)


def test_our_check_agrees_with_the_sdks():
    assert WebhookSignature.verify_header(BODY, header(), SECRET, tolerance=None)
    for name, value in FORGED.items():
        with pytest.raises(Forged):
            check(BODY, value, [SECRET], AT)
        assert name


def deliver(body, signature):
    return Client(raise_request_exception=False).generic(
        "POST",
        "/webhooks/stripe",
        data=body,
        content_type="application/json",
        headers={"Stripe-Signature": signature},
    )


def test_a_body_too_large_is_refused_unread(db, settings):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    assert deliver(b"x" * (1024 * 1024 + 1), "").status_code == 413


def test_a_signed_body_that_is_no_event_is_refused(db, settings, monkeypatch):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    monkeypatch.setattr(clock, "now", lambda: AT)
    for body in (b"[]", b"{}", b"\xff", b'{"id": 1}'):
        assert deliver(body, header(body=body)).status_code == 400
    assert RailEvent.objects.count() == 0


def states():
    return list(Payout.objects.order_by("pk").values_list("state", "code", "attempt"))


def test_doubled_and_shuffled_events_end_where_ordered_ones_do(world, stripe):
    """W1: the final state is that of the provider, one effect per event id."""
    stripe.world.fate[world.accounts[world.site.zhang_qiang.pk]] = "failed:no_account"
    world.earn(*world.site.workers)
    stripe.pass_days(1)

    sent = stripe.deliveries(SECRET, most=5)
    for body, signature in sent:
        assert deliver(body, signature).status_code == 200
    world.site.run()

    assert states() == [("paid", "", 1), ("failed", "no_account", 1)]
    assert RailEvent.objects.count() == len(stripe.world.events) < len(sent)
    for body, signature in sent:
        deliver(body, signature)
    world.site.run()
    assert states() == [("paid", "", 1), ("failed", "no_account", 1)]


def test_a_payout_that_comes_back_days_later_is_owed_again(world, stripe):
    stripe.world.fate[world.accounts[world.site.li_wei.pk]] = "returned:account_closed"
    world.earn(world.site.li_wei)
    stripe.pass_days(1)
    world.make_due()
    assert states() == [("paid", "", 1)]

    stripe.pass_days(2)
    for body, signature in stripe.deliveries(SECRET):
        deliver(body, signature)
    world.site.run()

    assert states() == [("returned", "account_closed", 1)]


def test_a_true_event_replayed_later_is_refused(world, stripe):
    """W3: six minutes, a day, thirty days."""
    world.earn(world.site.li_wei)
    (body, signature), *_ = stripe.deliveries(SECRET, most=1)
    for minutes in (6, 1_440, 43_200):
        stripe.world.now += minutes * 60
        assert deliver(body, signature).status_code == 400
    assert RailEvent.objects.count() == 0


def test_an_event_of_nobody_is_kept_and_of_another_account_is_never_applied(world, stripe):
    """W4: kept, linked later, or alarmed."""
    (payout,) = world.earn(world.site.li_wei)
    strange = {"id": "evt_s", "type": "payout.paid", "data": {"object": {"id": "po_nobody"}}}
    foreign = {
        "id": "evt_f",
        "type": "payout.failed",
        "account": world.accounts[world.site.zhang_qiang.pk],
        "data": {"object": {"id": payout.reference}},
    }
    for event in (strange, foreign):
        body = json.dumps(event).encode()
        assert deliver(body, sign(body, SECRET, stripe.world.now)).status_code == 200
    for _ in range(6):
        world.make_due("rail_event.receive")

    assert Payout.objects.get(pk=payout.pk).state == "sent"
    assert set(RailEvent.objects.values_list("outcome", flat=True)) == {"of_nobody"}
    from jianzhu.audit.models import AuditEvent

    assert AuditEvent.objects.filter(verb="rail_event.alarm").count() == 2


def test_three_days_without_webhooks_are_caught_up_in_one_run(world, stripe):
    """W5: List Events finds all, and nothing differs from the provider afterwards."""
    stripe.world.fate[world.accounts[world.site.zhang_qiang.pk]] = "failed:account_closed"
    world.earn(*world.site.workers)
    stripe.pass_days(3)

    found = webhooks.catch_up(rail=world.rail, at=clock.now())
    world.site.run()

    assert found == len(stripe.world.events)
    assert states() == [("paid", "", 1), ("failed", "account_closed", 1)]


@pytest.mark.django_db(transaction=True)
def test_eight_senders_at_once_leave_one_row_per_event(settings, monkeypatch):
    settings.STRIPE_WEBHOOK_SECRETS = [SECRET]
    monkeypatch.setattr(clock, "now", lambda: AT)
    bodies = [json.dumps({"id": f"evt_{i}", "type": "x"}).encode() for i in range(12)]
    deliveries = [(b, header(body=b)) for b in bodies for _ in range(4)]

    def send(one):
        try:
            return deliver(*one).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, deliveries))

    assert set(answers) == {200}
    assert RailEvent.objects.count() == len(bodies)


def test_an_hour_of_lost_webhooks_settles_everything_by_itself_and_nothing_twice(world, stripe):
    """Nobody asks for the catch-up: the row that the first payout armed is due, and arms the next."""
    stripe.world.fate[world.accounts[world.site.zhang_qiang.pk]] = "failed:account_closed"
    world.earn(*world.site.workers)
    armed = OutboxMessage.objects.filter(topic="rail_event.catch_up_due", done_at=None).count()
    stripe.pass_days(1)  # no webhook of that day arrives, and no read is due yet
    stripe.world.now += 3_600

    world.make_due("rail_event.catch_up_due")
    events = RailEvent.objects.count()
    stripe.world.now += 600
    world.make_due("rail_event.catch_up_due")
    for body, signature in stripe.deliveries(SECRET):  # what was lost comes after all
        deliver(body, signature)
    world.site.run()

    assert armed == 1
    assert states() == [("paid", "", 1), ("failed", "account_closed", 1)]
    assert RailEvent.objects.count() == events == len(stripe.world.events)
    assert OutboxMessage.objects.filter(topic="rail_event.catch_up_due", done_at=None).count() == 1


@pytest.mark.parametrize("fault", ["down", "429", "500"])
def test_a_provider_that_cannot_be_asked_is_asked_again_later(world, stripe, fault):
    world.earn(world.site.li_wei)
    stripe.down = fault == "down"
    stripe.broken_reads = int(fault) if fault != "down" else 0
    stripe.world.now += 600

    world.make_due("rail_event.catch_up_due")

    rows = OutboxMessage.objects.filter(topic="rail_event.catch_up_due", done_at=None)
    assert rows.count() == 1
    stripe.down, stripe.broken_reads = False, 0


def test_a_site_that_pays_by_another_rail_asks_no_provider(world, stripe):
    WageAccount.objects.update(rail="sandbox_bank")
    world.earn(world.site.li_wei)

    assert not OutboxMessage.objects.filter(topic="rail_event.catch_up_due").exists()


def test_the_next_catch_up_is_a_row(world):
    webhooks.arm(at=clock.now())
    webhooks.arm(at=clock.now())

    rows = OutboxMessage.objects.filter(topic="rail_event.catch_up_due")
    assert rows.count() == 1
    wait = rows.get().due_at - clock.now()
    assert timedelta(minutes=5) <= wait <= timedelta(minutes=15)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.sampled_from([timedelta(minutes=10), timedelta(hours=1)]),
    st.integers(-60, 60),
)
def test_a_clock_that_lags_never_ends_a_row_of_regular_looks(at, every, skew):
    due = next_slot(at, every)

    assert every / 2 <= due - at <= every * 3 / 2
    assert next_slot(due + timedelta(seconds=skew), every) == due + every
