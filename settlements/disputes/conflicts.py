"""What ties a decider to a side of a case (回避, Arbitration Law art. 33): found, never asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from jianzhu.access import queries as access
from jianzhu.audit import queries as audit
from projects.sites import queries as sites
from settlements.disputes import errors
from settlements.disputes.models import Dispute
from workers_app.people import queries as people

SENTENCES = {
    "party": gettext_noop("belongs to a party of the project"),
    "former_party": gettext_noop("belonged to a party of the project"),
    "earlier_role": gettext_noop("had another role in this project"),
    "acted": gettext_noop("acted on the records of this case"),
    "filed": gettext_noop("filed this case"),
    "claimant": gettext_noop("is one of the claimants"),
    "colleague": gettext_noop("worked in a crew with a claimant"),
    "account": gettext_noop("shares a bank account with a claimant"),
    "phone": gettext_noop("shares a phone number with a claimant"),
}
# Roles by which one decides or runs the platform: having them is no part in a project.
NEUTRAL = ("arbitrator", "operator", "auditor")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A tie: `code` is a key of SENTENCES."""

    code: str

    def __str__(self) -> str:
        return _(SENTENCES[self.code])


def found(case: Dispute, user_id: int, at: datetime) -> list[Conflict]:
    """Every tie of the user to the case; empty for somebody neutral."""
    codes = dict.fromkeys([*_by_office(case, user_id, at), *_by_person(case, user_id)])
    return [Conflict(code) for code in codes]


def refuse(case: Dispute, user_id: int, at: datetime) -> None:
    """Raise PartyToTheCase unless the user is neutral."""
    ties = found(case, user_id, at)
    if ties:
        why = _(", ").join(map(str, ties))
        raise errors.PartyToTheCase(name=access.name_of(user_id), why=why)


def _by_office(case: Dispute, user_id: int, at: datetime) -> Iterator[str]:
    """By the organisations and roles that the user has or ever had."""
    parties = sites.party_organisations(case.project_id)
    parties |= set(case.parties.filter(side="respondent").values_list("organisation_id", flat=True))
    for past in access.roles_ever(user_id):
        over = past.valid_to is not None and past.valid_to <= at
        if past.organisation_id in parties:
            yield "former_party" if over else "party"
        elif past.project_id == case.project_id and past.role not in NEUTRAL:
            yield "earlier_role"


def _by_person(case: Dispute, user_id: int) -> Iterator[str]:
    """By what the user did, and by who they are beside their office."""
    hand = f"user:{user_id}"
    if case.filed_by == hand:
        yield "filed"
    if audit.acted(hand, _records(case)):
        yield "acted"
    claimants = set(case.parties.filter(side="claimant").values_list("worker_id", flat=True))
    claimants |= {case.worker_id}
    own = access.self_of(user_id)
    if own.phone_index and people.with_phone(own.phone_index) & claimants:
        yield "phone"
    if own.worker_id is None:
        return
    if own.worker_id in claimants:
        yield "claimant"
    elif any(people.own_crews(own.worker_id) & people.own_crews(w) for w in claimants):
        yield "colleague"
    for shared in people.sharing([own.worker_id]):
        if set(shared.worker_ids) & (claimants - {own.worker_id}):
            yield shared.kind


def _records(case: Dispute) -> dict[str, set[int]]:
    """{noun: ids} of the records that the lines of the case stand on."""
    found: dict[str, set[int]] = {"day_record": set(), "task_sheet": set()}
    for row in case.lines.select_related("line"):
        found["day_record"] |= {int(i) for i, *_rest in row.line.sources.get("days", [])}
        found["task_sheet"] |= {int(i) for i, *_rest in row.line.sources.get("sheets", [])}
    return found
