"""A payout that no read answered any more: two people say what became of it, with what shows it.

Never one alone, never while a read may still answer, and always by a posting: paid completes the
reserve, not paid gives it back, and the wage goes out again under a new key.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock, step
from jianzhu.kernel.errors import Invalid, NotFound, Refusal, SameHand
from jianzhu.outbox import steps as outbox
from settlements.ledger import queries as books
from settlements.payouts import commands, queries
from settlements.payouts.models import (
    BankEntry,
    Payout,
    PayoutResolution,
    payout_machine,
    resolution_machine,
)
from settlements.payouts.rails import rail_named
from settlements.payouts.rails.protocol import Outcome

# The code of what two people proved to have paid nothing.
PROVED = "not_paid_proved"


class StillAsked(Refusal):
    """The machine is not at its end, so no person may be."""

    code = "still_asked"
    status = 409
    sentence = _("Payment %(id)s is still asked about by itself; its bank may answer yet.")


class Overtaken(Refusal):
    """What was proposed is about something that is settled."""

    code = "overtaken"
    status = 409
    sentence = _("The bank has answered about payment %(id)s: it is %(state)s.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows it: words that name it, with the scan's SHA-256 (hex) or the statement's line."""

    evidence: str
    document: str = ""
    entry_id: int | None = None


@command
def propose(
    *, payout_id: int, says: str, shown: Shown, actor: Actor, at: datetime
) -> PayoutResolution:
    """One person says `paid` or `not_paid`, with the bank's letter or a line of its statement."""
    where = policy.whose(actor, "payout_resolution", "propose", on="payout")
    payout = lock(Payout, payout_id, where)
    if payout.state != "unknown":
        raise payout_machine.refusal("resolve", payout.state, payout.pk)
    if payout.silent_since is None:
        raise StillAsked(id=payout.pk)
    open_ = PayoutResolution.objects.filter(payout=payout, state="proposed").first()
    if open_ is not None:
        raise resolution_machine.refusal("propose", open_.state, open_.pk)
    _check(payout, says, shown)
    row = PayoutResolution.objects.create(
        payout=payout,
        key=payout.key,
        says=says,
        evidence=shown.evidence.strip(),
        document=shown.document,
        entry_id=shown.entry_id,
        made_by=str(actor),
        made_at=at,
    )
    _tell(row, "propose", actor, at)
    return row


def _check(payout: Payout, says: str, shown: Shown) -> None:
    if says not in dict(PayoutResolution.SAYS):
        raise Invalid(field="says", problem="paid, not_paid")
    if not shown.evidence.strip() or not (shown.document or shown.entry_id):
        raise Invalid(field="evidence", problem=str(_("the bank's letter or a statement's line")))
    if shown.entry_id is not None and not _is_of(payout, shown.entry_id):
        raise NotFound(noun="bank_entry")


def _is_of(payout: Payout, entry_id: int) -> bool:
    """A line of the project's own wage account."""
    rows = BankEntry.objects.filter(pk=entry_id, wage_account__project_id=payout.project_id)
    return rows.exists()


def agree(*, resolution_id: int, actor: Actor, at: datetime) -> PayoutResolution:
    """A second person saw the evidence. The bank is read once more before: its own word wins."""
    where = policy.whose(actor, "payout_resolution", "agree")
    row = PayoutResolution.objects.filter(where, pk=resolution_id).first()
    if row is None:
        raise NotFound(noun="payout_resolution")
    if row.state == "proposed" and row.made_by != str(actor):
        _read_again(row.payout_id, at)
    row, refusal = _agree(resolution_id=resolution_id, actor=actor, at=at)
    if refusal is not None:
        raise refusal
    return row


def _read_again(payout_id: int, at: datetime) -> None:
    for rail, keys in queries.open_keys([payout_id]).items():
        said = rail_named(rail).read_many(keys)
        final = {key: one for key, one in said.items() if one.status in ("paid", "rejected")}
        if final:
            commands.record_outcomes(outcomes=final, asked=0, at=at)


@command
def _agree(
    *, resolution_id: int, actor: Actor, at: datetime
) -> tuple[PayoutResolution, Refusal | None]:
    row, payout = _both(resolution_id, actor, "agree")
    if row.state != "proposed":
        raise resolution_machine.refusal("agree", row.state, row.pk)
    if row.made_by == str(actor):
        raise SameHand(noun="payout_resolution")
    if payout.state != "unknown" or payout.key != row.key:
        row.overtake(at=at)
        row.save(update_fields=["state", "closed_at"])
        _tell(row, "overtake", actor, at)
        return row, Overtaken(id=payout.pk, state=payout.state)
    commands.recorded(outcomes={row.key: _outcome(row)}, asked=0, at=at)
    posted = books.transfer_id(f"{row.key}:{'paid' if row.says == 'paid' else 'failed'}")
    assert posted is not None  # made by the line above
    row.agree(by=str(actor), transfer_id=posted, at=at)
    row.save(update_fields=["state", "checked_by", "transfer_id", "closed_at"])
    _tell(row, "agree", actor, at)
    return row, None


def _outcome(row: PayoutResolution) -> Outcome:
    if row.says == "paid":
        return Outcome("paid", row.entry.reference if row.entry else f"resolution {row.pk}")
    return Outcome("rejected", code=PROVED, text=row.evidence[:300])


@command
def refuse(*, resolution_id: int, actor: Actor, at: datetime) -> PayoutResolution:
    """A second person is not convinced: another proposal is needed."""
    row, _payout = _both(resolution_id, actor, "agree")
    if row.made_by == str(actor):
        raise SameHand(noun="payout_resolution")
    row.refuse(by=str(actor), at=at)
    row.save(update_fields=["state", "checked_by", "closed_at"])
    _tell(row, "refuse", actor, at)
    return row


def _both(resolution_id: int, actor: Actor, verb: str) -> tuple[PayoutResolution, Payout]:
    """The payout is locked before what is said of it, as everywhere."""
    where = policy.whose(actor, "payout_resolution", verb)
    found = PayoutResolution.objects.filter(where, pk=resolution_id).first()
    if found is None:
        raise NotFound(noun="payout_resolution")
    payout = lock(Payout, found.payout_id)
    return lock(PayoutResolution, resolution_id), payout


@step
def _tell(row: PayoutResolution, verb: str, actor: Actor, at: datetime) -> None:
    audit.record(
        f"payout_resolution.{verb}",
        "payout_resolution",
        row.pk,
        actor=actor,
        at=at,
        state=row.state,
        payout=row.payout_id,
        says=row.says,
        evidence=row.evidence[:200],
        document=row.document,
        transfer=row.transfer_id,
    )
    outbox.put(f"payout_resolution.{verb}", payout_resolution_id=row.pk)
