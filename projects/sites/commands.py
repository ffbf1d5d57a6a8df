"""What people do to projects and sites."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid, NotFound
from projects.sites import clocks, pulls, steps
from projects.sites.models import Device, Enrolment, Party, Policy, Project, Site
from projects.sites.steps import NewDevice, NewPolicy, NewProject
from workers_app.terms import queries as terms


@command
def create_project(*, new: NewProject, actor: Actor, at: datetime) -> Project:
    """A project; it runs from now on."""
    policy.whose(actor, "project", "create")
    return steps.create_project(new, actor=actor, at=at)[0]


@command
def move_project(*, project_id: int, verb: str, actor: Actor, at: datetime) -> Project:
    """suspend, resume, complete or close a project."""
    project = lock(Project, project_id, policy.whose(actor, "project", "change"))
    steps.move_project(project, verb, actor=actor, at=at)
    return project


@command
def add_party(
    *, project_id: int, organisation_id: int, role: str, actor: Actor, at: datetime
) -> Party:
    """Give an organisation a part in the project."""
    project = lock(Project, project_id, policy.whose(actor, "party", "add", on="project"))
    return steps.add_party(
        project_id=project.pk, organisation_id=organisation_id, role=role, actor=actor, at=at
    )[0]


@command
def set_policy(*, project_id: int, new: NewPolicy, actor: Actor, at: datetime) -> Policy:
    """Agree on clocks and gates from a day on."""
    project = lock(Project, project_id, policy.whose(actor, "policy", "set", on="project"))
    if project.policies.filter(valid_from__gt=new.valid_from).exists():
        raise Invalid(field="valid_from", problem="a later policy is there already")
    return steps.set_policy(project.pk, new, actor=actor, at=at)[0]


@command
def add_site(
    *, project_id: int, code: str, name: str, zone: str, actor: Actor, at: datetime
) -> Site:
    """A place of the project."""
    project = lock(Project, project_id, policy.whose(actor, "site", "add", on="project"))
    return steps.add_site(
        project_id=project.pk, code=code, name=name, zone=zone, actor=actor, at=at
    )[0]


@command
def register_device(*, site_id: int, new: NewDevice, actor: Actor, at: datetime) -> Device:
    """Put a terminal on the allow-list."""
    site = lock(Site, site_id, policy.whose(actor, "device", "register", on="site"))
    return steps.register_device(site.pk, new, actor=actor, at=at)[0]


@command
def change_device(*, device_id: int, actor: Actor, at: datetime, **values: Any) -> Device:
    """Change a terminal's name, direction, zone or known drift, or take it off the list."""
    device = lock(Device, device_id, policy.whose(actor, "device", "change"))
    steps.change_device(device, actor=actor, at=at, **values)
    return device


@command
def connect_device(
    *, device_id: int, address: str, login: str, password: str, actor: Actor, at: datetime
) -> Device:
    """Ask a Hikvision terminal for missed events at this address; an empty one stops the asking."""
    device = lock(Device, device_id, policy.whose(actor, "device", "connect"))
    if device.kind != "hikvision":
        raise Invalid(field="address", problem="only Hikvision terminals can be asked")
    pulls.connect(device, address=address, login=login, password=password, actor=actor, at=at)
    return device


@command
def enrol(
    *, site_id: int, person_no: str, worker_id: int, valid_from: date, actor: Actor, at: datetime
) -> Enrolment:
    """Give a worker of the project a number on the terminals of a site."""
    site = lock(Site, site_id, policy.whose(actor, "enrolment", "enrol", on="site"))
    if not terms.has_agreement(worker_id, site.project_id):
        raise NotFound(noun="worker")
    return steps.enrol(
        site_id=site.pk,
        person_no=person_no,
        worker_id=worker_id,
        valid_from=valid_from,
        actor=actor,
        at=at,
    )


@command
def end_enrolment(*, enrolment_id: int, on: date, actor: Actor, at: datetime) -> Enrolment:
    """Take the number back from a day on."""
    enrolment = lock(Enrolment, enrolment_id, policy.whose(actor, "enrolment", "enrol"))
    if on <= enrolment.valid_from:
        raise Invalid(field="on", problem=f"not after {enrolment.valid_from}")
    steps.end_enrolment(enrolment, on=on, actor=actor, at=at)
    return enrolment


@command
def look_for_silence(*, at: datetime) -> int:
    """Raise an alarm for each gate that was silent against its habit; returns how many."""
    clocks.watch(at)
    return clocks.find_silent(at)
