"""Files for banks that take files: collected, made by one person, handed out by another, answered.

Such a bank has no key of ours. A file has its account's next number, is written once, and is never
made again once it was handed out; until a result or a statement speaks, its lines are unknown.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock, step
from jianzhu.kernel.errors import Invalid, NotFound, Refusal, SameHand
from jianzhu.kernel.vault import new_person_key, seal, unseal
from jianzhu.outbox import steps as outbox
from settlements.funding.models import WageAccount
from settlements.payouts import commands
from settlements.payouts.files import iso20022, lists
from settlements.payouts.files.values import FileHead, FileLine, Result, ResultLine, Unreadable
from settlements.payouts.models import BatchLine, Payout, PayoutBatch
from settlements.payouts.rails.protocol import Instruction, Outcome
from workers_app.people import queries as people

PAIN = "pain.001.001.09"


class WrongResult(Refusal):
    """A result that is not of this file, or does not add up: no line of it is marked."""

    code = "wrong_result"
    status = 422
    sentence = _("The result file can't be taken: %(problem)s")


@command
def collect(*, instructions: Sequence[Instruction], profile: str, at: datetime) -> None:
    """Put payments into their account's open file; a payment stands in one file only."""
    known = set(
        BatchLine.objects.filter(key__in=[i.key for i in instructions]).values_list(
            "key", flat=True
        )
    )
    by_account: dict[str, list[Instruction]] = {}
    for one in instructions:
        if one.key not in known:
            by_account.setdefault(one.wage_account, []).append(one)
    for bank_account, group in sorted(by_account.items()):
        batch = _open_batch(bank_account, profile, at)
        BatchLine.objects.bulk_create(
            [
                BatchLine(
                    batch=batch,
                    payout_id=int(i.key.split(":")[1]),
                    key=i.key,
                    amount_minor=i.amount_minor,
                )
                for i in group
            ]
        )


def _open_batch(bank_account: str, profile: str, at: datetime) -> PayoutBatch:
    account = lock(
        WageAccount, WageAccount.objects.values_list("pk", flat=True).get(bank_account=bank_account)
    )
    found = PayoutBatch.objects.filter(wage_account=account, state="collecting").first()
    if found is not None:
        return found
    last = PayoutBatch.objects.filter(wage_account=account).aggregate(n=Max("sequence"))["n"] or 0
    return PayoutBatch.objects.create(
        wage_account=account,
        sequence=last + 1,
        profile=profile,
        file_key=new_person_key(),
        opened_at=at,
    )


@command
def make(*, batch_id: int, actor: Actor, at: datetime) -> PayoutBatch:
    """Fix the lines and write the file; it rests sealed until a second person hands it out."""
    batch = lock(PayoutBatch, batch_id, policy.whose(actor, "payout_batch", "make"))
    rows = list(batch.lines.order_by("pk"))
    if not rows:
        raise Invalid(field="payout_batch", problem="no lines")
    batch.make(by=str(actor), at=at)
    body = _written(batch, rows, at)
    batch.lines_count, batch.total_minor = len(rows), sum(r.amount_minor for r in rows)
    batch.digest = hashlib.sha256(body).digest()
    batch.file_sealed = seal(
        person_key=bytes(batch.file_key), text=body.hex(), place=f"payout_batch.file:{batch.pk}"
    )
    batch.save()
    _tell(batch, "make", actor, at)
    return batch


def _written(batch: PayoutBatch, rows: list[BatchLine], at: datetime) -> bytes:
    payouts = {p.pk: p for p in Payout.objects.filter(pk__in=[r.payout_id for r in rows])}
    payees = people.payees_to_pay([p.payee_id for p in payouts.values() if p.payee_id])
    lines = []
    for number, row in enumerate(rows, start=1):
        row.number = number
        payee = payees[payouts[row.payout_id].payee_id or 0]
        lines.append(FileLine(number, row.key, row.amount_minor, payee.account, payee.name))
    BatchLine.objects.bulk_update(rows, ["number"], batch_size=1_000)
    account = batch.wage_account
    head = FileHead(
        name=batch.name,
        currency=account.currency,
        payer_account=account.bank_account,
        payer_name=f"project {account.project_id}",
        made_at=at,
    )
    try:
        if batch.profile == PAIN:
            return iso20022.pain_001(head, lines)
        return lists.write(batch.profile, head, lines)
    except Unreadable as error:
        raise Invalid(field="payout_batch", problem=str(error)) from error


@command
def release(*, batch_id: int, actor: Actor, at: datetime) -> bytes:
    """A second person takes the file to the bank; asked again by the same, the very same bytes.

    Each time is recorded: the file names accounts in clear.
    """
    batch = lock(PayoutBatch, batch_id, policy.whose(actor, "payout_batch", "release"))
    if batch.made_by == str(actor):
        raise SameHand(noun="payout_batch")
    if batch.released_by == str(actor):
        _tell(batch, "fetch", actor, at)
    else:
        batch.release(by=str(actor), at=at)
        batch.save(update_fields=["state", "released_by", "handed_out_at"])
        _tell(batch, "release", actor, at)
    body = bytes.fromhex(
        unseal(
            person_key=bytes(batch.file_key),
            sealed=bytes(batch.file_sealed or b""),
            place=f"payout_batch.file:{batch.pk}",
        )
    )
    assert hashlib.sha256(body).digest() == bytes(batch.digest or b"")
    return body


