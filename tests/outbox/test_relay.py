"""The outbox is the record: nothing is lost, a poison parks alone, two relays share the work."""

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection

from jianzhu.kernel import clock
from jianzhu.kernel.db import command
from jianzhu.outbox import registry, relay, steps
from jianzhu.outbox.models import OutboxMessage
from tests.database import url as database_url

HEARD = []


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


def test_a_poison_message_parks_alone_and_says_why(transactional_db):
    put(numbers=[1, "poison", 2])
    for _ in range(relay.ATTEMPTS_MAX):
        relay.run_once()
        OutboxMessage.objects.filter(done_at=None).update(due_at=clock.now())

    parked = OutboxMessage.objects.exclude(parked_at=None).get()

    assert sorted(HEARD) == [1, 2]
    assert parked.attempts == relay.ATTEMPTS_MAX
    assert "poison" in parked.last_error
    assert relay.run_once() == 0


def test_a_leased_message_is_taken_again_only_when_the_lease_ran_out(transactional_db):
    put(numbers=[1])
    relay.claim()  # this relay dies here

    assert relay.claim() == []
    OutboxMessage.objects.update(leased_until=clock.now() - timedelta(seconds=1))
    relay.drain()

    assert HEARD == [1]


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


@pytest.mark.slow
def test_a_message_that_kills_its_process_or_hangs_is_parked_and_holds_nobody_up(
    transactional_db, tmp_path, monkeypatch
):
    """C5: whatever a poison does to its process, it is tried five times and then parked."""
    heard = tmp_path / "heard"
    monkeypatch.setitem(registry._topics, "test.poisoned", ["__main__.hear"])
    put(topic="test.poisoned", numbers=[1, 2, "kills", 3, "hangs", 4])
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
    assert set(parked) == {"kills", "hangs"}
    assert deaths == relay.ATTEMPTS_MAX
    assert "never ended" in parked["kills"].last_error
    assert "TookTooLong" in parked["hangs"].last_error
    assert sorted(set(heard.read_text().split())) == ["1", "2", "3", "4"]
