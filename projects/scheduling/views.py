"""Work packages and assignments over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.shapes import ReasonAsked
from jianzhu.web.views import NounView
from projects.scheduling import commands
from projects.scheduling.models import Assignment, WorkPackage
from projects.scheduling.serializers import (
    AssignmentProposed,
    AssignmentShown,
    WorkPackageAsked,
    WorkPackageShown,
)
from projects.scheduling.steps import NewPackage


@lists
class WorkPackagesView(RowsView):
    """What is to be done."""

    noun, model, shown = "work_package", WorkPackage, WorkPackageShown
    verbs = {"GET": "read", "POST": "create"}
    filters = {"project_id": "project_id", "code": "code"}

    @extend_schema(
        operation_id="work_packages_create",
        request=WorkPackageAsked,
        responses={201: WorkPackageShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(WorkPackageAsked)
        project_id = said.pop("project_id")
        row = commands.create_package(
            project_id=project_id, new=NewPackage(**said), actor=self.actor, at=self.at
        )
        return self.made(row)


@shows
class WorkPackageView(RowView):
    noun, model, shown = "work_package", WorkPackage, WorkPackageShown
    verbs = {"GET": "read"}


@lists
class AssignmentsView(RowsView):
    """Which crew does what."""

    noun, model, shown = "assignment", Assignment, AssignmentShown
    verbs = {"GET": "read", "POST": "propose"}
    filters = {
        "project_id": "work_package__project_id",
        "crew_id": "crew_id",
        "state": "state",
    }

    @extend_schema(
        operation_id="assignments_propose",
        request=AssignmentProposed,
        responses={201: AssignmentShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(AssignmentProposed)
        return self.made(commands.propose(**said, actor=self.actor, at=self.at))


@shows
class AssignmentView(RowView):
    noun, model, shown = "assignment", Assignment, AssignmentShown
    verbs = {"GET": "read"}


class AssignmentPublicationView(NounView):
    """Shown to the crew."""

    noun = "assignment"
    verbs = {"POST": "publish"}

    @extend_schema(
        operation_id="assignments_publish", request=None, responses={201: AssignmentShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        row = commands.publish(assignment_id=pk, actor=self.actor, at=self.at)
        return Response(AssignmentShown(row).data, status=201)


class AssignmentAcceptanceView(NounView):
    """The crew will do it."""

    noun = "assignment"
    verbs = {"POST": "accept"}

    @extend_schema(
        operation_id="assignments_accept", request=None, responses={201: AssignmentShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        row = commands.accept(assignment_id=pk, actor=self.actor, at=self.at)
        return Response(AssignmentShown(row).data, status=201)


class AssignmentDeclineView(NounView):
    """The crew will not."""

    noun = "assignment"
    verbs = {"POST": "decline"}

    @extend_schema(
        operation_id="assignments_decline", request=ReasonAsked, responses={201: AssignmentShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ReasonAsked)
        row = commands.decline(assignment_id=pk, **said, actor=self.actor, at=self.at)
        return Response(AssignmentShown(row).data, status=201)


class AssignmentWithdrawalView(NounView):
    """Taken back before the crew has answered."""

    noun = "assignment"
    verbs = {"POST": "withdraw"}

    @extend_schema(
        operation_id="assignments_withdraw", request=ReasonAsked, responses={201: AssignmentShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ReasonAsked)
        row = commands.withdraw(assignment_id=pk, **said, actor=self.actor, at=self.at)
        return Response(AssignmentShown(row).data, status=201)


class AssignmentCompletionView(NounView):
    """The work is over."""

    noun = "assignment"
    verbs = {"POST": "finish"}

    @extend_schema(
        operation_id="assignments_finish", request=None, responses={201: AssignmentShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        row = commands.finish(assignment_id=pk, actor=self.actor, at=self.at)
        return Response(AssignmentShown(row).data, status=201)
