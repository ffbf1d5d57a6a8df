"""Punches, day records, corrections and parked events over the API.

(`views` is the edge at which terminals talk; people and their programs talk here.)
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import NotFound
from jianzhu.web.views import NounView
from projects.attendance import capture, commands, errors
from projects.attendance.models import Correction, DayRecord, IngestCount, ParkedEvent, Punch
from projects.attendance.quotes import ANSWER, DOCUMENT, quote
from projects.attendance.serializers import (
    AnswerAsked,
    CorrectionAsked,
    CorrectionPage,
    CorrectionShown,
    DayRecordPage,
    DayRecordShown,
    DismissalAsked,
    IngestCountPage,
    IngestCountShown,
    ParkedEventPage,
    ParkedEventShown,
    PunchPage,
    PunchShown,
    TakenShown,
)


def _correction(row: Correction) -> dict[str, Any]:
    return dict(CorrectionShown(row).data)


class PunchesView(NounView):
    """What the gates told."""

    noun = "punch"
    verbs: ClassVar = {"GET": "read"}

    @extend_schema(operation_id="punches_list", responses=PunchPage)
    def get(self, request: Request) -> Response:
        rows = Punch.objects.filter(policy.whose(self.actor, "punch", "read"))
        return self.listing(rows, lambda row: dict(PunchShown(row).data))


class DayRecordsView(NounView):
    """What the days are taken to have been."""

    noun = "day_record"
    verbs: ClassVar = {"GET": "read"}

    @extend_schema(operation_id="day_records_list", responses=DayRecordPage)
    def get(self, request: Request) -> Response:
        rows = DayRecord.objects.filter(policy.whose(self.actor, "day_record", "read"))
        return self.listing(rows, lambda row: dict(DayRecordShown(row).data))


class DayRecordView(NounView):
    noun = "day_record"
    verbs: ClassVar = {"GET": "read"}

    @extend_schema(operation_id="day_records_read", responses=DayRecordShown)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "day_record", "read")
        row = DayRecord.objects.filter(where, pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        return Response(DayRecordShown(row).data)


class CorrectionsView(NounView):
    """Days that somebody wants read otherwise (补卡)."""

    noun = "correction"
    verbs: ClassVar = {"GET": "read", "POST": "request"}

    @extend_schema(operation_id="corrections_list", responses=CorrectionPage)
    def get(self, request: Request) -> Response:
        rows = Correction.objects.filter(policy.whose(self.actor, "correction", "read"))
        return self.listing(rows, _correction)

    @extend_schema(
        operation_id="corrections_request",
        request=CorrectionAsked,
        responses={201: CorrectionShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(CorrectionAsked)
        said["intervals"] = [(one["begin"], one["end"]) for one in said["intervals"]]
        row = commands.request_correction(**said, actor=self.actor, at=self.at)
        return Response(_correction(row), status=201)


class CorrectionApprovalView(NounView):
    noun = "correction"
    verbs: ClassVar = {"POST": "answer"}

    @extend_schema(
        operation_id="corrections_approve",
        request=AnswerAsked,
        responses={201: CorrectionShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(AnswerAsked)
        row = commands.approve_correction(
            correction_id=pk, answer=said["answer"], actor=self.actor, at=self.at
        )
        return Response(_correction(row), status=201)


class CorrectionRefusalView(NounView):
    noun = "correction"
    verbs: ClassVar = {"POST": "answer"}

    @extend_schema(
        operation_id="corrections_refuse",
        request=AnswerAsked,
        responses={201: CorrectionShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(AnswerAsked)
        row = commands.refuse_correction(
            correction_id=pk, answer=said["answer"], actor=self.actor, at=self.at
        )
        return Response(_correction(row), status=201)


class CorrectionWithdrawalView(NounView):
    noun = "correction"
    verbs: ClassVar = {"POST": "withdraw"}

    @extend_schema(
        operation_id="corrections_withdraw", request=None, responses={201: CorrectionShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        row = commands.withdraw_correction(correction_id=pk, actor=self.actor, at=self.at)
        return Response(_correction(row), status=201)


class DeviceEventsView(NounView):
    """Stored events of terminals as JSON lines (one event a line), as gateways hold them."""

    noun = "device_event"
    verbs: ClassVar = {"POST": "send"}
    stores = False  # every event carries its own key

    @extend_schema(
        operation_id="device_events_send",
        request={"application/x-ndjson": OpenApiTypes.STR},
        responses=TakenShown,
    )
    def post(self, request: Request) -> Response:
        try:
            content = request._request.body
        except RequestDataTooBig:
            raise errors.TooLarge(most=settings.DATA_UPLOAD_MAX_MEMORY_SIZE) from None
        taken = capture.take_lines(content=content, name="api", actor=self.actor, at=self.at)
        return Response(TakenShown(taken).data)


class IngestCountsView(NounView):
    """What came in from gates, by day, maker and outcome: the newest days last."""

    noun = "ingest_count"
    verbs: ClassVar = {"GET": "read"}

    @extend_schema(operation_id="ingest_counts_list", responses=IngestCountPage)
    def get(self, request: Request) -> Response:
        policy.whose(self.actor, "ingest_count", "read")
        return self.listing(IngestCount.objects.all(), lambda row: dict(IngestCountShown(row).data))


class ParkedEventsView(NounView):
    """What could not become a punch."""

    noun = "parked_event"
    verbs: ClassVar = {"GET": "read"}

    @extend_schema(operation_id="parked_events_list", responses=ParkedEventPage)
    def get(self, request: Request) -> Response:
        rows = ParkedEvent.objects.filter(policy.whose(self.actor, "parked_event", "read"))
        return self.listing(rows, lambda row: dict(ParkedEventShown(row).data))


class ParkedEventDismissalView(NounView):
    noun = "parked_event"
    verbs: ClassVar = {"POST": "dismiss"}

    @extend_schema(
        operation_id="parked_events_dismiss",
        request=DismissalAsked,
        responses={201: ParkedEventShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(DismissalAsked)
        row = commands.dismiss_parked(
            parked_id=pk, reason=said["reason"], actor=self.actor, at=self.at
        )
        return Response(ParkedEventShown(row).data, status=201)


class AttendanceQuotesView(NounView):
    """Given punches paired by a given rule, computed and forgotten (docs/attendance.md)."""

    noun = "attendance_quote"
    verbs: ClassVar = {"POST": "ask"}
    stores = False

    @extend_schema(
        operation_id="attendance_quote",
        request={"application/json": DOCUMENT},
        responses={200: OpenApiResponse(response=ANSWER)},
    )
    def post(self, request: Request) -> Response:
        document: Any = request.data
        return Response(quote(document))
