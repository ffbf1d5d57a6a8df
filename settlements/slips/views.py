"""Papers over the API."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from jianzhu.web.pagination import ID_MAX
from jianzhu.web.views import NounView
from settlements.slips import files
from settlements.slips.files import FORMS, LANGUAGES, MONTH

LANGUAGE_ASKED = OpenApiParameter(
    "language", enum=list(LANGUAGES), description="without it, that of the project's law"
)
OF_PROJECT = [
    OpenApiParameter(
        "month", pattern=MONTH.pattern, description="like 2026-10; without it, the newest"
    ),
    OpenApiParameter("crew_id", OpenApiTypes.INT64, description="of one crew only"),
    LANGUAGE_ASKED,
]
PDF = {(200, FORMS["pdf"]): OpenApiTypes.BINARY}
XLSX = {(200, FORMS["xlsx"]): OpenApiTypes.BINARY}


class FileView(NounView):
    """An endpoint that answers with a file, and refuses with a problem document."""

    verbs = {"GET": "read"}

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        """Whatever the caller says it takes: a file has one form, and a refusal is JSON."""
        return JSONRenderer(), "application/json"


class PaySlipView(FileView):
    """One worker's month to take along (工资清单)."""

    noun = "statement"

    @extend_schema(operation_id="statements_pay_slip", parameters=[LANGUAGE_ASKED], responses=PDF)
    def get(self, request: Request, pk: int) -> FileResponse:
        asked = request.query_params
        return files.pay_slip(actor=self.actor, statement_id=pk, asked=asked, at=self.at)


class WageTablePdfView(FileView):
    """The wage table (工资支付表) on A4: a part for every employer."""

    noun = "wage_table"

    @extend_schema(operation_id="wage_table_pdf", parameters=OF_PROJECT, responses=PDF)
    def get(self, request: Request, pk: int) -> FileResponse:
        asked = request.query_params
        return files.wage_table(
            actor=self.actor, project_id=pk, form="pdf", asked=asked, at=self.at
        )


class WageTableXlsxView(FileView):
    """The wage table as a workbook: a sheet for every employer."""

    noun = "wage_table"

    @extend_schema(operation_id="wage_table_xlsx", parameters=OF_PROJECT, responses=XLSX)
    def get(self, request: Request, pk: int) -> FileResponse:
        asked = request.query_params
        return files.wage_table(
            actor=self.actor, project_id=pk, form="xlsx", asked=asked, at=self.at
        )


class LedgerAsked(serializers.Serializer[Any]):
    """Which ledger, and what it is opened for: the reason stands on the paper and in the audit log."""

    reason = serializers.CharField(max_length=200)
    form = serializers.ChoiceField(list(FORMS), default="pdf")
    month = serializers.RegexField(MONTH, required=False, help_text="like 2026-10; else the newest")
    crew_id = serializers.IntegerField(min_value=1, max_value=ID_MAX, required=False)
    language = serializers.ChoiceField(list(LANGUAGES), required=False)


class WageLedgerView(FileView):
    """The wage table with whole identities, as the employer has to keep it (Decree 724 art. 15).

    Each opening is recorded with its reason; nothing is stored, so it carries no key.
    """

    noun = "wage_ledger"
    verbs = {"POST": "open"}
    stores = False

    @extend_schema(operation_id="wage_ledger_open", request=LedgerAsked, responses={**PDF, **XLSX})
    def post(self, request: Request, pk: int) -> FileResponse:
        body = self.taken(LedgerAsked)
        reason, form = body.pop("reason"), body.pop("form")
        return files.wage_ledger(
            actor=self.actor,
            project_id=pk,
            form=form,
            reason=reason,
            asked={name: str(value) for name, value in body.items()},
            at=self.at,
        )


class AttendanceSheetPdfView(FileView):
    """The attendance sheet (考勤表) on A4: a part for every crew."""

    noun = "attendance_sheet"

    @extend_schema(operation_id="attendance_sheet_pdf", parameters=OF_PROJECT, responses=PDF)
    def get(self, request: Request, pk: int) -> FileResponse:
        asked = request.query_params
        return files.attendance_sheet(
            actor=self.actor, project_id=pk, form="pdf", asked=asked, at=self.at
        )


class AttendanceSheetXlsxView(FileView):
    """The attendance sheet as a workbook: a sheet for every crew."""

    noun = "attendance_sheet"

    @extend_schema(operation_id="attendance_sheet_xlsx", parameters=OF_PROJECT, responses=XLSX)
    def get(self, request: Request, pk: int) -> FileResponse:
        asked = request.query_params
        return files.attendance_sheet(
            actor=self.actor, project_id=pk, form="xlsx", asked=asked, at=self.at
        )
