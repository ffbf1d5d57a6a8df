"""Events, the tree's leaves over them, and the sealed heads. Nothing here is ever changed."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Func
from django.db.models.functions import Cast

from jianzhu.kernel import guards

_TRANSACTION_ID = Cast(
    Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField()
)


class AuditEvent(models.Model):
    """One thing done: `verb` is "<noun>.<verb>", `data` holds before, after, reason and facts."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=36, default="")
    # What the journal tells of rows, a line each (`journal.py`); the leaf binds them by their root.
    rows = models.TextField(default="", db_default="", editable=False)
    # Lets the sealer take exactly the events whose transactions have ended, without any lock.
    transaction_id = models.BigIntegerField(db_default=_TRANSACTION_ID, editable=False)

    class Meta:
        app_label = "jianzhu"
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="audit_subject"),
            models.Index(fields=["transaction_id"], name="audit_transaction"),
            BrinIndex(fields=["at"], name="audit_at"),
        ]
        triggers = guards.append_only("audit_event")

    @property
    def lines(self) -> str:
        """The lines of a row event; before there was a column for them they stood in `data`."""
        return self.rows or str(self.data.get("rows", ""))


class AuditLeaf(models.Model):
    """Leaf `id` (from 0) of the tree: RFC 6962 hash of one event. No key to the event, on purpose:
    a deleted event must not be able to take its leaf along."""

    id = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "jianzhu"
        triggers = guards.append_only("audit_leaf")


class AuditNode(models.Model):
    """Root of the perfect subtree over the leaves from number · 2^height on. Only every eighth height
    is kept: enough to prove any leaf by reading a few hundred hashes."""

    height = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "jianzhu"
        constraints = [models.UniqueConstraint(fields=["height", "number"], name="audit_node_once")]
        triggers = guards.append_only("audit_node")


class AuditSeal(models.Model):
    """The head of the tree at `tree_size` leaves; `note` is the signed checkpoint."""

    at = models.DateTimeField()
    tree_size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    # Roots of the perfect subtrees, largest first: enough to go on without reading old leaves.
    peaks = models.BinaryField()
    # Every event of a transaction below this one is sealed.
    horizon = models.BigIntegerField()
    note = models.TextField(default="")

    class Meta:
        app_label = "jianzhu"
        triggers = guards.append_only("audit_seal")


class Cosignature(models.Model):
    """A witness's signature line under the head at `tree_size` leaves."""

    tree_size = models.BigIntegerField()
    witness = models.CharField(max_length=100)
    line = models.CharField(max_length=400)
    at = models.DateTimeField()

    class Meta:
        app_label = "jianzhu"
        constraints = [
            models.UniqueConstraint(fields=["tree_size", "witness"], name="cosignature_once")
        ]
        triggers = guards.append_only("cosignature")
