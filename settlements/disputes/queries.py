"""Cases, and which of them news may settle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from projects.sites import queries as sites
from settlements.disputes import words
from settlements.disputes.models import (
    CaseClock,
    CaseElement,
    CaseParty,
    Decision,
    DecisionItem,
    Dispute,
    DisputedLine,
    Proposal,
    Suspension,
)
from settlements.disputes.models.case import BEFORE_ARBITRATION, IN_ARBITRATION
from settlements.disputes.models.element import ELEMENTS
from settlements.statements.models import StatementLine
from settlements.statements.queries import of_payouts
from workers_app.people import queries as people

BY_DATA = (*BEFORE_ARBITRATION, *IN_ARBITRATION)


@dataclass(frozen=True, slots=True)
class Disputed:
    """A line under a case, and what became of it; amounts in minor units, None while unknown."""

    line_id: int
    outcome: str
    awarded_minor: int | None
    claimed_minor: int | None = None
    disputed_minor: int | None = None
    advanced_minor: int = 0
    live: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """Who stands on which side; of a claimant also the outcome."""

    side: str
    role: str
    worker_id: int | None
    organisation_id: int | None
    speaks: bool
    outcome: str
    awarded_minor: int | None


@dataclass(frozen=True, slots=True)
class Element:
    """A row of the element table; see `models.CaseElement`."""

    line_id: int
    element: str
    claimant: str
    claimant_stance: str
    respondent: str
    respondent_stance: str
    record: str
    finding: str
    missing: str
    asked: str


@dataclass(frozen=True, slots=True)
class Clock:
    """By when who has to do what, and what silence does."""

    id: int
    name: str
    key: str
    owed_by: str
    state: str
    rule: str
    source: str
    on_silence: str
    since: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """An order that stopped the clocks; `until` None while it stands."""

    id: int
    reason: str
    stops_case: bool
    note: str
    ordered_by: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """A proposed result for one claimant: {line id: minor units}."""

    id: int
    worker_id: int
    basis: str
    amounts: dict[int, int]
    currency: str
    reasons: str
    state: str
    claimant_answer: str
    respondent_answer: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """`payer` pays `payee_id` so much by then."""

    line_id: int
    payer_id: int
    payee_id: int
    amount_minor: int
    currency: str
    due_on: date


@dataclass(frozen=True, slots=True)
class Ruling:
    """A document of the case with its items and its windows."""

    id: int
    kind: str
    final: bool
    state: str
    assignment: int
    reasons: str
    why_not_final: str
    made_by: str
    made_at: datetime
    served_at: datetime | None
    sue_until: datetime | None
    set_aside_until: datetime | None
    in_force_at: datetime | None
    posted_at: datetime | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A case as pages and the API show it."""

    id: int
    worker_id: int
    project_id: int
    state: str
    claim: str
    assigned_to_id: int | None
    reasons: str
    filed_at: datetime
    due_at: datetime
    ended_at: datetime | None
    lines: tuple[Disputed, ...]
    track: str = "expedited"
    procedure: str = ""
    number: str = ""
    region: str = ""
    assignment: int = 0
    suspended_at: datetime | None = None
    accepted_at: datetime | None = None
    hearing_at: datetime | None = None
    parties: tuple[Party, ...] = ()

    @property
    def disputed_minor(self) -> int | None:
        """The sum in dispute of the lines that are left; None while one of them can't be known."""
        live = [n.disputed_minor for n in self.lines if n.live]
        known = [n for n in live if n is not None]
        return sum(known) if len(known) == len(live) else None

    @property
    def claimants(self) -> tuple[Party, ...]:
        """The workers of the case."""
        return tuple(p for p in self.parties if p.side == "claimant")


def open_on(statement_ids: Iterable[int]) -> list[int]:
    """Cases that data may still settle, over lines of these statements or differences to them."""
    rows = DisputedLine.objects.filter(
        live=True, line__statement__in=list(statement_ids), dispute__state__in=BY_DATA
    )
    return sorted(set(rows.values_list("dispute_id", flat=True)))


