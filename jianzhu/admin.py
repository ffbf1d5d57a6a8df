"""What operators may look at, and the one thing they do here: try parked messages again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jianzhu.access.models import Membership, Organisation, User
from jianzhu.access.queries import actor_of
from jianzhu.audit.models import AuditEvent, AuditSeal
from jianzhu.kernel import clock
from jianzhu.outbox.models import OutboxMessage
from jianzhu.web.admin import ReadOnly, show
from jianzhu.web.parked import unpark

show(Organisation, User, Membership, AuditEvent, AuditSeal)


@admin.register(OutboxMessage)
class OutboxAdmin(ReadOnly):
    """News and due work; a parked message stands here with its error."""

    list_filter = ("topic", ("parked_at", admin.EmptyFieldListFilter))
    actions = ("retry",)

    @admin.action(description="Try the parked messages again", permissions=["view"])
    def retry(self, request: HttpRequest, rows: Any) -> None:
        """Put parked messages back; what is not parked is left as it is."""
        assert isinstance(request.user, User)
        actor = actor_of(request.user, clock.now())
        count = unpark(
            message_ids=list(rows.values_list("pk", flat=True)), actor=actor, at=clock.now()
        )
        messages.info(request, _("%(count)d messages are tried again.") % {"count": count})
