"""Task sheets over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import NotFound
from jianzhu.web.views import NounView
from projects.acceptance import commands
from projects.acceptance.models import TaskSheet
from projects.acceptance.serializers import (
    AcceptanceAsked,
    InspectionAsked,
    RejectionAsked,
    TaskSheetAsked,
    TaskSheetPage,
    TaskSheetShown,
)
from projects.acceptance.steps import Draft
from projects.scheduling.models import WorkPackage
from workers_app.people import queries as people
from workers_app.terms import queries as terms


def _shown(row: TaskSheet) -> dict[str, Any]:
    return dict(TaskSheetShown(row).data)


class TaskSheetsView(NounView):
    """What crews made, and what was accepted of it."""

    noun = "task_sheet"
    verbs = {"GET": "read", "POST": "draft"}

    @extend_schema(operation_id="task_sheets_list", responses=TaskSheetPage)
    def get(self, request: Request) -> Response:
        rows = TaskSheet.objects.filter(policy.whose(self.actor, "task_sheet", "read"))
        return self.listing(rows, _shown)

    @extend_schema(
        operation_id="task_sheets_draft", request=TaskSheetAsked, responses={201: TaskSheetShown}
    )
    def post(self, request: Request) -> Response:
        new = Draft(**self.taken(TaskSheetAsked))
        self._refuse_strangers(new)
        row = commands.draft(new=new, actor=self.actor, at=self.at)
        return Response(_shown(row), status=201)

    def _refuse_strangers(self, new: Draft) -> None:
        """The package is the project's, and somebody of the crew has terms on it in these days."""
        policy.require(self.actor, "task_sheet", "draft", project_id=new.project_id)
        packages = WorkPackage.objects.filter(pk=new.work_package_id, project_id=new.project_id)
        if not packages.exists():
            raise NotFound(noun="work_package")
        crew = people.workers_of_crews([new.crew_id], new.work_from, new.work_to)
        if not terms.rates(crew, new.project_id, new.work_from, new.work_to):
            raise NotFound(noun="crew")


class TaskSheetView(NounView):
    noun = "task_sheet"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="task_sheets_read", responses=TaskSheetShown)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "task_sheet", "read")
        row = TaskSheet.objects.filter(where, pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        return Response(_shown(row))


class TaskSheetSubmissionView(NounView):
    """Handed to the accepting side; the silence clock runs."""

    noun = "task_sheet"
    verbs = {"POST": "submit"}

    @extend_schema(operation_id="task_sheets_submit", request=None, responses={201: TaskSheetShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.submit(sheet_id=pk, actor=self.actor, at=self.at)
        return Response(_shown(row), status=201)


class TaskSheetInspectionView(NounView):
    noun = "task_sheet"
    verbs = {"POST": "inspect"}

    @extend_schema(
        operation_id="task_sheets_inspect",
        request=InspectionAsked,
        responses={201: TaskSheetShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(InspectionAsked)
        row = commands.inspect(sheet_id=pk, **said, actor=self.actor, at=self.at)
        return Response(_shown(row), status=201)


class TaskSheetAcceptanceView(NounView):
    """The whole, or a part with the defect of the rest."""

    noun = "task_sheet"
    verbs = {"POST": "accept"}

    @extend_schema(
        operation_id="task_sheets_accept",
        request=AcceptanceAsked,
        responses={201: TaskSheetShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(AcceptanceAsked)
        if said:
            row = commands.accept_partly(sheet_id=pk, **said, actor=self.actor, at=self.at)
        else:
            row = commands.accept(sheet_id=pk, actor=self.actor, at=self.at)
        return Response(_shown(row), status=201)


class TaskSheetRejectionView(NounView):
    noun = "task_sheet"
    verbs = {"POST": "accept"}

    @extend_schema(
        operation_id="task_sheets_reject",
        request=RejectionAsked,
        responses={201: TaskSheetShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(RejectionAsked)
        row = commands.reject(sheet_id=pk, **said, actor=self.actor, at=self.at)
        return Response(_shown(row), status=201)
