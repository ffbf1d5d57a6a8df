"""`POST /api/v1/wage-quotes` and `POST /api/v1/deadline-quotes`: computed and forgotten."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.web.views import NounView
from settlements.disputes.quotes import ANSWER as DEADLINE_ANSWER
from settlements.disputes.quotes import DOCUMENT as DEADLINE_DOCUMENT
from settlements.disputes.quotes import quote as deadline_quote
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


class DeadlineQuotesView(NounView):
    """By when something has to happen: kept clocks of a region, or one's own, over the law's days."""

    noun = "deadline_quote"
    verbs = {"POST": "ask"}
    stores = False

    @extend_schema(
        operation_id="deadline_quote",
        request={"application/json": DEADLINE_DOCUMENT},
        responses={200: OpenApiResponse(response=DEADLINE_ANSWER)},
    )
    def post(self, request: Request) -> Response:
        document: Any = request.data
        return Response(deadline_quote(document))
