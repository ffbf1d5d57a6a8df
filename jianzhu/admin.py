"""What operators may look at, and do here: people, roles, parked messages again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jianzhu.access.actor import Actor
from jianzhu.access.models import Membership, Organisation, User
from jianzhu.access.queries import actor_of
from jianzhu.audit.models import AuditEvent, AuditSeal
from jianzhu.kernel import clock
from jianzhu.outbox.models import OutboxMessage
from jianzhu.web.admin import Asking, ReadOnly, moves, show
from jianzhu.web.parked import unpark
from jianzhu.web.staff import commands as staff
from jianzhu.web.staff.serializers import OrganisationAsked, UserAsked, UserGrantAsked

show(AuditEvent, AuditSeal)


@admin.register(Organisation)
class OrganisationAdmin(Asking):
    right, asked = ("organisation", "create"), OrganisationAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return staff.create_organisation(**said, actor=actor, at=at)


@admin.register(User)
class UserAdmin(Asking):
    right, asked = ("user", "create"), UserAsked
    actions = moves(
        disable=lambda pk, actor, at: staff.disable_user(user_id=pk, actor=actor, at=at)
    )

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return staff.create_user(**said, actor=actor, at=at)


@admin.register(Membership)
class MembershipAdmin(Asking):
    right, asked = ("user", "grant"), UserGrantAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return staff.grant(**said, actor=actor, at=at)


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
