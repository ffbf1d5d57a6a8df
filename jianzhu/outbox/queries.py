"""What has been put and not been heard yet."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from jianzhu.outbox.models import OutboxMessage


def unheard(topic: str, most: int) -> list[dict[str, Any]]:
    """Payloads of at most so many messages of the topic that are due and not worked off.

    Parked ones are not among them: a person has them.
    """
    rows = OutboxMessage.objects.filter(
        topic=topic, done_at=None, parked_at=None, due_at__lte=Now()
    )
    return list(rows.values_list("payload", flat=True)[:most])
