"""`POST /api/v1/wage-quotes`: lines for given terms, days and quantities, computed and forgotten."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.web.views import NounView
from settlements.wages.quotes import ANSWER, DOCUMENT, quote


class WageQuotesView(NounView):
    """For tests, for "what will this cost", and for an arbitrator who changes one fact."""

    noun = "wage_quote"
    verbs = {"POST": "ask"}
    stores = False

    @extend_schema(
        operation_id="wage_quote",
        request={"application/json": DOCUMENT},
        responses={200: OpenApiResponse(response=ANSWER)},
    )
    def post(self, request: Request) -> Response:
        document: Any = request.data
        return Response(quote(document))
