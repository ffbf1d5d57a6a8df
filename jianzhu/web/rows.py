"""Lists and details of one noun's rows, as the policy table lets the asker see them."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import NotFound
from jianzhu.web.pagination import ID_MAX
from jianzhu.web.views import NounView

Shape = serializers.Serializer[Any]


class RowsView(NounView):
    """`GET`: a page of rows, narrowed by the query parameters that `filters` names."""

    model: ClassVar[type[Model]]
    shown: ClassVar[type[Shape]]
    # query parameter -> look-up
    filters: ClassVar[dict[str, str]] = {}

    def get(self, request: Request) -> Response:
        where = policy.whose(self.actor, self.noun, "read")
        rows = self.model._default_manager.filter(where, **self._narrowed(request)).distinct()
        return self.listing(rows, lambda row: dict(self.shown(row).data))

    def _narrowed(self, request: Request) -> dict[str, Any]:
        said = {name: request.query_params[name] for name in self.filters if name in request.GET}
        for name, value in said.items():
            if name.endswith("_id") and not (value.isascii() and value.isdigit()):
                raise serializers.ValidationError({name: "Use a whole number."})
            if name.endswith("_id") and int(value) > ID_MAX:
                raise NotFound(noun=name.removesuffix("_id"))
        return {self.filters[name]: value for name, value in said.items()}

    def made(self, row: Model) -> Response:
        """What a write gives: the row."""
        return Response(self.shown(row).data, status=201)


class RowView(NounView):
    """`GET`: one row."""

    model: ClassVar[type[Model]]
    shown: ClassVar[type[Shape]]

    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, self.noun, "read")
        row = self.model._default_manager.filter(where, pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        return Response(self.shown(row).data)


def page_of(shown: type[Shape]) -> type[Shape]:
    """The shape of a page of these."""
    name = shown.__name__.removesuffix("Shown") + "Page"
    return type(
        name,
        (serializers.Serializer,),
        {"items": shown(many=True), "next": serializers.URLField(allow_null=True)},
    )


def lists(view: type[RowsView]) -> type[RowsView]:
    """Class decorator: tell the OpenAPI document what a list gives and takes."""
    parameters = [OpenApiParameter(name, OpenApiTypes.STR) for name in view.filters]
    told = extend_schema(
        operation_id=f"{_many(view.noun)}_list",
        responses=page_of(view.shown),
        parameters=parameters,
    )
    return extend_schema_view(get=told)(view)


def shows(view: type[RowView]) -> type[RowView]:
    """Class decorator: tell the OpenAPI document what a detail gives."""
    told = extend_schema(operation_id=f"{_many(view.noun)}_read", responses=view.shown)
    return extend_schema_view(get=told)(view)


def _many(noun: str) -> str:
    return f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