def answer(*, batch_id: int, body: bytes, actor: Actor, at: datetime) -> PayoutBatch:
    """The bank's result of a file: each line's word is written down, the money follows."""
    batch, outcomes = _answer(batch_id=batch_id, body=body, actor=actor, at=at)
    paid_before = {key: (o.code, o.text) for key, o in outcomes.items() if o.status == "rejected"}
    if outcomes:
        commands.record_outcomes(outcomes=outcomes, asked=0, at=at)
    if paid_before:  # a line that was paid and came back with a later result
        commands.bounce(returns=paid_before, at=at)
    return batch


@command
def _answer(
    *, batch_id: int, body: bytes, actor: Actor, at: datetime
) -> tuple[PayoutBatch, dict[str, Outcome]]:
    batch = lock(PayoutBatch, batch_id, policy.whose(actor, "payout_batch", "answer"))
    result = _read(batch, body)
    rows = {row.key: row for row in batch.lines.all()}
    lines = _opened(result, rows)
    for line in lines:
        row = rows.get(line.key)
        if row is None:
            raise WrongResult(problem=f"{line.key} is not in {batch.name}")
        if line.amount_minor is not None and line.amount_minor != row.amount_minor:
            raise WrongResult(problem=f"{line.key} has another amount")
        row.status, row.code, row.text = line.status, line.code, line.text
    BatchLine.objects.bulk_update(rows.values(), ["status", "code", "text"], batch_size=1_000)
    if all(row.status in ("paid", "rejected") for row in rows.values()):
        batch.finish()
    else:
        batch.answer()
    batch.save(update_fields=["state"])
    _tell(batch, "answer", actor, at)
    return batch, {
        line.key: Outcome(line.status, batch.name, line.code or _words(line), line.text)
        for line in lines
        if line.status in ("paid", "rejected")
    }


def _words(line: ResultLine) -> str:
    """Banks without codes: the words stand for it, shortened; the whole is kept beside."""
    return line.text[:40] if line.status == "rejected" else ""


def _read(batch: PayoutBatch, body: bytes) -> Result:
    try:
        if batch.profile == PAIN:
            result = iso20022.read_status(body)
            if result.of != batch.name:
                raise Unreadable(f"it is about {result.of or 'no file'}, not {batch.name}")
            return result
        return lists.read_result(batch.profile, body, batch.wage_account.currency)
    except Unreadable as error:
        raise WrongResult(problem=str(error)) from error


def _opened(result: Result, rows: dict[str, BatchLine]) -> list[ResultLine]:
    """A file rejected as a whole rejects each of its lines."""
    whole = next((line for line in result.lines if line.key == ""), None)
    if whole is None:
        return list(result.lines)
    return [ResultLine(key, "rejected", None, whole.code, whole.text) for key in rows]


def outcomes(keys: Iterable[str]) -> dict[str, Outcome]:
    """What is known of lines: accepted until the file is out, then unknown until the bank speaks."""
    asked = list(keys)
    rows = BatchLine.objects.filter(key__in=asked).select_related("batch")
    found = {row.key: _outcome(row) for row in rows}
    return {key: found.get(key, Outcome("not_found")) for key in asked}


def _outcome(row: BatchLine) -> Outcome:
    if row.status in ("paid", "rejected"):
        return Outcome(row.status, row.batch.name, row.code, row.text)
    if row.batch.state in ("collecting", "made"):
        return Outcome("accepted", row.batch.name)
    return Outcome("unknown", row.batch.name, text="no result or statement yet")


@step
def _tell(batch: PayoutBatch, verb: str, actor: Actor, at: datetime) -> None:
    audit.record(
        f"payout_batch.{verb}",
        "payout_batch",
        batch.pk,
        actor=actor,
        at=at,
        state=batch.state,
        name=batch.name,
        lines=batch.lines_count,
        total=batch.total_minor,
        digest=bytes(batch.digest or b"").hex(),
    )
    outbox.put(f"payout_batch.{verb}", payout_batch_id=batch.pk)


def bring_statements(*, wage_account_id: int, body: bytes, actor: Actor, at: datetime) -> list[int]:
    """A camt.053 or camt.054 file for an account; ids of the statements that were taken or parked."""
    from settlements.payouts import reconciliation

    where = policy.whose(actor, "bank_statement", "bring", on="wage_account")
    account = WageAccount.objects.filter(where, pk=wage_account_id).first()
    if account is None:
        raise NotFound(noun="wage_account")
    try:
        found = iso20022.read_statements(body)
    except Unreadable as error:
        raise WrongResult(problem=str(error)) from error
    for one in found:
        if one.account and one.account != account.bank_account:
            raise WrongResult(problem="it is of another account")
    reads = [
        reconciliation.take(
            account_id=account.pk,
            page=one.page,
            source="camt",
            reference=one.reference,
            reasons=one.reasons or _foreign(one.currency, account.currency),
            at=at,
        )
        for one in found
    ]
    return [r.statement_id for r in reads if r.statement_id is not None]


def _foreign(theirs: str, ours: str) -> tuple[str, ...]:
    """A statement in another currency than the account's is of something else."""
    return ("other_currency",) if theirs != ours else ()
