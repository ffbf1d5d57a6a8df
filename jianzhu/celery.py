"""Celery as a hint channel: a message holds a listener's name and ids, the outbox is the record.

Without a broker nothing here is used: the relay delivers itself.
"""

from __future__ import annotations

import os

from celery import Celery
from kombu.entity import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianzhu.settings")

from django.conf import settings

from jianzhu.outbox import relay

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
        )
    ],
    task_default_queue="outbox",
    task_default_exchange="jianzhu",
    task_default_exchange_type="topic",
    task_default_routing_key="outbox",
    broker_transport_options={} if _quorum else {"visibility_timeout": 120},
)


@app.task(name="jianzhu.outbox.deliver")  # type: ignore[untyped-decorator]
def deliver(listener: str, ids: list[int], **_: object) -> None:
    """Deliver what is still undone of these messages."""
    relay.deliver(listener, relay.undone(ids))


def publish(claim: relay.Claim) -> bool:
    """Hand a claim to the broker; False when there is none or it does not answer."""
    if not settings.CELERY_BROKER_URL:
        return False
    try:
        deliver.apply_async(args=[claim.listener, [one.id for one in claim.news]], retry=False)
    except deliver.OperationalError:
        return False  # a broker that is away costs speed: we deliver ourselves
    return True
