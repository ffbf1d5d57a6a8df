"""Receipts, bundles and verification over the API."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.web.views import NounView
from settlements.evidence import commands, receipts
from settlements.evidence.documents import public_keys
from settlements.evidence.verifier import verify_document

ZIP = {(200, "application/zip"): OpenApiTypes.BINARY}


class Receipt(serializers.Serializer[object]):
    """Records, the log events that sealed them, and a signed head: verifies offline."""

    format = serializers.CharField()
    about = serializers.JSONField()
    records = serializers.ListField(child=serializers.JSONField())
    events = serializers.ListField(child=serializers.JSONField())
    head = serializers.CharField(help_text="a signed checkpoint (c2sp.org/tlog-checkpoint)")
    keys = serializers.JSONField()


class Keys(serializers.Serializer[object]):
    """Verifier keys (c2sp.org/signed-note); the witness's is empty where none is known."""

    log = serializers.CharField()
    witness = serializers.CharField(allow_blank=True)


class Verified(serializers.Serializer[object]):
    """Whether everything verifies with this site's own keys, and what does not."""

    ok = serializers.BooleanField()
    checked = serializers.ListField(child=serializers.CharField())
    faults = serializers.ListField(child=serializers.CharField())


class PunchReceiptView(NounView):
    noun = "punch"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="punches_receipt", responses=Receipt)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "punch", "read")
        return Response(receipts.of_punch(where, pk, at=self.at))


class TaskSheetReceiptView(NounView):
    noun = "task_sheet"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="task_sheets_receipt", responses=Receipt)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "task_sheet", "read")
        return Response(receipts.of_sheet(where, pk, at=self.at))


class StatementReceiptView(NounView):
    noun = "statement"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="statements_receipt", responses=Receipt)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "statement", "read")
        return Response(receipts.of_statement(where, pk, at=self.at))


class PayoutReceiptView(NounView):
    noun = "payout"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="payouts_receipt", responses=Receipt)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "payout", "read")
        return Response(receipts.of_payout(where, pk, at=self.at))


class DisputeEvidenceView(NounView):
    """The bundle of a case; that it was taken is logged and visible to the parties."""

    noun = "dispute"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="disputes_evidence", responses=ZIP)
    def get(self, request: Request, pk: int) -> HttpResponse:
        where = policy.whose(self.actor, "dispute", "read")
        return download(
            f"case-{pk}.zip", commands.take_case(where, pk, actor=self.actor, at=self.at)
        )


class LineEvidenceView(NounView):
    """The bundle of one line, whether or not there is a case."""

    noun = "statement_line"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="statement_lines_evidence", responses=ZIP)
    def get(self, request: Request, pk: int) -> HttpResponse:
        where = policy.whose(self.actor, "statement_line", "read")
        return download(
            f"line-{pk}.zip", commands.take_line(where, pk, actor=self.actor, at=self.at)
        )


class KeysView(NounView):
    """With what receipts are verified; for anybody."""

    public = True
    authentication_classes = ()

    @extend_schema(operation_id="evidence_keys", responses=Keys, auth=[])
    def get(self, request: Request) -> Response:
        return Response(public_keys())


class VerificationsView(NounView):
    """Verify a receipt with this site's keys; for anybody, and nothing is kept."""

    public = True
    authentication_classes = ()

    @extend_schema(
        operation_id="evidence_verify",
        request=Receipt,
        responses={200: OpenApiResponse(response=Verified)},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        found = verify_here(request.data)
        return Response(found)


def verify_here(document: Any) -> dict[str, Any]:
    """What the verifier says of the document with this site's own keys."""
    keys = public_keys()
    named = document.get("keys") if isinstance(document, dict) else None
    countersigned = isinstance(named, dict) and bool(named.get("witness"))
    report = verify_document(document, keys["log"], keys["witness"] if countersigned else "")
    return {"ok": report.ok, "checked": report.lines, "faults": report.faults}


def download(name: str, content: bytes) -> HttpResponse:
    """The zip as a file to keep."""
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
