"""Payment files over the API: made by one person, handed out by another, answered by the bank."""

from __future__ import annotations

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import NotFound
from jianzhu.web.acting import acting
from jianzhu.web.files import FileParser, XMLFileParser, body_of
from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.views import NounView
from settlements.payouts import batches
from settlements.payouts.models import PayoutBatch
from settlements.payouts.serializers import PayoutBatchOpened, PayoutBatchShown

FILE_TYPES = ("application/octet-stream", "application/xml")


@lists
class PayoutBatchesView(RowsView):
    """Files for banks that take files, each with its number and its sum."""

    noun, model, shown = "payout_batch", PayoutBatch, PayoutBatchShown
    verbs = {"GET": "read"}
    filters = {"state": "state", "wage_account_id": "wage_account_id"}


@shows
class PayoutBatchView(RowView):
    """One file with its lines and the bank's word on each."""

    noun, model, shown = "payout_batch", PayoutBatch, PayoutBatchOpened
    verbs = {"GET": "read"}


make = acting(
    "payout_batches_make", "payout_batch", "make", PayoutBatchShown,
    lambda pk, **say: batches.make(batch_id=pk, **say),
)  # fmt: skip


class PayoutBatchFileView(NounView):
    """A second person takes the file to the bank; asked again by the same, the same bytes."""

    noun = "payout_batch"
    verbs = {"POST": "release"}
    # The file names accounts in clear, so no answer of it is kept.
    stores = False

    @extend_schema(
        operation_id="payout_batches_release",
        request=None,
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        body = batches.release(batch_id=pk, actor=self.actor, at=self.at)
        return file_answer(PayoutBatch.objects.get(pk=pk).file_name, body)


class PayoutBatchResultView(NounView):
    """The bank's result: the list as the bank made it, or a pain.002."""

    noun = "payout_batch"
    verbs = {"POST": "answer"}
    parser_classes = [FileParser, XMLFileParser]

    @extend_schema(
        operation_id="payout_batches_answer",
        request=dict.fromkeys(FILE_TYPES, OpenApiTypes.BINARY),
        responses={201: PayoutBatchOpened},
    )
    def post(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "payout_batch", "answer")
        if not PayoutBatch.objects.filter(where, pk=pk).exists():
            raise NotFound(noun=self.noun)
        row = batches.answer(batch_id=pk, body=body_of(request.data), actor=self.actor, at=self.at)
        return Response(PayoutBatchOpened(row).data, status=201)


def file_answer(name: str, body: bytes) -> HttpResponse:
    """A file to keep, under the name that the bank and we call it."""
    answer = HttpResponse(body, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
