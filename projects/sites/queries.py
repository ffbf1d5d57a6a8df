"""Where things are: projects, terminals, who has which number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import F, Q, QuerySet

from jianzhu.access.actor import Actor
from jianzhu.kernel.errors import NotFound
from projects.sites.models import Device, DeviceDrift, Enrolment, Party, Policy, Project


@dataclass(frozen=True, slots=True)
class Gate:
    """Who is asked before a wage leaves, and for how many working days."""

    name: str
    days: int


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """A project with the policy in force; `country` names the law's calendar."""

    id: int
    code: str
    name: str
    zone: str
    currency: str
    rule_set: str
    region: str
    country: str
    state: str
    silence_days: int
    confirm_days: int
    pay_day: int
    # By the day from which they count, in order; no gates before the first.
    gates: tuple[tuple[date, tuple[Gate, ...]], ...] = ()
    # The same for the settings of the wage engine.
    pay: tuple[tuple[date, Mapping[str, Any]], ...] = ()

    def pay_on(self, day: date) -> Mapping[str, Any]:
        """The pay settings in force that day."""
        found: Mapping[str, Any] = {}
        for valid_from, pay in self.pay:
            if valid_from <= day:
                found = pay
        return found

    def gates_on(self, day: date) -> tuple[Gate, ...]:
        """The gates in force that day."""
        found: tuple[Gate, ...] = ()
        for valid_from, gates in self.gates:
            if valid_from <= day:
                found = gates
        return found


@dataclass(frozen=True, slots=True)
class Terminal:
    """A registered device and where it stands."""

    id: int
    kind: str
    serial: str
    site_id: int
    project_id: int
    direction: str
    zone: str
    drift_seconds: int
    # (from, seconds) by time: what the clock's error was since when; none before the first change.
    drifts: tuple[tuple[datetime, int], ...] = ()

    def drift_at(self, said: datetime) -> timedelta:
        """How far the device's clock was ahead when it said this."""
        seconds = self.drift_seconds
        for valid_from, found in self.drifts:
            if valid_from <= said:
                seconds = found
        return timedelta(seconds=seconds)


class Enrolled(NamedTuple):
    """Who has a number over [valid_from, valid_to)."""

    worker_id: int
    valid_from: date
    valid_to: date | None


# How exactly it is kept when a device was last seen.
SEEN_EVERY = timedelta(minutes=1)
DEFAULT_POLICY = Policy(silence_days=3, confirm_days=3, gates=[])
# The law names no day; what a project has not agreed is the 15th of the following month.
DEFAULT_PAY_DAY = 15


def project(project_id: int) -> ProjectFacts:
    """One project; NotFound when absent."""
    found = projects(Q(pk=project_id))
    if not found:
        raise NotFound(noun="project")
    return found[0]


def projects(where: Q) -> list[ProjectFacts]:
    """Projects by a filter, by code."""
    rows = list(Project.objects.filter(where).order_by("code"))
    agreed: dict[int, list[Policy]] = defaultdict(list)
    for policy in Policy.objects.filter(project__in=rows).order_by("valid_from"):
        agreed[policy.project_id].append(policy)
    return [_facts(row, agreed[row.pk]) for row in rows]


def _facts(row: Project, agreed: list[Policy]) -> ProjectFacts:
    policy = agreed[-1] if agreed else DEFAULT_POLICY
    return ProjectFacts(
        id=row.pk,
        code=row.code,
        name=row.name,
        zone=row.zone,
        currency=row.currency,
        rule_set=row.rule_set,
        region=row.region,
        country=row.rule_set[:2],
        state=row.state,
        silence_days=policy.silence_days,
        confirm_days=policy.confirm_days,
        pay_day=DEFAULT_PAY_DAY,
        gates=tuple(
            (p.valid_from, tuple(Gate(g["gate"], g["days"]) for g in p.gates)) for p in agreed
        ),
        pay=tuple((p.valid_from, p.pay) for p in agreed),
    )


def policy_on(project_id: int, on: date) -> Policy:
    """The policy in force that day."""
    rows = Policy.objects.filter(project_id=project_id, valid_from__lte=on)
    return rows.order_by("-valid_from").first() or DEFAULT_POLICY


