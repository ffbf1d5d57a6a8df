"""The one table of rights: role × noun × verbs × whose. What is not here is refused.

Whose: `own` the worker's own rows · `crew` the crews they lead · `org` their organisation's ·
`project` the projects their organisation is a party of · `case` the cases assigned to them · `all`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from django.db.models import Q

from jianzhu.access.actor import Actor
from jianzhu.kernel.errors import Forbidden, NotFound


class Row(NamedTuple):
    """One line of the table."""

    role: str
    noun: str
    verbs: str
    whose: str


TABLE: tuple[Row, ...] = (
    # People and terms
    Row("worker", "worker", "read locate", "own"),
    Row("worker", "payee_account", "read propose", "own"),
    Row("worker", "agreement", "read", "own"),
    Row("worker", "agreed_rate", "read", "own"),
    Row("worker", "crew", "read", "own"),
    Row("crew_leader", "worker", "read", "crew"),
    Row("crew_leader", "crew", "read", "crew"),
    Row("subcontractor", "worker", "read register locate", "org"),
    Row("subcontractor", "payee_account", "read propose", "org"),
    Row("subcontractor", "crew", "read create change", "org"),
    Row("subcontractor", "agreement", "read sign", "org"),
    Row("subcontractor", "agreed_rate", "read propose", "org"),
    Row("general_contractor", "worker", "read", "project"),
    Row("general_contractor", "payee_account", "read verify refuse", "project"),
    Row("general_contractor", "crew", "read", "project"),
    Row("general_contractor", "agreement", "read", "project"),
    Row("general_contractor", "agreed_rate", "read agree refuse", "project"),
    Row("labour_officer", "worker", "read", "project"),
    Row("labour_officer", "payee_account", "read verify refuse", "project"),
    Row("labour_officer", "agreement", "read", "project"),
    Row("labour_officer", "agreed_rate", "read agree refuse", "project"),
    Row("operator", "worker", "read register locate disclose", "all"),
    Row("operator", "payee_account", "read propose review suspend reinstate", "all"),
    Row("operator", "crew", "read create change", "all"),
    Row("operator", "agreement", "read sign", "all"),
    Row("operator", "agreed_rate", "read propose", "all"),
    Row("worker", "qualification", "read", "own"),
    Row("crew_leader", "qualification", "read", "crew"),
    Row("subcontractor", "qualification", "read add", "org"),
    Row("general_contractor", "qualification", "read", "project"),
    Row("labour_officer", "qualification", "read", "project"),
    Row("operator", "qualification", "read add", "all"),
    Row("worker", "absence", "read report end", "own"),
    Row("crew_leader", "absence", "read report", "crew"),
    Row("subcontractor", "absence", "read report end", "org"),
    Row("general_contractor", "absence", "read", "project"),
    # Access
    Row("subcontractor", "organisation", "read", "project"),
    Row("general_contractor", "organisation", "read", "project"),
    Row("operator", "organisation", "read create", "all"),
    Row("operator", "user", "read create disable grant", "all"),
    # Sites and planning
    Row("worker", "assignment", "read", "own"),
    Row("crew_leader", "assignment", "read accept decline", "crew"),
    Row("crew_leader", "site", "read", "project"),
    Row("crew_leader", "work_package", "read", "project"),
    Row("crew_leader", "project", "read", "project"),
    Row("subcontractor", "project", "read", "project"),
    Row("subcontractor", "work_package", "read", "project"),
    Row("subcontractor", "assignment", "read", "project"),
    Row("general_contractor", "project", "read change", "project"),
    Row("general_contractor", "party", "read add", "project"),
    Row("general_contractor", "policy", "read set", "project"),
    Row("general_contractor", "site", "read add", "project"),
    Row("general_contractor", "device", "read register change", "project"),
    Row("general_contractor", "enrolment", "read enrol", "project"),
    Row("general_contractor", "work_package", "read create link", "project"),
    Row("general_contractor", "assignment", "read propose publish withdraw finish", "project"),
    Row("crew_leader", "stop_day", "read declare", "project"),
    Row("crew_leader", "offer", "read", "crew"),
    Row("worker", "offer", "read accept decline", "own"),
    Row("subcontractor", "scheduling_rule", "read", "project"),
    Row("subcontractor", "stop_day", "read", "project"),
    Row("subcontractor", "plan", "read", "project"),
    Row("subcontractor", "plan_part", "read", "project"),
    Row("subcontractor", "offer", "read", "project"),
    Row("subcontractor", "pace", "read", "project"),
    Row("general_contractor", "scheduling_rule", "read set", "project"),
    Row("general_contractor", "stop_day", "read declare", "project"),
    Row("general_contractor", "plan", "read draft cancel propose publish discard move", "project"),
    Row("general_contractor", "plan_part", "read", "project"),
    Row("general_contractor", "offer", "read", "project"),
    Row("general_contractor", "pace", "read", "project"),
    Row("owner", "plan", "read", "project"),
    Row("owner", "plan_part", "read", "project"),
    Row("operator", "scheduling_rule", "read set", "all"),
    Row("operator", "stop_day", "read", "all"),
    Row("operator", "plan", "read discard", "all"),
    Row("operator", "plan_part", "read", "all"),
    Row("operator", "offer", "read", "all"),
    Row("general_contractor", "import", "approve", "project"),
    Row("labour_officer", "project", "read", "project"),
    Row("labour_officer", "import", "approve", "project"),
    Row("owner", "project", "read", "project"),
    Row("owner", "work_package", "read", "project"),
    Row("operator", "project", "read create change", "all"),
    Row("operator", "party", "read add", "all"),
    Row("operator", "policy", "read set", "all"),
    Row("operator", "site", "read add", "all"),
    Row("operator", "device", "read register change connect", "all"),
    Row("operator", "enrolment", "read enrol", "all"),
    Row("operator", "work_package", "read create link", "all"),
    Row("operator", "assignment", "read propose publish withdraw finish", "all"),
    Row("operator", "import", "make", "all"),
    Row("auditor", "project", "read", "all"),
    # Attendance
    Row("worker", "punch", "read", "own"),
    Row("worker", "day_record", "read", "own"),
    Row("worker", "correction", "read request withdraw", "own"),
    Row("crew_leader", "day_record", "read", "crew"),
    Row("crew_leader", "correction", "read request withdraw", "project"),
    Row("subcontractor", "day_record", "read", "project"),
    Row("subcontractor", "correction", "read request withdraw", "project"),
    Row("general_contractor", "punch", "read", "project"),
    Row("general_contractor", "day_record", "read", "project"),
    Row("general_contractor", "correction", "read request withdraw answer", "project"),
    Row("general_contractor", "parked_event", "read dismiss", "project"),
    Row("labour_officer", "punch", "read", "project"),
    Row("labour_officer", "day_record", "read", "project"),
    Row("labour_officer", "correction", "read answer", "project"),
    Row("operator", "parked_event", "read dismiss", "all"),
    Row("general_contractor", "device_event", "send", "project"),
    Row("operator", "device_event", "send", "all"),
    Row("general_contractor", "device_alarm", "read", "project"),
    Row("operator", "device_alarm", "read", "all"),
    Row("operator", "ingest_count", "read", "all"),
    Row("worker", "phone", "read register", "own"),
    Row("worker", "phone_punch", "read send", "own"),
    Row("worker", "roll_call_entry", "read answer", "own"),
    Row("crew_leader", "roll_call", "call", "project"),
    Row("crew_leader", "roll_call", "read", "crew"),
    Row("crew_leader", "roll_call_entry", "read witness", "crew"),
    Row("general_contractor", "phone_punch", "read", "project"),
    Row("general_contractor", "fence", "read draw", "project"),
    Row("general_contractor", "gate_code", "read", "project"),
    Row("general_contractor", "roll_call", "read", "project"),
    Row("general_contractor", "roll_call_entry", "read", "project"),
    Row("labour_officer", "phone_punch", "read", "project"),
    Row("labour_officer", "roll_call_entry", "read", "project"),
    # Acceptance
    Row("worker", "task_sheet", "read", "own"),
    Row("crew_leader", "task_sheet", "read submit sign attach", "project"),
    Row("crew_leader", "task_sheet", "draft", "crew"),
    Row("subcontractor", "task_sheet", "read submit sign attach", "project"),
    Row("subcontractor", "task_sheet", "draft", "org"),
    Row("general_contractor", "task_sheet", "read inspect accept sign attach", "project"),
    Row("labour_officer", "task_sheet", "read", "project"),
    Row("owner", "task_sheet", "read inspect accept sign attach", "project"),
    Row("auditor", "task_sheet", "read", "all"),
    Row("worker", "photo", "read", "own"),
    Row("crew_leader", "photo", "read", "project"),
    Row("subcontractor", "photo", "read", "project"),
    Row("general_contractor", "photo", "read", "project"),
    Row("owner", "photo", "read", "project"),
    # Notices
    Row("worker", "notice", "read", "own"),
    Row("subcontractor", "notice", "read", "project"),
    Row("general_contractor", "notice", "read", "project"),
    Row("labour_officer", "notice", "read", "project"),
    Row("owner", "notice", "read", "project"),
    Row("operator", "notice", "read", "all"),
    # Milestones
    Row("worker", "milestone", "read", "own"),
    Row("crew_leader", "milestone", "read submit", "project"),
    Row("subcontractor", "milestone", "read cancel submit correct", "project"),
    Row("subcontractor", "milestone", "plan", "org"),
    Row("general_contractor", "milestone", "read plan cancel accept correct", "project"),
    Row("labour_officer", "milestone", "read", "project"),
    Row("owner", "milestone", "read accept", "project"),
    Row("auditor", "milestone", "read", "all"),
    Row("worker", "milestone_share", "read sign object", "own"),
    Row("crew_leader", "milestone_share", "read", "project"),
    Row("subcontractor", "milestone_share", "read", "project"),
    Row("general_contractor", "milestone_share", "read", "project"),
    Row("labour_officer", "milestone_share", "read", "project"),
    Row("general_contractor", "milestone_part", "release", "project"),
    Row("owner", "milestone_part", "release", "project"),
    Row("worker", "milestone_correction", "read", "own"),
    Row("subcontractor", "milestone_correction", "read", "project"),
    Row("general_contractor", "milestone_correction", "read agree refuse", "project"),
    Row("labour_officer", "milestone_correction", "read agree refuse", "project"),
    # Pay
    Row("worker", "statement", "read confirm", "own"),
    Row("worker", "statement_line", "read dispute", "own"),
    Row("crew_leader", "statement_line", "dispute", "crew"),
    Row("worker", "payout", "read", "own"),
    Row("subcontractor", "statement", "read", "project"),
    Row("subcontractor", "statement_line", "read", "project"),
    Row("subcontractor", "payout", "read", "project"),
    Row("general_contractor", "statement", "read", "project"),
    Row("general_contractor", "statement_line", "read", "project"),
    Row("general_contractor", "payout", "read retry", "project"),
    Row("general_contractor", "wage_account", "read announce", "project"),
    Row("general_contractor", "deposit", "read record", "project"),
    Row("general_contractor", "labour_cost_agreement", "read propose agree", "project"),
    Row("general_contractor", "duty", "read fulfil record", "project"),
    Row("general_contractor", "shortfall", "read", "project"),
    Row("general_contractor", "withdrawal", "read ask approve", "project"),
    Row("general_contractor", "security_deposit", "read lodge", "project"),
    Row("subcontractor", "shortfall", "read", "project"),
    Row("subcontractor", "duty", "read", "project"),
    Row("labour_officer", "duty", "read", "project"),
    Row("labour_officer", "statement", "read confirm", "project"),
    Row("labour_officer", "statement_line", "read", "project"),
    Row("labour_officer", "payout", "read", "project"),
    Row("owner", "wage_account", "read", "project"),
    Row("owner", "deposit", "read record", "project"),
    Row("owner", "labour_cost_agreement", "read propose agree", "project"),
    Row("owner", "duty", "read record", "project"),
    Row("owner", "shortfall", "read", "project"),
    Row("owner", "withdrawal", "read approve", "project"),
    Row("operator", "wage_account", "read open freeze unfreeze close", "all"),
    Row("operator", "deposit", "read record", "all"),
    Row("operator", "labour_cost_agreement", "read", "all"),
    Row("operator", "duty", "read", "all"),
    Row("operator", "shortfall", "read", "all"),
    Row("operator", "withdrawal", "read", "all"),
    Row("operator", "security_deposit", "read require draw return", "all"),
    Row("operator", "payout_switch", "read stop start", "all"),
    Row("auditor", "payout_switch", "read", "all"),
    Row("auditor", "duty", "read", "all"),
    Row("auditor", "shortfall", "read", "all"),
    Row("operator", "payout", "read retry", "all"),
    Row("auditor", "wage_account", "read", "all"),
    Row("worker", "correction_effect", "read", "own"),
    Row("subcontractor", "correction_effect", "read", "project"),
    Row("general_contractor", "correction_effect", "read", "project"),
    Row("labour_officer", "correction_effect", "read", "project"),
    Row("worker", "adjustment", "read", "own"),
    Row("subcontractor", "adjustment", "read propose", "project"),
    Row("general_contractor", "adjustment", "read propose agree refuse revoke", "project"),
    Row("labour_officer", "adjustment", "read agree refuse revoke", "project"),
    Row("operator", "adjustment", "read", "all"),
    # Bank and books
    Row("general_contractor", "bank_statement", "read bring", "project"),
    Row("general_contractor", "payout_batch", "read make release answer", "project"),
    Row("general_contractor", "break", "read", "project"),
    Row("owner", "bank_statement", "read", "project"),
    Row("operator", "bank_statement", "read bring take dismiss", "all"),
    Row("operator", "break", "read take explain reject close", "all"),
    Row("operator", "payout_resolution", "read propose agree", "all"),
    Row("auditor", "payout_resolution", "read", "all"),
    Row("operator", "payout_batch", "read make release answer", "all"),
    Row("auditor", "bank_statement", "read", "all"),
    Row("auditor", "payout_batch", "read", "all"),
    Row("auditor", "payout", "read", "all"),
    Row("auditor", "break", "read", "all"),
    # Disputes
    Row("worker", "dispute", "read withdraw say answer escalate appeal", "own"),
    Row("general_contractor", "dispute", "read say answer appeal", "project"),
    Row("subcontractor", "dispute", "read say answer appeal", "project"),
    Row("arbitrator", "dispute", "read conduct decide", "case"),
    Row("arbitrator", "statement_line", "read", "case"),
    Row("operator", "dispute", "read assign", "all"),
    Row("worker", "decision", "read", "own"),
    Row("general_contractor", "decision", "read", "project"),
    Row("subcontractor", "decision", "read", "project"),
    Row("arbitrator", "decision", "read", "case"),
    Row("operator", "decision", "read", "all"),
    Row("arbitrator", "case_figure", "read", "case"),
    Row("operator", "case_figure", "read", "all"),
    Row("auditor", "case_figure", "read", "all"),
    # Papers of a project: who keeps or checks them by law (Decree 724 art. 15, 28, 31)
    Row("subcontractor", "wage_table", "read", "project"),
    Row("general_contractor", "wage_table", "read", "project"),
    Row("labour_officer", "wage_table", "read", "project"),
    Row("subcontractor", "wage_ledger", "open", "project"),
    Row("general_contractor", "wage_ledger", "open", "project"),
    Row("subcontractor", "attendance_sheet", "read", "project"),
    Row("general_contractor", "attendance_sheet", "read", "project"),
    Row("labour_officer", "attendance_sheet", "read", "project"),
    # Questions that store nothing
    Row("worker", "wage_quote", "ask", "all"),
    Row("crew_leader", "wage_quote", "ask", "all"),
    Row("subcontractor", "wage_quote", "ask", "all"),
    Row("general_contractor", "wage_quote", "ask", "all"),
    Row("labour_officer", "wage_quote", "ask", "all"),
    Row("owner", "wage_quote", "ask", "all"),
    Row("arbitrator", "wage_quote", "ask", "all"),
    Row("operator", "wage_quote", "ask", "all"),
    Row("auditor", "wage_quote", "ask", "all"),
    Row("worker", "attendance_quote", "ask", "all"),
    Row("crew_leader", "attendance_quote", "ask", "all"),
    Row("subcontractor", "attendance_quote", "ask", "all"),
    Row("general_contractor", "attendance_quote", "ask", "all"),
    Row("labour_officer", "attendance_quote", "ask", "all"),
    Row("owner", "attendance_quote", "ask", "all"),
    Row("arbitrator", "attendance_quote", "ask", "all"),
    Row("operator", "attendance_quote", "ask", "all"),
    Row("auditor", "attendance_quote", "ask", "all"),
    Row("worker", "reconciliation_quote", "ask", "all"),
    Row("crew_leader", "reconciliation_quote", "ask", "all"),
    Row("subcontractor", "reconciliation_quote", "ask", "all"),
    Row("general_contractor", "reconciliation_quote", "ask", "all"),
    Row("labour_officer", "reconciliation_quote", "ask", "all"),
    Row("owner", "reconciliation_quote", "ask", "all"),
    Row("arbitrator", "reconciliation_quote", "ask", "all"),
    Row("operator", "reconciliation_quote", "ask", "all"),
    Row("auditor", "reconciliation_quote", "ask", "all"),
    Row("worker", "deadline_quote", "ask", "all"),
    Row("crew_leader", "deadline_quote", "ask", "all"),
    Row("subcontractor", "deadline_quote", "ask", "all"),
    Row("general_contractor", "deadline_quote", "ask", "all"),
    Row("labour_officer", "deadline_quote", "ask", "all"),
    Row("owner", "deadline_quote", "ask", "all"),
    Row("arbitrator", "deadline_quote", "ask", "all"),
    Row("operator", "deadline_quote", "ask", "all"),
    Row("auditor", "deadline_quote", "ask", "all"),
    # Evidence
    Row("worker", "erasure", "read ask", "own"),
    Row("operator", "erasure", "read ask answer", "all"),
    Row("operator", "audit_event", "read", "all"),
    Row("auditor", "audit_event", "read", "all"),
)

# whose -> the filter that a room puts on its own rows for this actor.
Scope = Callable[[Actor], Q]
_scopes: dict[tuple[str, str], Scope] = {}

NOTHING = Q(pk__in=[])


def scope(noun: str, **whose: Scope) -> None:
    """A room says how its rows belong to people: `scope("payout", own=lambda a: Q(...), …)`."""
    for name, rule in whose.items():
        _scopes[noun, name] = rule


def rows(actor: Actor, noun: str, verb: str) -> list[Row]:
    """The lines of the table that let this actor do this."""
    roles = actor.roles
    return [
        row for row in TABLE if row.noun == noun and row.role in roles and verb in row.verbs.split()
    ]


def may(actor: Actor, noun: str, verb: str) -> bool:
    """Whether any role of the actor has a line for it, whatever the object."""
    return actor.is_system or bool(rows(actor, noun, verb))


def whose(actor: Actor, noun: str, verb: str, *, on: str = "") -> Q:
    """The filter of rows on which the actor may do this; put it into every query and lock.

    `on` names the parent's noun when the row is still to be made: the filter is then of its rows.
    Raises Forbidden when no role has a line for it at all.
    """
    if actor.is_system:
        return Q()
    lines = rows(actor, noun, verb)
    if not lines:
        raise Forbidden(noun=noun, verb=verb)
    allowed = NOTHING
    for line in lines:
        if line.whose == "all":
            return Q()
        allowed |= _scopes[on or noun, line.whose](_only(actor, line.role))
    return allowed


def _only(actor: Actor, role: str) -> Actor:
    """The actor with the grants of one role: an owner here and contractor there is each in place."""
    return replace(actor, grants=tuple(g for g in actor.grants if g.role == role))


def require(actor: Actor, noun: str, verb: str, *, project_id: int) -> None:
    """Refuse unless the actor may do this on the project: for what has no row of its own yet."""
    if actor.is_system:
        return
    lines = rows(actor, noun, verb)
    if not lines:
        raise Forbidden(noun=noun, verb=verb)
    if not any(line.whose == "all" or reaches(actor, line.role, project_id) for line in lines):
        raise NotFound(noun="project")


def require_organisation(actor: Actor, noun: str, verb: str, *, organisation_id: int) -> None:
    """Refuse unless the actor may do this for the organisation: for what has no row of its own yet."""
    if actor.is_system:
        return
    lines = rows(actor, noun, verb)
    if not lines:
        raise Forbidden(noun=noun, verb=verb)
    held = {(grant.role, grant.organisation_id) for grant in actor.grants}
    if not any(line.whose == "all" or (line.role, organisation_id) in held for line in lines):
        raise NotFound(noun="organisation")


def organisations(actor: Actor) -> frozenset[int]:
    """Ids of the organisations in which the actor holds a role."""
    return frozenset(grant.organisation_id for grant in actor.grants)


# A room above knows which organisations are parties of a project; it registers the look-up here.
_projects_of: list[Callable[[Actor], frozenset[int]]] = []


def projects_are(look_up: Callable[[Actor], frozenset[int]]) -> None:
    """Register how to find the ids of the projects that an actor's grants reach."""
    _projects_of[:] = [look_up]


def projects(actor: Actor) -> frozenset[int]:
    """Ids of the projects that the actor's grants reach."""
    return _projects_of[0](actor)


def reaches(actor: Actor, role: str, project_id: int) -> bool:
    """Whether the actor holds this role on the project."""
    return project_id in projects(_only(actor, role))
