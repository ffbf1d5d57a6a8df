"""Sites, planning, attendance and acceptance, for operators."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin

from jianzhu.access.actor import Actor
from jianzhu.web.admin import Asking, moves, show
from projects.models import (
    Assignment,
    AttendanceRule,
    Correction,
    DayRecord,
    Device,
    DeviceAlarm,
    DeviceBody,
    DeviceDrift,
    Enrolment,
    IngestCount,
    Inspection,
    ParkedEvent,
    Party,
    Photo,
    Policy,
    Project,
    Punch,
    Signature,
    Site,
    TaskSheet,
    WorkPackage,
)
from projects.scheduling import commands as scheduling
from projects.scheduling.serializers import AssignmentProposed, WorkPackageAsked
from projects.scheduling.steps import NewPackage
from projects.sites import commands as sites
from projects.sites.serializers import (
    DeviceAsked,
    EnrolmentAsked,
    PartyAsked,
    PolicyAsked,
    ProjectAsked,
    SiteAsked,
)
from projects.sites.steps import NewDevice, NewPolicy, NewProject

show(AttendanceRule, DeviceBody, Punch, ParkedEvent, DayRecord, Correction)
show(TaskSheet, Inspection, Photo, Signature)
show(DeviceAlarm, DeviceDrift, IngestCount)

BACK = "taken back by an operator"


@admin.register(Project)
class ProjectAdmin(Asking):
    right, asked = ("project", "create"), ProjectAsked
    actions = moves(
        suspend=lambda pk, actor, at: sites.move_project(
            project_id=pk, verb="suspend", actor=actor, at=at
        ),
        resume=lambda pk, actor, at: sites.move_project(
            project_id=pk, verb="resume", actor=actor, at=at
        ),
        complete=lambda pk, actor, at: sites.move_project(
            project_id=pk, verb="complete", actor=actor, at=at
        ),
    )

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return sites.create_project(new=NewProject(**said), actor=actor, at=at)


@admin.register(Party)
class PartyAdmin(Asking):
    right, asked = ("party", "add"), PartyAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return sites.add_party(**said, actor=actor, at=at)


@admin.register(Policy)
class PolicyAdmin(Asking):
    right, asked = ("policy", "set"), PolicyAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        project_id = said.pop("project_id")
        return sites.set_policy(project_id=project_id, new=NewPolicy(**said), actor=actor, at=at)


@admin.register(Site)
class SiteAdmin(Asking):
    right, asked = ("site", "add"), SiteAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return sites.add_site(**said, actor=actor, at=at)


@admin.register(Device)
class DeviceAdmin(Asking):
    right, asked = ("device", "register"), DeviceAsked
    actions = moves(
        take_off_the_list=lambda pk, actor, at: sites.change_device(
            device_id=pk, active=False, actor=actor, at=at
        ),
        put_on_the_list=lambda pk, actor, at: sites.change_device(
            device_id=pk, active=True, actor=actor, at=at
        ),
    )

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        site_id = said.pop("site_id")
        return sites.register_device(site_id=site_id, new=NewDevice(**said), actor=actor, at=at)


@admin.register(Enrolment)
class EnrolmentAdmin(Asking):
    right, asked = ("enrolment", "enrol"), EnrolmentAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return sites.enrol(**said, actor=actor, at=at)


@admin.register(WorkPackage)
class WorkPackageAdmin(Asking):
    right, asked = ("work_package", "create"), WorkPackageAsked

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        project_id = said.pop("project_id")
        new = NewPackage(**said)
        return scheduling.create_package(project_id=project_id, new=new, actor=actor, at=at)


@admin.register(Assignment)
class AssignmentAdmin(Asking):
    right, asked = ("assignment", "propose"), AssignmentProposed
    actions = moves(
        publish=lambda pk, actor, at: scheduling.publish(assignment_id=pk, actor=actor, at=at),
        withdraw=lambda pk, actor, at: scheduling.withdraw(
            assignment_id=pk, reason=BACK, actor=actor, at=at
        ),
        finish=lambda pk, actor, at: scheduling.finish(assignment_id=pk, actor=actor, at=at),
    )

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        return scheduling.propose(**said, actor=actor, at=at)
