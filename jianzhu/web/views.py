"""What every endpoint shares: the actor, the clock, the caller's key, one call, one answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.web import idempotency, openapi  # noqa: F401 - registers itself
from jianzhu.web.pagination import page

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class NounView(APIView):
    """An endpoint about one noun: `verbs` says what each method does to it (policy table)."""

    noun: ClassVar[str] = ""
    verbs: ClassVar[dict[str, str]] = {}
    public: ClassVar[bool] = False
    # False: a question asked by POST because it is long, or rows that carry keys of their own.
    stores: ClassVar[bool] = True

    @property
    def actor(self) -> Actor:
        """Who asks, with the roles held now."""
        actor: Actor = self.request.actor  # type: ignore[attr-defined]
        return actor

    @property
    def at(self) -> datetime:
        """Now: everything below takes it as an argument."""
        return clock.now()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A write carries an Idempotency-Key; asking twice is asking once."""
        super().initial(request, *args, **kwargs)
        if request.method in UNSAFE and self.stores and not self.public:
            handler = getattr(self, request.method.lower(), None)
            if handler is not None:
                setattr(self, request.method.lower(), idempotency.once(self, handler))

    def taken(self, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The body, checked; a wrong field is a 400 that names it."""
        checked = serializer(data=self.request.data)
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def listing(self, rows: QuerySet[Any], shown: Callable[[Any], dict[str, Any]]) -> Response:
        """A page of rows as `{"items": […], "next": link or null}`."""
        found, link = page(self.request, rows)
        return Response({"items": [shown(row) for row in found], "next": link})


def plain(value: Any) -> Any:
    """A frozen dataclass as JSON-ready values."""
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
