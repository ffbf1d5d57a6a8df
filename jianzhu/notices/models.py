"""A notice: what was told to whom, and when; kept for ever."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from jianzhu.kernel import guards


class Notice(models.Model):
    """Told to whoever holds `role` on the project, or to one worker.

    `code` picks the sentence, `facts` fill it; `key` names it once: telling again tells nothing.
    """

    # Projects and workers lie in rooms above this one, so only their ids are kept.
    project_id = models.BigIntegerField()
    role = models.CharField(max_length=24, default="")
    worker_id = models.BigIntegerField(null=True)
    code = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    facts = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField()

    class Meta:
        app_label = "jianzhu"
        constraints = [
            models.CheckConstraint(
                condition=Q(worker_id=None) ^ Q(role=""), name="notice_has_one_addressee"
            )
        ]
        indexes = [
            models.Index(fields=["project_id", "role", "-at"], name="notice_role"),
            models.Index(fields=["worker_id", "-at"], name="notice_worker"),
        ]
        triggers = guards.append_only("notice")
