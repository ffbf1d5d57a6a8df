"""The outbox is the record: nothing is lost, a poison parks alone, two relays share the work."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F

from jianzhu.kernel import clock
from jianzhu.kernel.db import command
from jianzhu.outbox import registry, relay, steps
from jianzhu.outbox.models import OutboxMessage
from tests.database import url as database_url
from tests.faults.sizes import size

HEARD = []
# One in a hundred is a poison at the size of the plan.
C5_EACH, C5_SOUND = size("C5_EACH", 1, 7), size("C5_SOUND", 4, 2_000)


@pytest.fixture(autouse=True)
def listening(monkeypatch):
    HEARD.clear()
    monkeypatch.setitem(registry._listeners, "test.hear", hear)
    monkeypatch.setitem(registry._topics, "test.news", ["test.hear"])


def hear(news, at):
    for one in news:
        if one.payload["n"] == "poison":
            raise RuntimeError("poison")
    HEARD.extend(one.payload["n"] for one in news)


@command
def put(*, numbers, topic="test.news", **more):
    steps.put_many(topic, [{"n": n} for n in numbers], **more)


def test_what_was_put_is_heard_and_done(transactional_db):
    put(numbers=[1, 2, 3])

    relay.drain()

    assert sorted(HEARD) == [1, 2, 3]
    assert OutboxMessage.objects.filter(done_at=None).count() == 0


def test_news_of_a_refused_change_is_never_heard(transactional_db):
    @command
    def change():
        steps.put("test.news", n=1)
        raise ValueError("refused")

    with pytest.raises(ValueError, match="refused"):
        change()
    relay.drain()

    assert HEARD == []


def test_the_same_key_is_put_once(transactional_db):
    put(numbers=[1], key="k")
    put(numbers=[1], key="k")

    relay.drain()

    assert HEARD == [1]


def test_what_is_due_later_waits(transactional_db):
    put(numbers=[1], due_at=clock.now() + timedelta(hours=1))

    assert relay.run_once() == 0


@pytest.mark.fault("C5")
def test_a_poison_message_parks_alone_says_why_and_alarms(transactional_db, caplog, client):
    put(numbers=[1, "poison", 2])
    for _ in range(relay.ATTEMPTS_MAX):
        relay.run_once()
        OutboxMessage.objects.filter(done_at=None).update(due_at=clock.now())

    parked = OutboxMessage.objects.exclude(parked_at=None).get()

    assert sorted(HEARD) == [1, 2]
    assert parked.attempts == relay.ATTEMPTS_MAX
    assert "poison" in parked.last_error
    assert relay.run_once() == 0
    alarms = [r.getMessage() for r in caplog.records if r.levelname == "CRITICAL"]
    assert alarms == [
        f"message {parked.pk} (test.news for test.hear) is parked: {relay.ATTEMPTS_MAX} attempts"
    ]
    assert (client.get("/healthz").status_code, client.get("/healthz").json()["parked"]) == (503, 1)


@pytest.mark.fault("C5")
def test_the_control_without_a_cap_on_attempts_never_parks_a_poison(transactional_db, monkeypatch):
    monkeypatch.setattr(relay, "ATTEMPTS_MAX", 10**4)
    put(numbers=["poison"])
    for _ in range(8):
        relay.run_once()
        OutboxMessage.objects.update(due_at=clock.now())

    assert OutboxMessage.objects.get().parked_at is None


def test_a_leased_message_is_taken_again_only_when_the_lease_ran_out(transactional_db):
    put(numbers=[1])
    relay.claim()  # this relay dies here

    assert relay.claim() == []
    OutboxMessage.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    relay.drain()

    assert HEARD == [1]


def test_a_long_batch_that_is_tried_one_by_one_keeps_its_lease(transactional_db):
    """Each message takes nearly as long as one may: the last is still ours when its turn comes."""
    put(numbers=[1, 2, 3, "poison"])
    left, taken = [], []

    def slow(news, at):
        if len(news) > 1:
            raise RuntimeError("the batch fails")
        waiting = OutboxMessage.objects.filter(done_at=None, pk__gte=news[0].id)
        left.append(min(m.leased_until for m in waiting) - clock.now())
        taken.extend(relay.claim())  # another relay looks for work
        waiting.update(leased_until=F("leased_until") - timedelta(seconds=registry.SECONDS_MAX - 1))
        hear(news, at)

    registry._listeners["test.hear"] = slow
    relay.run_once()

    assert HEARD == [1, 2, 3]
    assert taken == []
    assert min(left) > timedelta(seconds=registry.SECONDS_MAX)


def test_what_another_has_begun_is_left_to_it(transactional_db):
    """A lease ran out behind a slow batch: whoever took the rest over does it, and does it alone."""
    put(numbers=[1, 2])
    (late,) = relay.claim()
    OutboxMessage.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    (claim,) = relay.claim()

    def interrupted(news, at):
        relay.deliver(late.listener, list(late.news))
        hear(news, at)

    registry._listeners["test.hear"] = interrupted
    relay.deliver(claim.listener, list(claim.news))

    assert HEARD == [1, 2]
    assert set(OutboxMessage.objects.values_list("attempts", flat=True)) == {1}


def test_a_hint_that_waited_longer_than_its_lease_still_works(transactional_db):
    """A full queue must not turn every hint into a stale one."""
    put(numbers=[1])
    (claim,) = relay.claim()
    OutboxMessage.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    relay.claim()  # the relay publishes it once more

    relay.deliver(claim.listener, relay.undone([one.id for one in claim.news]))

    assert HEARD == [1]


def test_a_hint_that_is_brought_again_goes_on_at_once(transactional_db):
    """A worker dies in the middle: the broker's second delivery has the name of the first."""
    put(numbers=[1])
    (claim,) = relay.claim()
    name, ids = uuid4(), [one.id for one in claim.news]
    relay._Work("test.hear", name).begin(list(claim.news))  # this worker dies here

    relay.deliver("test.hear", relay.undone(ids))
    before = list(HEARD)
    relay.deliver("test.hear", relay.undone(ids), lease=name)

    assert (before, HEARD) == ([], [1])


