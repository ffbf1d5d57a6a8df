"""Erasing a person over the API: one asks, another confirms or refuses."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.views import NounView
from settlements.evidence import erasure
from settlements.evidence.models import Erasure
from settlements.evidence.serializers import ErasureAsked, ErasureRefused, ErasureShown


@lists
class ErasuresView(RowsView):
    """Persons whose records were, or are asked to be, made unreadable."""

    noun, model, shown = "erasure", Erasure, ErasureShown
    verbs = {"GET": "read", "POST": "ask"}
    filters = {"worker_id": "worker_id", "state": "state"}

    @extend_schema(operation_id="erasures_ask", request=ErasureAsked, responses={201: ErasureShown})
    def post(self, request: Request) -> Response:
        said = self.taken(ErasureAsked)
        return self.made(erasure.ask(**said, actor=self.actor, at=self.at))


@shows
class ErasureView(RowView):
    noun, model, shown = "erasure", Erasure, ErasureShown
    verbs = {"GET": "read"}


class ErasureConfirmationView(NounView):
    """A second person agrees: the key is destroyed, and nothing brings it back."""

    noun = "erasure"
    verbs = {"POST": "answer"}

    @extend_schema(operation_id="erasures_confirm", request=None, responses={201: ErasureShown})
    def post(self, request: Request, pk: int) -> Response:
        row = erasure.confirm(erasure_id=pk, actor=self.actor, at=self.at)
        return Response(ErasureShown(row).data, status=201)


class ErasureRefusalView(NounView):
    """A second person says no, and why."""

    noun = "erasure"
    verbs = {"POST": "answer"}

    @extend_schema(
        operation_id="erasures_refuse", request=ErasureRefused, responses={201: ErasureShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ErasureRefused)
        row = erasure.refuse(erasure_id=pk, **said, actor=self.actor, at=self.at)
        return Response(ErasureShown(row).data, status=201)
