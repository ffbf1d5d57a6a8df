"""Celery as a hint channel: a message holds a listener's name and ids, the outbox is the record.

Without a broker nothing here is used: the relay delivers itself.
"""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from celery import Celery, Task
from celery.signals import celeryd_init
from kombu.entity import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianzhu.settings")

from django.conf import settings

if TYPE_CHECKING:
    from jianzhu.outbox import relay

log = logging.getLogger(__name__)

app = Celery("jianzhu", broker=settings.CELERY_BROKER_URL or None)
_quorum = settings.CELERY_BROKER_URL.startswith("amqp")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    broker_connection_retry_on_startup=True,
    worker_soft_shutdown_timeout=10,
    # Direct exchanges would let a delayed task block the worker; leases make delays unneeded anyway.
    task_queues=[
        Queue(  # type: ignore[no-untyped-call]
            "outbox",
            Exchange("jianzhu", type="topic"),  # type: ignore[no-untyped-call]
            routing_key="outbox",
            queue_arguments={"x-queue-type": "quorum"} if _quorum else {},
        ),
        # Searches take minutes: they have workers of their own (`-Q plans`).
        Queue(  # type: ignore[no-untyped-call]
            "plans",
            Exchange("jianzhu", type="topic"),  # type: ignore[no-untyped-call]
            routing_key="plans",
            queue_arguments={"x-queue-type": "quorum"} if _quorum else {},
        ),
    ],
    task_default_queue="outbox",
    task_default_exchange="jianzhu",
    task_default_exchange_type="topic",
    task_default_routing_key="outbox",
    # A broker that is away is noticed by the first try; retries would hold the relay up.
    broker_transport_options={"max_retries": 0} | ({} if _quorum else {"visibility_timeout": 120}),
)

app.autodiscover_tasks(["projects.scheduling"])


@celeryd_init.connect  # type: ignore[untyped-decorator]
def only_when_asked(instance: Any, **_: object) -> None:
    """A worker that was told no queues takes no searches, so that none holds up a hint about money; `-Q`
    is read after this and has its way."""
    instance.app.amqp.queues.deselect(["plans"])


@app.task(name="jianzhu.outbox.deliver", bind=True)  # type: ignore[untyped-decorator]
def deliver(self: Task, listener: str, ids: list[int], **_: object) -> None:
    """Deliver what is still undone of these messages. A hint that the broker brings again has the
    name that it had, and goes on at once with what a dead worker had begun."""
    from jianzhu.outbox import clocks, relay  # a worker imports this file before Django is set up

    if clocks.agree():
        relay.deliver(listener, relay.undone(ids), lease=UUID(self.request.id))


def publish(claim: relay.Claim) -> bool:
    """Hand a claim to the broker; False when there is none or it does not answer."""
    if not settings.CELERY_BROKER_URL or _broker.is_away():
        return False
    try:
        deliver.apply_async(args=[claim.listener, [one.id for one in claim.news]], retry=False)
    except deliver.OperationalError:
        _broker.went_away()  # costs speed: we deliver ourselves
        return False
    return True


class _Broker:
    """Remembers a broker that did not answer, so that not every message waits for it anew."""

    AWAY_SECONDS = 10.0

    def __init__(self) -> None:
        self._asked_again_at = 0.0

    def is_away(self) -> bool:
        return time.monotonic() < self._asked_again_at

    def went_away(self) -> None:
        log.warning("the broker is away: delivering here for %d seconds", self.AWAY_SECONDS)
        self._asked_again_at = time.monotonic() + self.AWAY_SECONDS


_broker = _Broker()
