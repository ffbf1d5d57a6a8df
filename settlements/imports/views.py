"""`POST /api/v1/imports`: a sheet, dry or for real; `POST /api/v1/projects/{id}/import-approval`."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.web.views import NounView
from settlements.imports.commands import approve_proposals, import_sheet
from settlements.imports.milestones import KINDS


class SheetAsked(serializers.Serializer[object]):
    kind = serializers.ChoiceField(sorted(KINDS))
    file = serializers.FileField(max_length=200)
    dry_run = serializers.BooleanField(default=False)


class FaultShown(serializers.Serializer[object]):
    file = serializers.CharField()
    row = serializers.IntegerField()
    column = serializers.CharField()
    code = serializers.CharField()
    problem = serializers.CharField()
    expected = serializers.CharField()


class ReportShown(serializers.Serializer[object]):
    rows = serializers.IntegerField()
    new = serializers.IntegerField()
    same = serializers.IntegerField()
    done = serializers.BooleanField()
    faults = FaultShown(many=True)


class Approved(serializers.Serializer[object]):
    approved = serializers.IntegerField()


class ImportsView(NounView):
    """All rows or none; the same sheet twice is once, so the request needs no key of its own."""

    noun = "import"
    verbs = {"POST": "make"}
    stores = False
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="imports_create", request=SheetAsked, responses=ReportShown)
    def post(self, request: Request) -> Response:
        said = self.taken(SheetAsked)
        report = import_sheet(
            kind=said["kind"],
            name=said["file"].name,
            content=said["file"].read(),
            actor=self.actor,
            at=self.at,
            dry_run=said["dry_run"],
        )
        body = {
            "rows": report.rows,
            "new": report.new,
            "same": report.same,
            "done": report.done,
            "faults": [{k: str(v) for k, v in f.as_dict().items()} for f in report.faults],
        }
        return Response(body, status=422 if report.faults else 200)


class ImportApprovalView(NounView):
    """A second person agrees to the proposed rates and checks the pending accounts of a project."""

    noun = "import"
    verbs = {"POST": "approve"}

    @extend_schema(operation_id="imports_approve", request=None, responses=Approved)
    def post(self, request: Request, project_id: int) -> Response:
        policy.require(self.actor, "import", "approve", project_id=project_id)
        count = approve_proposals(project_id=project_id, actor=self.actor, at=self.at)
        return Response({"approved": count})
