"""Answers kept under the caller's own key, so that asking twice is asking once."""

from __future__ import annotations

from django.db import models


class IdempotentAnswer(models.Model):
    """What a write with this key was answered, stored in the write's own transaction."""

    user = models.ForeignKey("jianzhu.User", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    request = models.CharField(max_length=200)  # method and path
    body_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    # The very bytes that were answered, and as what: asking again gets the same.
    answer = models.BinaryField(default=b"")
    content_type = models.CharField(max_length=60, default="")
    created_at = models.DateTimeField()

    class Meta:
        app_label = "jianzhu"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotent_once")]
