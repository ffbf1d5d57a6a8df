"""Agreed rates, as wages ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from workers_app.terms.models import AgreedRate, Agreement

COUNTS = ("agreed", "ended")


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
    )


def has_agreement(worker_id: int, project_id: int) -> bool:
    """Whether the worker has an agreement on the project."""
    return Agreement.objects.filter(worker_id=worker_id, project_id=project_id).exists()
