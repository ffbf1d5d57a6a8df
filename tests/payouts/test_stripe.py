"""Stripe Connect over real HTTP: whatever breaks, the stand-in's own journal shows nobody paid twice."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel import clock
from settlements.payouts import commands, connected
from settlements.payouts.models import ConnectedAccount, Payout, RailCall
from settlements.payouts.rails.stripe import StripeConnect, book
from settlements.payouts.rails.stripe.bucket import TokenBucket
from settlements.payouts.rails.stripe.rail import KeyConflict
from tests.payouts.stripe_site import stripe_site
from tests.stripe_stand_in import StripeStandIn
from workers_app.people.models import PayeeAccount

ROOT = Path(__file__).parents[2]


def paid_out(stripe):
    return [row for row in stripe.world.journal if row["kind"] == "payout"]


def test_a_wage_is_transferred_paid_out_and_confirmed_by_a_read(world, stripe):
    (payout,) = world.earn(world.site.li_wei)
    assert payout.state == "sent"
    assert payout.reference.startswith("po_")

    stripe.pass_days(1)
    world.make_due()

    payout.refresh_from_db()
    assert payout.state == "paid"
    assert [row["kind"] for row in stripe.world.journal] == ["transfer", "payout"]


def test_every_write_carries_the_stored_key(world, stripe):
    world.earn(*world.site.workers)

    stored = set(RailCall.objects.values_list("key", flat=True))
    assert {key for _, key, _ in stripe.world.seen_posts} == stored
    assert len(stored) == 4


@pytest.mark.parametrize("fault", ["before", "after", "429", "409", "500"])
def test_the_sdks_retries_and_ours_make_one_payment(db, monkeypatch, settings, fault):
    monkeypatch.setattr("stripe._http_client.HTTPClient._sleep_time_seconds", lambda *a, **k: 0)
    with StripeStandIn(seed=3, rates={fault: 0.7}) as stripe:
        world = stripe_site(monkeypatch, stripe)
        payouts = world.earn(*world.site.workers)
        for _ in range(4):
            stripe.world.now += 3_600
            world.make_due()
        stripe.pass_days(1)
        world.make_due()

        for payout in payouts:
            payout.refresh_from_db()
        if fault == "500":  # stored by the provider: it repeats, and proves nothing
            assert {p.state for p in payouts} <= {"paid", "unknown", "sent"}
        else:
            assert [p.state for p in payouts] == ["paid", "paid"]
            assert len(paid_out(stripe)) == 2
        assert stripe.doubles() == []


def test_after_a_day_unknown_nothing_is_sent_again_and_what_was_done_is_found(world, stripe):
    """C4: the provider did it, every answer was lost, and it was away for 25 hours."""
    stripe.lose_answers = True
    first, second = world.earn(*world.site.workers)
    stripe.lose_answers = False
    # Of the second, not even the request arrived.
    lost = RailCall.objects.get(payout=second, what="transfer")
    for name, thing in list(stripe.world.things.items()):
        if thing.get("metadata", {}).get("key") == lost.key:
            del stripe.world.things[name]
    stripe.world.journal = [r for r in stripe.world.journal if r["key"] != lost.key]
    sent = len(stripe.world.seen_posts)
    stripe.world.now += 25 * 3_600

    for _ in range(3):
        world.make_due()

    new = stripe.world.seen_posts[sent:]
    assert {key for _, key, _ in new} <= {f"{first.key}:payout"}, "an old key never goes again"
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state in ("sent", "unknown")
    assert (second.state, second.attempt) == ("unknown", 1)
    assert commands.retry(payout_ids=[second.pk], actor=SYSTEM, at=clock.now()) == []


def test_the_same_key_with_another_body_is_a_bug_that_is_never_silent(world, stripe):
    (payout,) = world.earn(world.site.li_wei)
    key = f"{payout.key}:transfer"
    book.seen(key=key, object_id="", status="", at=clock.now())
    stripe.world.keys[key].asked = ("/v1/transfers", "other", "")

    with pytest.raises(KeyConflict):
        world.rail._do(key)
    assert len(paid_out(stripe)) == 1


def test_a_payout_that_fails_takes_the_money_back_and_asks_for_another_account(world, stripe):
    stripe.world.fate[world.accounts[world.site.li_wei.pk]] = "failed:account_closed"
    (payout,) = world.earn(world.site.li_wei)
    before = stripe.world.platform

    stripe.pass_days(1)
    world.make_due()

    payout.refresh_from_db()
    assert (payout.state, payout.code, payout.owner) == ("failed", "account_closed", "worker")
    assert stripe.world.platform == before + payout.amount_minor
    assert (
        PayeeAccount.objects.get(worker=world.site.li_wei, bank_code="stripe").state == "suspended"
    )


def test_an_empty_platform_balance_holds_the_wage(world, stripe):
    stripe.world.platform = 0

    (payout,) = world.earn(world.site.li_wei)

    assert (payout.state, payout.code) == ("held", "balance_insufficient")
    assert payout.owner == "general_contractor"


def test_onboarding_opens_one_account_and_proposes_it_as_payee(world, stripe):
    worker = world.site.zhang_qiang
    page = "https://jianzhu.example/me/"
    link = lambda: connected.onboard(  # noqa: E731
        worker_id=worker.pk,
        country="US",
        page=page,
        rail=world.rail,
        actor=world.site.actor(worker),
        at=clock.now(),
    )

    assert link().startswith("https://connect.example/setup/acct_")
    link()

    account = ConnectedAccount.objects.get(worker=worker)
    assert len([p for p, _, _ in stripe.world.seen_posts if p == "/v1/accounts"]) == 1
    assert not account.payouts_enabled
    from settlements.payouts import webhooks

    stripe.onboard(account.external_id)
    webhooks.refresh_account(external_id=account.external_id, rail=world.rail, at=clock.now())
    world.site.run()
    proposed = PayeeAccount.objects.get(worker=worker, state="pending")
    assert (proposed.bank_code, proposed.made_by) == ("stripe", "system")


def test_the_bucket_keeps_to_its_rate():
    now, waits = [0.0], []
    bucket = TokenBucket(10, 2, now=lambda: now[0], wait=waits.append)

    for _ in range(4):
        bucket.take()

    assert waits == pytest.approx([0.1, 0.2])
    now[0] = 1.0
    bucket.take()
    assert len(waits) == 2


def test_no_post_of_ours_goes_without_a_stored_key_and_no_webhook_unverified():
    """Every `.create(` and `.reverse(` of the SDK stands beside an idempotency key."""
    for path in (ROOT / "settlements").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert "without_verification" not in text, path
        if "stripe" not in text:
            continue
        for call in re.finditer(r"v1\.[a-z_.]+\.(create|reverse|update|cancel)\((.*)", text):
            assert "options" in call.group(2) or "idempotency_key" in call.group(2), (path, call[0])
    source = (ROOT / "settlements/payouts/rails/stripe/rail.py").read_text()
    assert '"idempotency_key": call.key' in source


def test_the_client_is_pointed_by_its_own_setting_and_never_patched():
    source = (ROOT / "settlements/payouts/rails/stripe/rail.py").read_text()
    assert "base_addresses=" in source
    assert "stripe.api_key" not in source
    assert StripeConnect("sk_test_x").client is not None


def test_an_unknown_payout_is_never_doubled_by_a_webhook_that_comes_first(world, stripe):
    """W4: the event is there before our own call returned."""
    stripe.lose_answers = True
    (payout,) = world.earn(world.site.li_wei)
    stripe.lose_answers = False
    stripe.world.now += int(timedelta(minutes=10).total_seconds())

    world.make_due()
    world.make_due()
    stripe.pass_days(1)
    world.make_due()
    world.make_due()

    assert Payout.objects.get(pk=payout.pk).state == "paid"
    assert len(paid_out(stripe)) == 1