def of_crew(where: Q, crew_id: int, work_from: date, work_to: date) -> list[int]:
    """Lines of a crew's members in these days that are not paid and under no case yet."""
    under = DisputedLine.objects.filter(live=True).values("line_id")
    rows = StatementLine.objects.filter(
        where,
        ~Q(pk__in=under),
        statement__worker__in=people.workers_of_crews([crew_id], work_from, work_to),
        on__range=(work_from, work_to),
        state__in=("held", "matched"),
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def cases(where: Q, *, limit: int | None = None) -> list[Case]:
    """Cases by a filter, the nearest clock first; at most `limit`."""
    rows = (
        Dispute.objects.filter(where).prefetch_related("lines", "parties").order_by("due_at", "pk")
    )
    return _cases(list(rows[:limit]))


def _cases(rows: list[Dispute]) -> list[Case]:
    said = words.read(words.of_cases(rows))
    return [_case(row, said) for row in rows]


def _case(d: Dispute, said: dict[str, str]) -> Case:
    return Case(
        id=d.pk,
        worker_id=d.worker_id,
        project_id=d.project_id,
        state=d.state,
        claim=said[words.claim_of(d.pk)],
        assigned_to_id=d.assigned_to_id,
        reasons=said[words.reasons_of(d.pk)],
        filed_at=d.filed_at,
        due_at=d.due_at,
        ended_at=d.ended_at,
        lines=tuple(
            Disputed(
                n.line_id,
                n.outcome,
                n.awarded_minor,
                n.claimed_minor,
                n.disputed_minor,
                n.advanced_minor,
                n.live,
            )
            for n in d.lines.all()
        ),
        track=d.track,
        procedure=d.procedure,
        number=d.number,
        region=d.region,
        assignment=d.assignment,
        suspended_at=d.suspended_at,
        accepted_at=d.accepted_at,
        hearing_at=d.hearing_at,
        parties=tuple(_party(p) for p in d.parties.all()),
    )


def _party(p: CaseParty) -> Party:
    return Party(
        p.side, p.role, p.worker_id, p.organisation_id, p.speaks, p.outcome, p.awarded_minor
    )


def elements(dispute_id: int) -> list[Element]:
    """The element table of a case, by line in the order of the table."""
    order = {name: place for place, name in enumerate(ELEMENTS)}
    rows = CaseElement.objects.filter(dispute=dispute_id).select_related("line__statement")
    said = words.read(words.of_elements(rows))
    return [
        Element(
            e.line_id,
            e.element,
            said[words.element_of(e.dispute_id, e.line_id, e.element, "claimant")],
            e.claimant_stance,
            said[words.element_of(e.dispute_id, e.line_id, e.element, "respondent")],
            e.respondent_stance,
            e.record,
            e.finding,
            e.missing,
            e.asked,
        )
        for e in sorted(rows, key=lambda e: (e.line_id, order[e.element]))
    ]


def clocks(dispute_id: int) -> list[Clock]:
    """Every clock of a case, the nearest first."""
    rows = CaseClock.objects.filter(dispute=dispute_id).order_by("due_at", "pk")
    return [
        Clock(
            c.pk,
            c.name,
            c.key,
            c.owed_by,
            c.state,
            c.rule,
            c.source,
            c.on_silence,
            c.since,
            c.due_at,
        )
        for c in rows
    ]


def pauses(dispute_id: int) -> list[Pause]:
    """Orders that stopped the clocks of a case, in order."""
    found = Suspension.objects.filter(dispute=dispute_id).select_related("dispute")
    rows = list(found.order_by("since", "pk"))
    said = words.read(words.of_orders(rows))
    return [
        Pause(
            s.pk,
            s.reason,
            s.stops_case,
            said[words.order_of(s.pk)],
            s.ordered_by,
            s.since,
            s.until,
        )
        for s in rows
    ]


def offers(dispute_id: int) -> list[Offer]:
    """Proposed results of a case, newest first."""
    found = Proposal.objects.filter(dispute=dispute_id).select_related("dispute")
    rows = list(found.order_by("-pk"))
    currency = sites.project(rows[0].dispute.project_id).currency if rows else ""
    said = words.read(words.of_offers(rows))
    return [
        Offer(
            p.pk,
            p.worker_id,
            p.basis,
            {int(line): amount for line, amount in p.amounts.items()},
            currency,
            said[words.offer_of(p.pk)],
            p.state,
            p.claimant_answer,
            p.respondent_answer,
            p.due_at,
        )
        for p in rows
    ]


def rulings(dispute_id: int) -> list[Ruling]:
    """The documents of a case in order, drafts too."""
    rows = Decision.objects.filter(dispute=dispute_id).order_by("pk")
    found = list(rows.select_related("dispute").prefetch_related("items"))
    said = words.read(words.of_decisions(found))
    return [_ruling(row, said[words.decision_of(row.pk)]) for row in found]


def case_of_ruling(where: Q, ruling_id: int) -> int | None:
    """The case of a document, of those of the filter."""
    rows = Decision.objects.filter(where, pk=ruling_id)
    return rows.values_list("dispute_id", flat=True).first()


def _ruling(d: Decision, reasons: str) -> Ruling:
    return Ruling(
        id=d.pk,
        kind=d.kind,
        final=d.final,
        state=d.state,
        assignment=d.assignment,
        reasons=reasons,
        why_not_final=d.why_not_final,
        made_by=d.made_by,
        made_at=d.made_at,
        served_at=d.served_at,
        sue_until=d.sue_until,
        set_aside_until=d.set_aside_until,
        in_force_at=d.in_force_at,
        posted_at=d.posted_at,
        items=tuple(
            Item(i.line_id, i.payer_id, i.payee_id, i.amount_minor, i.currency, i.due_on)
            for i in sorted(d.items.all(), key=lambda i: i.line_id)
        ),
    )


def rows_of(dispute_id: int) -> list[int]:
    """Ids of the rows that put lines under the case."""
    rows = DisputedLine.objects.filter(dispute=dispute_id).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def paid_by(payout_ids: Iterable[int]) -> list[int]:
    """Cases with a decision in force, a line of which these payouts carry."""
    rows = DisputedLine.objects.filter(
        line__statement__in=of_payouts(payout_ids),
        dispute__decisions__state__in=("in_force", "enforcing"),
    )
    return sorted(set(rows.values_list("dispute_id", flat=True)))


def case_by_id(dispute_id: int) -> Case | None:
    """One case, or None."""
    found = cases(Q(pk=dispute_id))
    return found[0] if found else None


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What a case consists of beside its lines, as one reader may see it."""

    elements: list[Element]
    clocks: list[Clock]
    suspensions: list[Pause]
    offers: list[Offer]
    decisions: list[Ruling]


def record(dispute_id: int, *, only_worker: int | None) -> CaseRecord:
    """The whole record; with `only_worker` that worker's own lines, offers and items alone."""
    own = set(
        DisputedLine.objects.filter(
            Q() if only_worker is None else Q(line__statement__worker=only_worker),
            dispute=dispute_id,
        ).values_list("line_id", flat=True)
    )
    decided = [
        replace(one, items=tuple(i for i in one.items if i.line_id in own))
        for one in rulings(dispute_id)
    ]
    return CaseRecord(
        elements=[e for e in elements(dispute_id) if e.line_id in own],
        clocks=[c for c in clocks(dispute_id) if c.name != "supply" or _line_of(c) in own],
        suspensions=pauses(dispute_id),
        offers=[o for o in offers(dispute_id) if set(o.amounts) <= own],
        decisions=[one for one in decided if one.items and one.state != "draft"],
    )


def _line_of(clock: Clock) -> int:
    """The line that a request for a datum is about: its key is line/element/side."""
    return int(clock.key.partition("/")[0])


def rows_behind(dispute_id: int) -> dict[str, list[int]]:
    """{table: ids} of everything that the case itself consists of, beside its own row and lines."""
    own = (CaseParty, CaseElement, CaseClock, Suspension, Proposal, Decision)
    found: dict[str, QuerySet[Any]] = {
        model._meta.db_table: model._default_manager.filter(dispute=dispute_id) for model in own
    }
    found[DecisionItem._meta.db_table] = DecisionItem.objects.filter(decision__dispute=dispute_id)
    return {
        table: list(rows.order_by("pk").values_list("pk", flat=True))
        for table, rows in found.items()
    }
