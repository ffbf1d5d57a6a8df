"""Who pays when the account can't: subcontractor, general contractor, owner; within a command.

Each step is a posting (who owes what to whom), an event, news to the companies, and a clock. The
money itself comes in as a deposit; what the next in the chain pays is then its claim on the former.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from jianzhu.access.actor import SYSTEM
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import step
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.funding import duties, rules, telling
from settlements.funding.coverage import in_arrears
from settlements.funding.models import Shortfall
from settlements.ledger import steps as ledger
from settlements.ledger.rules import Leg, Movement

# Who comes after whom, the move that leads there, and the clock of each.
CLOCKS = {
    "on_subcontractor": "shortfall_subcontractor",
    "on_general_contractor": "shortfall_general_contractor",
    "on_owner": "shortfall_owner",
}
NEXT = {
    "on_subcontractor": ("call_contractor", "general_contractor"),
    "on_general_contractor": ("call_owner", "owner"),
}
AccountKey = tuple[str, int, int]


@step
def look(project_id: int, *, at: datetime) -> list[Shortfall]:
    """Open a shortfall per employer whose accepted wages are not covered, or not paid by their day;
    cover those that ended.

    Returns what is open now. A sum that changed is another shortfall: the old one is covered first.
    """
    project = sites.project(project_id)
    owed = in_arrears(project_id, _today(project, at))
    short = {employer_id: sum(own.values()) for employer_id, own in owed.items()}
    standing = Shortfall.objects.select_for_update(no_key=True).filter(project_id=project_id)
    open_ = {s.employer_id: s for s in standing.exclude(state="covered").order_by("pk")}
    for employer_id, row in open_.items():
        if short.get(employer_id, 0) == 0:
            _cover(project, row, at)
    for employer_id, amount in short.items():
        if employer_id not in open_:
            row = _open(project, employer_id, amount, at)
            telling.tell_workers(row, owed[employer_id], project.zone, at=at)
    return list(standing.exclude(state="covered").order_by("pk"))


def _today(project: ProjectFacts, at: datetime) -> date:
    return at.astimezone(ZoneInfo(project.zone)).date()


def _open(project: ProjectFacts, employer_id: int, amount_minor: int, at: datetime) -> Shortfall:
    """The employer owes first; where it is the general contractor the chain starts there."""
    contractors = sites.companies(project.id).get("general_contractor", [])
    state = "on_general_contractor" if employer_id in contractors else "on_subcontractor"
    row = Shortfall.objects.create(
        project_id=project.id,
        employer_id=employer_id,
        debtor_id=employer_id,
        amount_minor=amount_minor,
        currency=project.currency,
        state=state,
        since=at,
        due_at=_due(project, state, at),
    )
    _post(row, "call", ("claim_on", project.id, employer_id), ("claims", project.id, 0), at)
    _tell(row, "call", at)
    _clock(project, row, at)
    duties.on("shortfall", project, f"shortfall:{row.pk}", at=at)
    return row


@step
def escalate(row: Shortfall, *, at: datetime) -> None:
    """The clock of a locked shortfall ran out: the next company in the chain owes it from now on,
    and may recover from the former (追偿, art. 30)."""
    if row.state not in NEXT:
        return
    project = sites.project(row.project_id)
    verb, role = NEXT[row.state]
    following = sites.companies(row.project_id).get(role, [])
    if not following:
        return
    former = row.debtor_id
    state = {"call_contractor": "on_general_contractor", "call_owner": "on_owner"}[verb]
    getattr(row, verb)(debtor_id=following[0], due_at=_due(project, state, at))
    row.save(update_fields=["state", "debtor_id", "due_at"])
    own, theirs = ("claim_on", row.project_id, row.debtor_id), ("claim_on", row.project_id, former)
    if own != theirs:
        _post(row, verb, own, theirs, at)
        recourse = ("recourse_on", row.project_id, former), ("recourse_of", *own[1:])
        _post(row, f"{verb}_recourse", *recourse, at)
    _tell(row, verb, at)
    _clock(project, row, at)
    owed = in_arrears(project.id, _today(project, at)).get(row.employer_id, {})
    telling.tell_workers(row, owed, project.zone, at=at)


def _cover(project: ProjectFacts, row: Shortfall, at: datetime) -> None:
    row.cover(at=at)
    row.save(update_fields=["state", "covered_at"])
    _post(row, "cover", ("claims", project.id, 0), ("claim_on", project.id, row.debtor_id), at)
    _tell(row, "cover", at)
    for name in (*CLOCKS.values(), "trust_shortfall"):
        duties.meet(project.id, name, f"shortfall:{row.pk}", actor=SYSTEM, at=at)


def _post(row: Shortfall, verb: str, source: AccountKey, target: AccountKey, at: datetime) -> None:
    accounts = ledger.open_accounts([source, target], currency=row.currency, at=at)
    leg = Leg(accounts[source], accounts[target], row.amount_minor)
    key = f"shortfall:{row.pk}:{verb}"
    ledger.transfer([Movement(key, "liability", "single", (leg,), row.currency)], at=at)


def _due(project: ProjectFacts, state: str, at: datetime) -> datetime:
    clock = rules.clock_of(CLOCKS[state], project.region, at.date())
    return clock.due_at(at, project.zone, project.country) if clock else at


def _clock(project: ProjectFacts, row: Shortfall, at: datetime) -> None:
    duties.require(
        project,
        CLOCKS[row.state],
        f"shortfall:{row.pk}",
        at=at,
        due_at=row.due_at,
        organisation_id=row.debtor_id,
        amount_minor=row.amount_minor,
    )


def _tell(row: Shortfall, verb: str, at: datetime) -> None:
    audit.record(
        f"shortfall.{verb}",
        "shortfall",
        row.pk,
        actor=SYSTEM,
        at=at,
        state=row.state,
        project=row.project_id,
        debtor=row.debtor_id,
        amount=row.amount_minor,
        due=row.due_at.isoformat(),
    )
    telling.tell_shortfall(row, at=at)
    outbox.put(f"shortfall.{verb}", shortfall_id=row.pk, project_id=row.project_id)
