"""Agreed adjustments, as wages ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from settlements.adjustments.models import Adjustment


@dataclass(frozen=True, slots=True)
class Agreed:
    """An amount in minor units that counts in the month of its last day."""

    id: int
    worker_id: int
    kind: str
    amount_minor: int
    currency: str
    first: date
    last: date
    label: str
    reference: str
    in_regular_rate: bool
    in_minimum: bool
    percent: int


_COLUMNS = tuple(Agreed.__slots__)


def agreed(project_id: int, worker_ids: Iterable[int], first: date, last: date) -> list[Agreed]:
    """What counts for these workers in the month [first, last]."""
    return _rows(
        Q(
            project_id=project_id,
            worker_id__in=list(worker_ids),
            last__gte=first,
            last__lte=last,
            state="agreed",
        )
    )


def by_id(ids: Iterable[int]) -> list[Agreed]:
    """Adjustments of these ids, whatever became of them since."""
    return _rows(Q(pk__in=list(ids)))


def _rows(where: Q) -> list[Agreed]:
    rows = Adjustment.objects.filter(where).order_by("worker_id", "last", "pk")
    return [Agreed(*row) for row in rows.values_list(*_COLUMNS)]
