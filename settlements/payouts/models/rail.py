"""What is remembered of a provider: the calls we make, the events it sends, the accounts it keeps."""

from __future__ import annotations

from django.db import models

from jianzhu.kernel import guards
from settlements.payouts.models.payout import Payout


class RailCall(models.Model):
    """One call that moves money, written before it is made: key and body never change after.

    A provider forgets a key after a day; `first_at` says until when the same key may go again.
    """

    key = models.CharField(max_length=100, unique=True)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="calls")
    attempt = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=24)  # transfer, payout, reversal
    body = models.JSONField()
    first_at = models.DateTimeField()
    # The provider's id of what the call made, and its status when last seen.
    object_id = models.CharField(max_length=64, default="", db_index=True)
    status = models.CharField(max_length=24, default="")
    code = models.CharField(max_length=60, default="")
    text = models.CharField(max_length=300, default="")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        triggers = guards.fixed("rail_call", "key", "payout", "attempt", "what", "body", "first_at")


class RailEvent(models.Model):
    """A provider's event, kept as it came before anything is done with it; once by its id."""

    rail = models.CharField(max_length=24)
    event_id = models.CharField(max_length=100)
    topic = models.CharField(max_length=60)
    account = models.CharField(max_length=64, default="")
    object_id = models.CharField(max_length=64, default="")
    body = models.BinaryField()
    source = models.CharField(max_length=16, default="webhook")  # or catch_up
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    # applied, of nobody (kept until its object is known), not ours
    outcome = models.CharField(max_length=24, default="")

    class Meta:
        app_label = "settlements"
        constraints = [models.UniqueConstraint(fields=["rail", "event_id"], name="rail_event_once")]
        indexes = [models.Index(fields=["rail", "object_id"], name="rail_event_object")]
        triggers = guards.fixed("rail_event", "rail", "event_id", "topic", "object_id", "body")


class ConnectedAccount(models.Model):
    """A worker's own account with a provider, opened for one person and paying out to that person."""

    worker = models.ForeignKey("workers_app.Worker", on_delete=models.PROTECT, related_name="+")
    rail = models.CharField(max_length=24)
    # "" between the first call and its answer: the key below asks for the same account again.
    external_id = models.CharField(max_length=64, default="")
    key = models.CharField(max_length=100, unique=True)
    details_submitted = models.BooleanField(default=False)
    payouts_enabled = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlements"
        constraints = [
            models.UniqueConstraint(fields=["worker", "rail"], name="connected_account_once"),
            models.UniqueConstraint(
                fields=["rail", "external_id"],
                condition=~models.Q(external_id=""),
                name="connected_account_one_person",
            ),
        ]
        triggers = guards.fixed("connected_account", "worker", "rail", "key", "created_at")