def device_by_serial(kind: str, serial: str) -> Terminal | None:
    """A device on the allow-list, or None."""
    return devices_by_serial({(kind, serial)}).get((kind, serial))


def devices_by_serial(
    names: Iterable[tuple[str, str]], *where: Q
) -> dict[tuple[str, str], Terminal]:
    """Active devices by (kind, serial)."""
    wanted = set(names)
    rows = Device.objects.filter(*where, serial__among=[s for _, s in wanted], active=True)
    found = {(t.kind, t.serial): t for t in _terminals(rows)}
    return {name: terminal for name, terminal in found.items() if name in wanted}


def device_not_seen(kind: str, serial: str, at: datetime) -> int | None:
    """The id of this device when it is on the list and was not seen in the last minute."""
    unseen = Q(last_seen_at=None) | Q(last_seen_at__lt=at - SEEN_EVERY)
    rows = Device.objects.filter(unseen, kind=kind, serial=serial, active=True)
    return rows.values_list("pk", flat=True).first()


def terminals(device_ids: Iterable[int]) -> dict[int, Terminal]:
    """Devices by id."""
    return {t.id: t for t in _terminals(Device.objects.filter(pk__in=list(device_ids)))}


_TERMINAL = ("id", "kind", "serial", "site_id", "direction", "zone", "drift_seconds")


def _terminals(rows: QuerySet[Device]) -> list[Terminal]:
    """Two queries and no row object: they are asked anew for every body that comes."""
    found: list[dict[str, Any]] = list(rows.values(*_TERMINAL, project_id=F("site__project_id")))
    drifts: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    known = DeviceDrift.objects.filter(device_id__in=[said["id"] for said in found])
    for device_id, valid_from, seconds in known.values_list("device_id", "valid_from", "seconds"):
        drifts[device_id].append((valid_from, seconds))
    return [Terminal(**said, drifts=tuple(sorted(drifts[said["id"]]))) for said in found]


def enrolments(
    site_ids: Iterable[int], person_nos: Iterable[str] | None = None
) -> dict[tuple[int, str], list[Enrolled]]:
    """Who has these numbers (or any) on these sites, by (site, number); one query."""
    rows = Enrolment.objects.filter(site_id__in=list(site_ids))
    if person_nos is not None:
        rows = rows.filter(person_no__among=sorted(set(person_nos)))
    found: dict[tuple[int, str], list[Enrolled]] = defaultdict(list)
    for site_id, person_no, worker_id, valid_from, valid_to in rows.order_by(
        "valid_from"
    ).values_list("site_id", "person_no", "worker_id", "valid_from", "valid_to"):
        found[site_id, person_no].append(Enrolled(worker_id, valid_from, valid_to))
    return found


def party_organisations(project_id: int) -> set[int]:
    """The organisations that have a part in the project."""
    return set(
        Party.objects.filter(project_id=project_id).values_list("organisation_id", flat=True)
    )


def companies(project_id: int) -> dict[str, list[int]]:
    """Organisations by their part in the project."""
    found: dict[str, list[int]] = defaultdict(list)
    rows = Party.objects.filter(project_id=project_id).order_by("pk")
    for role, organisation_id in rows.values_list("role", "organisation_id"):
        found[role].append(organisation_id)
    return found


def party_names(project_id: int, role: str) -> list[str]:
    """The names of the organisations that have this part in the project."""
    rows = Party.objects.filter(project_id=project_id, role=role).order_by("pk")
    return list(rows.values_list("organisation__name", flat=True))


def reached(actor: Actor) -> frozenset[int]:
    """Projects that the actor's grants reach: those named, or all of which the organisation is a
    party when the grant names none."""
    named = {g.project_id for g in actor.grants if g.project_id is not None}
    organisations = {g.organisation_id for g in actor.grants if g.project_id is None}
    by_party = Party.objects.filter(organisation_id__in=organisations)
    return frozenset(named) | frozenset(by_party.values_list("project_id", flat=True))


def one(project_id: int) -> Q:
    """The filter of one project."""
    return Q(pk=project_id)
