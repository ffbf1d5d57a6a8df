"""Projects and sites over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.views import NounView
from projects.sites import commands
from projects.sites.models import Device, DeviceAlarm, Enrolment, Party, Policy, Project, Site
from projects.sites.serializers import (
    ConnectionAsked,
    DeviceAlarmShown,
    DeviceAsked,
    DeviceChangeAsked,
    DeviceShown,
    EndingAsked,
    EnrolmentAsked,
    EnrolmentShown,
    PartyAsked,
    PartyShown,
    PolicyAsked,
    PolicyShown,
    ProjectAsked,
    ProjectMoveAsked,
    ProjectShown,
    SiteAsked,
    SiteShown,
)
from projects.sites.steps import NewDevice, NewPolicy, NewProject


@lists
class ProjectsView(RowsView):
    """What is being built."""

    noun, model, shown = "project", Project, ProjectShown
    verbs = {"GET": "read", "POST": "create"}
    filters = {"code": "code", "state": "state"}

    @extend_schema(
        operation_id="projects_create", request=ProjectAsked, responses={201: ProjectShown}
    )
    def post(self, request: Request) -> Response:
        new = NewProject(**self.taken(ProjectAsked))
        return self.made(commands.create_project(new=new, actor=self.actor, at=self.at))


@shows
class ProjectView(RowView):
    noun, model, shown = "project", Project, ProjectShown
    verbs = {"GET": "read"}


class ProjectMovesView(NounView):
    """Suspended, resumed, completed, closed."""

    noun = "project"
    verbs = {"POST": "change"}

    @extend_schema(
        operation_id="projects_move", request=ProjectMoveAsked, responses={201: ProjectShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ProjectMoveAsked)
        row = commands.move_project(project_id=pk, **said, actor=self.actor, at=self.at)
        return Response(ProjectShown(row).data, status=201)


@lists
class PartiesView(RowsView):
    """Who has a part in a project."""

    noun, model, shown = "party", Party, PartyShown
    verbs = {"GET": "read", "POST": "add"}
    filters = {"project_id": "project_id"}

    @extend_schema(operation_id="parties_add", request=PartyAsked, responses={201: PartyShown})
    def post(self, request: Request) -> Response:
        said = self.taken(PartyAsked)
        return self.made(commands.add_party(**said, actor=self.actor, at=self.at))


@lists
class PoliciesView(RowsView):
    """What a project has agreed, version by version."""

    noun, model, shown = "policy", Policy, PolicyShown
    verbs = {"GET": "read", "POST": "set"}
    filters = {"project_id": "project_id"}

    @extend_schema(operation_id="policies_set", request=PolicyAsked, responses={201: PolicyShown})
    def post(self, request: Request) -> Response:
        said = self.taken(PolicyAsked)
        project_id = said.pop("project_id")
        row = commands.set_policy(
            project_id=project_id, new=NewPolicy(**said), actor=self.actor, at=self.at
        )
        return self.made(row)


@lists
class SitesView(RowsView):
    """The places of a project."""

    noun, model, shown = "site", Site, SiteShown
    verbs = {"GET": "read", "POST": "add"}
    filters = {"project_id": "project_id"}

    @extend_schema(operation_id="sites_add", request=SiteAsked, responses={201: SiteShown})
    def post(self, request: Request) -> Response:
        said = self.taken(SiteAsked)
        return self.made(commands.add_site(**said, actor=self.actor, at=self.at))


@lists
class DevicesView(RowsView):
    """The terminals that are listened to."""

    noun, model, shown = "device", Device, DeviceShown
    verbs = {"GET": "read", "POST": "register"}
    filters = {"site_id": "site_id", "serial": "serial"}

    @extend_schema(
        operation_id="devices_register", request=DeviceAsked, responses={201: DeviceShown}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(DeviceAsked)
        site_id = said.pop("site_id")
        row = commands.register_device(
            site_id=site_id, new=NewDevice(**said), actor=self.actor, at=self.at
        )
        return self.made(row)


@shows
class DeviceView(RowView):
    """One terminal; `PATCH` changes what is named."""

    noun, model, shown = "device", Device, DeviceShown
    verbs = {"GET": "read", "PATCH": "change"}

    @extend_schema(operation_id="devices_change", request=DeviceChangeAsked, responses=DeviceShown)
    def patch(self, request: Request, pk: int) -> Response:
        said = self.taken(DeviceChangeAsked)
        row = commands.change_device(device_id=pk, actor=self.actor, at=self.at, **said)
        return Response(DeviceShown(row).data)


class DeviceConnectionView(NounView):
    """Where the terminal is asked for what it could not send."""

    noun = "device"
    verbs = {"POST": "connect"}

    @extend_schema(
        operation_id="devices_connect", request=ConnectionAsked, responses={201: DeviceShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ConnectionAsked)
        row = commands.connect_device(device_id=pk, **said, actor=self.actor, at=self.at)
        return Response(DeviceShown(row).data, status=201)


@lists
class DeviceAlarmsView(RowsView):
    """Gates that are or were silent against their habit."""

    noun, model, shown = "device_alarm", DeviceAlarm, DeviceAlarmShown
    verbs = {"GET": "read"}
    filters = {"device_id": "device_id", "state": "state"}


@lists
class EnrolmentsView(RowsView):
    """Who has which number on which terminals."""

    noun, model, shown = "enrolment", Enrolment, EnrolmentShown
    verbs = {"GET": "read", "POST": "enrol"}
    filters = {"site_id": "site_id", "worker_id": "worker_id", "person_no": "person_no"}

    @extend_schema(
        operation_id="enrolments_enrol", request=EnrolmentAsked, responses={201: EnrolmentShown}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(EnrolmentAsked)
        return self.made(commands.enrol(**said, actor=self.actor, at=self.at))


class EnrolmentEndingView(NounView):
    """The number is taken back."""

    noun = "enrolment"
    verbs = {"POST": "enrol"}

    @extend_schema(
        operation_id="enrolments_end", request=EndingAsked, responses={201: EnrolmentShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(EndingAsked)
        row = commands.end_enrolment(enrolment_id=pk, **said, actor=self.actor, at=self.at)
        return Response(EnrolmentShown(row).data, status=201)
