"""One message for one listener."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from jianzhu.kernel import guards


class OutboxMessage(models.Model):
    """`listener` has to hear of `topic`; waiting until done or parked. Due times are rows."""

    topic = models.CharField(max_length=60)
    listener = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    # Same listener and key: the same message, put any number of times.
    # NULL, not "": every message without a key is another one.
    key = models.CharField(max_length=120, null=True)  # noqa: DJ001
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")

    class Meta:
        app_label = "jianzhu"
        constraints = [
            models.UniqueConstraint(fields=["listener", "key"], name="outbox_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(done_at=None, parked_at=None),
                name="outbox_waiting",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="outbox_wake",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                level=pgtrigger.Statement,
                func="PERFORM pg_notify('outbox', ''); RETURN NULL;",
            ),
            *guards.fixed("outbox_message", "topic", "listener", "payload", "key"),
        ]
