"""Agreed rates, as wages ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from workers_app.terms.models import Absence, AgreedRate, Agreement, Qualification

COUNTS = ("agreed", "ended")
# A month has 21.75 paid days (人社部发〔2025〕2号).
PAID_DAYS_PER_MONTH = (100, 2175)


@dataclass(frozen=True, slots=True)
class RateVersion:
    """A rate in force over [valid_from, valid_to), in minor units per hour, 工, month or unit."""

    id: int
    worker_id: int
    project_id: int
    basis: str
    item: str
    unit: str
    rate_minor: int
    currency: str
    workday_minutes: int
    valid_from: date
    valid_to: date | None
    rule_set: str
    region: str
    pay_day: int
    night_percent: int = 0
    salary_per: str = "week"
    covers_minutes: int | None = None
    guarantee_minor: int | None = None
    prevailing: Mapping[str, Any] | None = None

    @property
    def day_minor(self) -> int | None:
        """A normal day at this rate in minor units, rounded up; None for what no day has (pieces)."""
        if self.basis in ("day", "lump_day"):
            return self.rate_minor
        if self.basis == "hour":
            return -(-self.rate_minor * self.workday_minutes // 60)
        if self.basis in ("month", "lump_month"):
            num, den = PAID_DAYS_PER_MONTH
            return -(-self.rate_minor * num // den)
        return None


def rates(worker_ids: Iterable[int], project_id: int, first: date, last: date) -> list[RateVersion]:
    """Every agreed version that touches the days, by worker and date."""
    rows = _counting().filter(
        Q(valid_to=None) | Q(valid_to__gt=first),
        agreement__worker_id__in=list(worker_ids),
        agreement__project_id=project_id,
        valid_from__lte=last,
    )
    return [_version(r) for r in rows.order_by("agreement__worker_id", "valid_from", "pk")]


def rates_by_id(rate_ids: Iterable[int]) -> list[RateVersion]:
    """Versions of these ids, by date."""
    rows = AgreedRate.objects.select_related("agreement").filter(pk__in=list(rate_ids))
    return [_version(r) for r in rows.order_by("valid_from", "pk")]


def _counting() -> QuerySet[AgreedRate]:
    return AgreedRate.objects.select_related("agreement").filter(state__in=COUNTS)


def _version(row: AgreedRate) -> RateVersion:
    own = row.agreement
    return RateVersion(
        id=row.pk,
        worker_id=own.worker_id,
        project_id=own.project_id,
        basis=row.basis,
        item=row.item,
        unit=row.unit,
        rate_minor=row.rate_minor,
        currency=own.currency,
        workday_minutes=row.workday_minutes,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        rule_set=own.rule_set,
        region=own.region,
        pay_day=own.pay_day,
        night_percent=row.night_percent,
        salary_per=row.salary_per,
        covers_minutes=row.covers_minutes,
        guarantee_minor=row.guarantee_minor,
        prevailing=row.prevailing,
    )


def projects_of(worker_id: int, day: date) -> set[int]:
    """The projects on which the worker has a rate in force that day."""
    rows = _counting().filter(
        Q(valid_to=None) | Q(valid_to__gt=day), agreement__worker_id=worker_id, valid_from__lte=day
    )
    return set(rows.values_list("agreement__project_id", flat=True))


def has_agreement(worker_id: int, project_id: int) -> bool:
    """Whether the worker has an agreement on the project."""
    return Agreement.objects.filter(worker_id=worker_id, project_id=project_id).exists()


def workers_of(project_id: int) -> set[int]:
    """Everybody with an agreement on the project."""
    rows = Agreement.objects.filter(project_id=project_id)
    return set(rows.values_list("worker_id", flat=True))


@dataclass(frozen=True, slots=True)
class Proposed:
    """A rate that waits for a second person, beside the version it would follow."""

    id: int
    worker_id: int
    basis: str
    item: str
    rate_minor: int
    former_minor: int | None
    currency: str
    valid_from: date
    made_by: str


def proposed(where: Q, project_id: int) -> list[Proposed]:
    """Proposed rates of a project, each with the rate in force before it."""
    rows = AgreedRate.objects.select_related("agreement").filter(where, state="proposed")
    found = list(rows.filter(agreement__project_id=project_id).order_by("valid_from", "pk"))
    former = _counting().filter(agreement__in=[r.agreement_id for r in found])
    before: dict[tuple[int, str], int] = {}
    for one in former.order_by("valid_from"):
        before[one.agreement_id, one.item] = one.rate_minor
    return [
        Proposed(
            r.pk,
            r.agreement.worker_id,
            r.basis,
            r.item,
            r.rate_minor,
            before.get((r.agreement_id, r.item)),
            r.agreement.currency,
            r.valid_from,
            r.made_by,
        )
        for r in found
    ]


def agreements_of(rate_ids: Iterable[int]) -> list[int]:
    """Ids of the agreements that these rates belong to."""
    rows = AgreedRate.objects.filter(pk__in=list(rate_ids)).order_by("agreement_id")
    return list(rows.values_list("agreement_id", flat=True).distinct())


def agreed_projects(worker_id: int) -> list[int]:
    """Ids of the projects on which the worker has an agreement."""
    rows = Agreement.objects.filter(worker_id=worker_id).order_by("project_id")
    return list(rows.values_list("project_id", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class Qualified:
    """A skill with its level, or a certificate, over [valid_from, valid_until], both inclusive."""

    worker_id: int
    kind: str
    name: str
    level: int
    valid_from: date
    valid_until: date | None


def qualifications(worker_ids: Iterable[int], first: date) -> list[Qualified]:
    """What these workers can and may do on some day from `first` on."""
    rows = Qualification.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=first), worker_id__in=list(worker_ids)
    ).order_by("worker_id", "valid_from", "pk")
    return [Qualified(*row) for row in rows.values_list(*Qualified.__slots__)]


@dataclass(frozen=True, slots=True)
class Away:
    """Days on which a worker can't be planned, both inclusive."""

    id: int
    worker_id: int
    first_on: date
    last_on: date
    why: str


def absences(worker_ids: Iterable[int], first: date) -> list[Away]:
    """Who of these is away from `first` on."""
    rows = Absence.objects.filter(worker_id__in=list(worker_ids), last_on__gte=first)
    return [_away(row) for row in rows.order_by("worker_id", "first_on", "pk")]


def absences_by_id(ids: Iterable[int]) -> list[Away]:
    """Absences of these ids."""
    return [_away(row) for row in Absence.objects.filter(pk__in=list(ids)).order_by("pk")]


def _away(row: Absence) -> Away:
    return Away(row.pk, row.worker_id, row.first_on, row.last_on, row.why)
