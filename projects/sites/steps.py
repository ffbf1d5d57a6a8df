"""Setting up projects and sites, within a command. Saying the same again is saying it once."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import keep, step
from jianzhu.outbox import steps as outbox
from projects.sites import clocks, closing
from projects.sites.models import Device, Enrolment, Party, Policy, Project, Site


@dataclass(frozen=True, slots=True)
class NewProject:
    """One construction project: one currency, one law, one zone."""

    code: str
    name: str
    zone: str
    currency: str
    rule_set: str
    region: str


@dataclass(frozen=True, slots=True)
class NewPolicy:
    """What the project agrees within the law, from `valid_from` on."""

    valid_from: date
    silence_days: int = 3
    confirm_days: int = 3
    gates: list[dict[str, Any]] = field(default_factory=list)
    pay: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A terminal for the allow-list."""

    kind: str
    serial: str
    name: str
    direction: str
    zone: str
    drift_seconds: int = 0


@step
def create_project(new: NewProject, *, actor: Actor, at: datetime) -> tuple[Project, bool]:
    """A project that runs from now on, and whether it is new."""
    values = asdict(new)
    project, made = keep(Project, {"code": values.pop("code")}, values, {"created_at": at})
    if made:
        _tell(project, "create", actor, at, code=project.code)
        move_project(project, "start", actor=actor, at=at)
    return project, made


@step
def move_project(project: Project, verb: str, *, actor: Actor, at: datetime) -> None:
    """start, suspend, resume, complete or close; WrongState when it can't be, NotSettled while
    anything is open that closing would end."""
    if verb == "close":
        closing.refuse_unsettled(project.pk)
    getattr(project, verb)()
    project.save(update_fields=["state"])
    _tell(project, verb, actor, at, state=project.state)
    outbox.put(f"project.{verb}", project_id=project.pk)


@step
def add_party(
    *, project_id: int, organisation_id: int, role: str, actor: Actor, at: datetime
) -> tuple[Party, bool]:
    """An organisation has this part in the project."""
    party, made = keep(
        Party, {"project_id": project_id, "organisation_id": organisation_id, "role": role}
    )
    if made:
        audit.record(
            "party.add",
            "party",
            party.pk,
            actor=actor,
            at=at,
            project=project_id,
            organisation=organisation_id,
            role=role,
        )
    return party, made


@step
def set_policy(
    project_id: int, new: NewPolicy, *, actor: Actor, at: datetime
) -> tuple[Policy, bool]:
    """The policy in force from that day until the next one."""
    values = asdict(new)
    policy, made = keep(
        Policy,
        {"project_id": project_id, "valid_from": values.pop("valid_from")},
        values,
        {"made_by": str(actor)},
    )
    if made:
        told = {**values, "valid_from": new.valid_from.isoformat()}
        audit.record("policy.set", "policy", policy.pk, actor=actor, at=at, **told)
        outbox.put("policy.set", project_id=project_id)
    return policy, made


@step
def add_site(
    *, project_id: int, code: str, name: str, zone: str, actor: Actor, at: datetime
) -> tuple[Site, bool]:
    """A place of the project with its own gate."""
    site, made = keep(Site, {"project_id": project_id, "code": code}, {"name": name, "zone": zone})
    if made:
        audit.record("site.add", "site", site.pk, actor=actor, at=at, project=project_id, code=code)
    return site, made


@step
def register_device(
    site_id: int, new: NewDevice, *, actor: Actor, at: datetime
) -> tuple[Device, bool]:
    """A terminal on the allow-list: what it sent before is understood now."""
    values = asdict(new)
    key = {"kind": values.pop("kind"), "serial": values.pop("serial")}
    device, made = keep(Device, key, {"site_id": site_id, **values})
    if made:
        audit.record(
            "device.register", "device", device.pk, actor=actor, at=at, site=site_id, **key
        )
        outbox.put("device.register", device_id=device.pk, **key)
    return device, made


@step
def change_device(device: Device, *, actor: Actor, at: datetime, **values: Any) -> None:
    """Another name, direction, zone, known drift (from now on), or off the allow-list."""
    before = {name: getattr(device, name) for name in values}
    if values.get("drift_seconds", device.drift_seconds) != device.drift_seconds:
        clocks.note(device, values["drift_seconds"], valid_from=at, source="said", by=str(actor))
    for name, value in values.items():
        setattr(device, name, value)
    device.save(update_fields=list(values))
    audit.record(
        "device.change", "device", device.pk, actor=actor, at=at, before=before, after=values
    )
    outbox.put("device.change", device_id=device.pk)


@step
def enrol(
    *, site_id: int, person_no: str, worker_id: int, valid_from: date, actor: Actor, at: datetime
) -> Enrolment:
    """A worker has this number from now on; events set aside for it are read again."""
    enrolment, made = keep(
        Enrolment,
        {"site_id": site_id, "person_no": person_no, "valid_from": valid_from},
        {"worker_id": worker_id},
    )
    if made:
        _tell_enrolment(enrolment, "enrol", actor, at)
    return enrolment


@step
def end_enrolment(enrolment: Enrolment, *, on: date, actor: Actor, at: datetime) -> None:
    """The number is nobody's from this day on."""
    enrolment.valid_to = on
    enrolment.save(update_fields=["valid_to"])
    _tell_enrolment(enrolment, "end", actor, at)


def _tell_enrolment(enrolment: Enrolment, verb: str, actor: Actor, at: datetime) -> None:
    audit.record(
        f"enrolment.{verb}",
        "enrolment",
        enrolment.pk,
        actor=actor,
        at=at,
        site=enrolment.site_id,
        worker=enrolment.worker_id,
    )
    outbox.put(f"enrolment.{verb}", site_id=enrolment.site_id, person_no=enrolment.person_no)


def _tell(project: Project, verb: str, actor: Actor, at: datetime, **data: Any) -> None:
    audit.record(f"project.{verb}", "project", project.pk, actor=actor, at=at, **data)