def test_leases_go_by_the_database_clock_whatever_this_machine_says(transactional_db, monkeypatch):
    put(numbers=[1])
    relay.claim()
    monkeypatch.setattr(clock, "now", lambda: datetime(2050, 1, 1, tzinfo=UTC))

    assert relay.claim() == []
    assert OutboxMessage.objects.get().leased_until.year < 2050


def test_two_relays_share_the_work_and_nothing_is_heard_twice(transactional_db):
    put(numbers=list(range(400)))

    def work():
        while relay.run_once(batch=20):
            pass
        connection.close()

    relays = [threading.Thread(target=work) for _ in range(2)]
    for one in relays:
        one.start()
    for one in relays:
        one.join()

    assert sorted(HEARD) == list(range(400))


@pytest.mark.fault("C5")
@pytest.mark.slow
def test_a_message_that_kills_its_process_or_hangs_is_parked_and_holds_nobody_up(
    transactional_db, tmp_path, monkeypatch
):
    """C5: whatever a poison does to its process, it is tried five times and then parked."""
    heard = tmp_path / "heard"
    monkeypatch.setitem(registry._topics, "test.poisoned", ["__main__.hear"])
    poisons = [f"{what} {n}" for n in range(C5_EACH) for what in ("kills", "hangs", "raises")]
    sound = [str(n) for n in range(C5_SOUND)]
    put(topic="test.poisoned", numbers=[*sound[:2], *poisons, *sound[2:]])
    env = os.environ | {"DATABASE_URL": database_url(), "OUTBOX_LEASE_SECONDS": "1"}

    deaths = 0
    while True:
        argv = [sys.executable, "-m", "tests.outbox.poisoned", str(heard)]
        ended = subprocess.run(argv, env=env, check=False, timeout=60)
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL
        deaths += 1

    parked = {m.payload["n"]: m for m in OutboxMessage.objects.exclude(parked_at=None)}
    said = {"kills": "never ended", "hangs": "TookTooLong", "raises": "RuntimeError"}
    assert set(parked) == set(poisons)
    assert deaths == relay.ATTEMPTS_MAX * C5_EACH
    assert all(said[n.split()[0]] in m.last_error for n, m in parked.items())
    assert set(heard.read_text().split()) == set(sound)
