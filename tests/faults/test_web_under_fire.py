"""W6 and C9: the web server as it is deployed, flooded by whoever likes and renewed under load."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from jianzhu.access.authentication import new_token
from jianzhu.access.models import User
from jianzhu.kernel import clock
from settlements.funding.models import Deposit
from settlements.payouts.models import RailEvent
from tests.api.test_funding import paid_in
from tests.faults.serving import Web
from tests.faults.sizes import size
from tests.payouts.stripe_site import SECRET
from tests.site import Site
from tests.stripe_stand_in import sign

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chaos")]
EVENTS, SLOW = size("W6_EVENTS", 30, 2_000), size("W6_SLOW", 4, 40)
REQUESTS, RESTARTS = size("C9_REQUESTS", 40, 5_000), size("C9_RESTARTS", 1, 20)
THREADS = 4  # of the server; as many slow senders hold them all
DOOR = "/webhooks/stripe"
HUGE = 10 * 1024 * 1024


def event(number):
    body = json.dumps(
        {"id": f"evt_{number}", "type": "payout.paid", "data": {"object": {"id": f"po_{number}"}}}
    ).encode()
    return body, sign(body, SECRET, int(time.time()))


def served(tmp_path, **env):
    return Web(tmp_path, threads=THREADS, STRIPE_WEBHOOK_SECRETS=SECRET, **env)


def flood(web, seconds):
    """Good events among huge and never-ending bodies: (answers to the good, how long each took, huge)."""
    slow = [web.begin_slowly(DOOR, 1_000, Stripe_Signature="t=1,v1=00") for _ in range(SLOW)]
    took = []

    def good(number):
        body, signature = event(number)
        began = time.monotonic()
        status, _ = web.call("POST", DOOR, body, seconds=seconds, Stripe_Signature=signature)
        took.append(time.monotonic() - began)
        return status

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(good, range(EVENTS)))
    huge, _ = web.call("POST", DOOR, b"", Content_Length=str(HUGE))
    ended = []
    for door in slow:
        with contextlib.suppress(OSError):
            ended.append(door.recv(100).partition(b"\r\n")[0])
        door.close()
    return answers, sorted(took), huge, ended


@pytest.mark.fault("W6")
def test_a_flood_with_huge_and_endless_bodies_keeps_no_event_out(transactional_db, tmp_path):
    with served(tmp_path, WEBHOOK_BODY_SECONDS="1") as web:
        before = web.memory_mb()
        answers, took, huge, ended = flood(web, seconds=60)
        grown = web.memory_mb() - before

    print(f"{EVENTS} events, p99 {took[int(len(took) * 0.99) - 1] * 1000:.0f} ms, +{grown} MB")
    assert set(answers) == {200}
    assert RailEvent.objects.count() == EVENTS
    assert huge == 413
    assert len(ended) == SLOW
    assert all(line.startswith(b"HTTP/1.1 408") for line in ended), "an endless body is told so"
    assert grown < 60


@pytest.mark.fault("W6")
def test_the_control_that_waits_for_every_body_keeps_events_out(transactional_db, tmp_path):
    with served(tmp_path, WEBHOOK_BODY_SECONDS="600") as web:
        slow = [web.begin_slowly(DOOR, 1_000) for _ in range(THREADS)]
        body, signature = event(0)
        status, _ = web.call("POST", DOOR, body, seconds=3, Stripe_Signature=signature)
        for door in slow:
            door.close()

    assert status == 0
    assert not RailEvent.objects.exists()


def under_load(web, renew):
    """Writes by four senders while the server is renewed; the statuses of what was not answered well."""
    site = Site.build(workers=1)
    token = new_token(User.objects.get(pk=site.owner.user_id), clock.now())
    before = Deposit.objects.count()
    over, failed, sent = threading.Event(), [], []

    def write(number):
        said = json.dumps(paid_in(site, reference=f"R-{number}")).encode()
        status, _ = web.call(
            "POST", "/api/v1/deposits", said, Authorization=f"Bearer {token}",
            Idempotency_Key=f"deploy-{number}", Content_Type="application/json",
        )  # fmt: skip
        sent.append(number)
        if status != 201:
            failed.append(status)

    def keep_on(first):
        number = first
        while not over.is_set() or number < REQUESTS:
            write(number)
            number += 4

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(keep_on, first) for first in range(4)]
        try:
            for _ in range(RESTARTS):
                renew()
        finally:
            over.set()
        for one in running:
            one.result()
    return failed, len(sent), Deposit.objects.count() - before


@pytest.mark.fault("C9")
def test_a_server_renewed_under_load_fails_no_request(transactional_db, tmp_path):
    with Web(tmp_path) as web:
        failed, sent, kept = under_load(web, web.renewed)

    print(f"{sent} requests, {RESTARTS} restarts")
    assert failed == []
    assert kept == sent


@pytest.mark.fault("C9")
def test_the_control_that_is_ended_and_started_again_fails_some(transactional_db, tmp_path):
    with Web(tmp_path) as web:
        failed, _sent, _kept = under_load(web, web.killed)

    assert failed
