"""The amounts in dispute of lines, from the agreed rates of their days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from projects.sites.queries import ProjectFacts
from settlements.disputes.rules import claims
from settlements.disputes.rules.claims import Figures, Rate
from settlements.statements.models import StatementLine
from workers_app.terms import queries as terms
from workers_app.terms.queries import RateVersion

# A normal day where no rate says anything of it (Labour Law art. 36).
WORKDAY_MINUTES = 480


@dataclass(frozen=True, slots=True)
class Amounts:
    """Minor units; None while nobody can know."""

    claimed_minor: int | None
    disputed_minor: int | None


def amounts(
    project: ProjectFacts,
    lines: Sequence[StatementLine],
    claimed: Mapping[int, Mapping[str, int]],
) -> dict[int, Amounts]:
    """What is claimed and in dispute of each line, by its id; one query for all."""
    days = [n.on for n in lines]
    known = terms.rates({n.statement.worker_id for n in lines}, project.id, min(days), max(days))
    return {n.pk: _of(n, _rate_of(n, known), claimed.get(n.pk, {})) for n in lines}


def _of(line: StatementLine, rate: RateVersion | None, claimed: Mapping[str, int]) -> Amounts:
    minutes = rate.workday_minutes if rate else WORKDAY_MINUTES
    figures = Figures(
        line.amount_minor, line.unit, line.rate_num, line.rate_den, line.percent, minutes
    )
    agreed = Rate(rate.basis, rate.rate_minor, rate.workday_minutes) if rate else None
    own = claims.claimed_minor(figures, agreed, claimed)
    return Amounts(
        own,
        claims.disputed_minor(state=line.state, amount_minor=line.amount_minor, claimed=own),
    )


def _rate_of(line: StatementLine, known: Sequence[RateVersion]) -> RateVersion | None:
    """The time rate in force that day."""
    found = [
        r
        for r in known
        if r.worker_id == line.statement.worker_id
        and r.basis != "piece"
        and r.valid_from <= line.on
        and (r.valid_to is None or line.on < r.valid_to)
    ]
    return found[-1] if found else None
