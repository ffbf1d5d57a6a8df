"""Whether a role may do this at all; on which rows is the filter's question (`policy.whose`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from jianzhu.access import policy
from jianzhu.access.queries import actor_of
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Forbidden

if TYPE_CHECKING:  # DRF's views load their permissions, so these can't load DRF's views
    from rest_framework.views import APIView


class PolicyPermission(BasePermission):
    """Each view names its `noun` and a verb per method; a view without them is a mistake."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if getattr(view, "public", False):
            return True
        noun, verbs = getattr(view, "noun", None), getattr(view, "verbs", None)
        if not noun or verbs is None:
            raise ImproperlyConfigured(f"{type(view).__name__} names no noun and verbs")
        if not request.user or not request.user.is_authenticated:
            return False
        request.actor = actor_of(request.user, clock.now())  # type: ignore[attr-defined]
        verb = verbs.get(request.method or "")
        if verb is not None and not policy.may(request.actor, noun, verb):  # type: ignore[attr-defined]
            raise Forbidden(noun=noun, verb=verb)
        return True
