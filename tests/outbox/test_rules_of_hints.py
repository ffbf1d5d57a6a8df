"""The rules for hints over a broker (one test each; what a broker does of them stands in test_brokers)."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from jianzhu.celery import app, deliver, publish
from jianzhu.kernel import clock
from jianzhu.kernel.db import command
from jianzhu.outbox import registry, relay, steps
from jianzhu.outbox.models import OutboxMessage
from jianzhu.outbox.registry import News

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("jianzhu", "workers_app", "projects", "settlements")


@pytest.mark.parametrize(
    "setting, wanted",
    [
        ("task_acks_late", True),
        ("task_reject_on_worker_lost", True),
        ("worker_prefetch_multiplier", 1),
        ("task_ignore_result", True),
        ("task_default_exchange_type", "topic"),
    ],
)
def test_a_worker_takes_one_hint_at_a_time_and_returns_it_when_it_dies(setting, wanted):
    assert getattr(app.conf, setting) == wanted


def test_hints_and_searches_have_queues_of_their_own_behind_a_topic_exchange():
    queues = {queue.name: queue.exchange.type for queue in app.conf.task_queues}
    assert queues == {"outbox": "topic", "plans": "topic"}
    assert app.conf.task_default_queue == "outbox"


def test_a_soft_shutdown_lets_a_begun_hint_end_and_redis_waits_longer_than_any_listener():
    longest = max(registry._seconds.values()) + relay.MARGIN_SECONDS
    assert app.conf.worker_soft_shutdown_timeout >= 10
    if not app.conf.broker_transport_options.get("visibility_timeout"):
        pytest.skip("this suite runs with RabbitMQ")
    assert app.conf.broker_transport_options["visibility_timeout"] > longest


def test_a_hint_is_a_listeners_name_and_ids(monkeypatch, settings):
    settings.CELERY_BROKER_URL = "memory://"
    said = []
    monkeypatch.setattr(deliver, "apply_async", lambda **kwargs: said.append(kwargs))
    secret = News(7, "payout.send", {"payout_ids": [1], "name": "李伟"})

    publish(relay.Claim("settlements.payouts.hand_over", (secret,)))

    (hint,) = said
    assert hint == {"args": ["settlements.payouts.hand_over", [7]], "retry": False}


def test_no_hint_is_ever_delayed_by_the_broker():
    """Due times are rows: nothing says eta, countdown or a retry of Celery's own."""
    delaying = re.compile(r"\b(eta|countdown)\s*=|\.delay\(|self\.retry\(|crontab|beat_schedule")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in PRODUCT
        for path in (ROOT / folder).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if delaying.search(line)
    ]
    assert found == []


def test_what_is_due_later_is_a_row_and_no_hint(transactional_db, monkeypatch):
    monkeypatch.setitem(registry._topics, "test.later", ["test.hear"])

    @command
    def put():
        steps.put("test.later", due_at=clock.now() + timedelta(hours=1), n=1)

    put()

    assert OutboxMessage.objects.get().due_at > clock.now() + timedelta(minutes=59)
    assert relay.claim() == []
