"""Work packages and assignments over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.shapes import ReasonAsked
from jianzhu.web.views import NounView
from projects.scheduling import commands
from projects.scheduling.models import Assignment, SchedulingRule, StopDay, WorkPackage
from projects.scheduling.rules import SiteRule
from projects.scheduling.serializers import (
    AssignmentProposed,
    AssignmentShown,
    LinksAsked,
    SchedulingRuleAsked,
    SchedulingRuleShown,
    StopDayAsked,
    StopDayShown,
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
        aside = {name: said.pop(name) for name in ("project_id", "after", "late_per_day")}
        said["more_needs"] = [dict(need) for need in said["more_needs"]]
        row = commands.create_package(**aside, new=NewPackage(**said), actor=self.actor, at=self.at)
        return self.made(row)


@shows
class WorkPackageView(RowView):
    noun, model, shown = "work_package", WorkPackage, WorkPackageShown
    verbs = {"GET": "read"}


class PackageLinksView(NounView):
    """What it waits for."""

    noun = "work_package"
    verbs = {"POST": "link"}

    @extend_schema(
        operation_id="work_packages_link", request=LinksAsked, responses={201: WorkPackageShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(LinksAsked)
        row = commands.link_package(package_id=pk, **said, actor=self.actor, at=self.at)
        return Response(WorkPackageShown(row).data, status=201)


@lists
class SchedulingRulesView(RowsView):
    """What plans have to keep."""

    noun, model, shown = "scheduling_rule", SchedulingRule, SchedulingRuleShown
    verbs = {"GET": "read", "POST": "set"}
    filters = {"project_id": "project_id"}

    @extend_schema(
        operation_id="scheduling_rules_set",
        request=SchedulingRuleAsked,
        responses={201: SchedulingRuleShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(SchedulingRuleAsked)
        aside = {
            name: said.pop(name)
            for name in ("project_id", "site_id", "valid_from", "late_per_day", "fare_per_km")
        }
        row = commands.set_rule(**aside, rule=SiteRule(**said), actor=self.actor, at=self.at)
        return self.made(row)


@lists
class StopDaysView(RowsView):
    """When outdoor work stands still."""

    noun, model, shown = "stop_day", StopDay, StopDayShown
    verbs = {"GET": "read", "POST": "declare"}
    filters = {"project_id": "project_id"}

    @extend_schema(
        operation_id="stop_days_declare", request=StopDayAsked, responses={201: StopDayShown}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(StopDayAsked)
        return self.made(commands.declare_stop_day(**said, actor=self.actor, at=self.at))


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
