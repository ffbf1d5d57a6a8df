"""Changing people and payee accounts within a command."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Q

from jianzhu.access import steps as access
from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import keep, lock, same, step, take_ids
from jianzhu.kernel.errors import NotFound, SameHand
from jianzhu.kernel.vault import blind_index, new_person_key, seal
from jianzhu.notices import steps as notices
from jianzhu.outbox import steps as outbox
from workers_app.people import errors
from workers_app.people.models import Crew, CrewMember, PayeeAccount, Worker
from workers_app.people.rules import Home

# A change that is asked for in a session younger than this is looked at by a person.
NEW_SESSION = timedelta(days=7)


def payee_hold() -> timedelta:
    """Payroll diversion is the most attacked step: a changed account waits before its first payment."""
    return timedelta(hours=settings.PAYEE_HOLD_HOURS)


@dataclass(frozen=True, slots=True)
class NewWorker:
    """A person to be registered (实名制); identity and phone in clear, sealed at once."""

    employer_id: int
    code: str
    name: str
    trade: str
    id_number: str
    phone: str
    id_kind: str = "01"


@step
def register_worker(new: NewWorker, *, actor: Actor, at: datetime) -> Worker:
    """Register a person and the account by which they sign in with their phone.

    The same person under the same code again is the same row; Differs when a name or the identity
    is another one.
    """
    known = Worker.objects.filter(employer_id=new.employer_id, code=new.code).first()
    if known is not None:
        same(known, {"name": new.name, "id_number_tail": new.id_number[-4:]})
        return known
    (ident,) = take_ids(Worker, 1)
    key = new_person_key()
    worker = Worker.objects.create(
        pk=ident,
        employer_id=new.employer_id,
        code=new.code,
        name=new.name,
        trade=new.trade,
        person_key=key,
        id_kind=new.id_kind,
        created_at=at,
        id_number_sealed=seal(
            person_key=key, text=new.id_number, place=f"worker.id_number:{ident}"
        ),
        id_number_index=blind_index(new.id_number, "id_number"),
        id_number_tail=new.id_number[-4:],
        phone_sealed=seal(person_key=key, text=new.phone, place=f"worker.phone:{ident}"),
        phone_index=blind_index(new.phone, "phone"),
        phone_tail=new.phone[-4:],
    )
    worker.user_id = access.add_user_for_worker(
        worker_id=ident, name=new.name, phone=new.phone, at=at
    )
    worker.save(update_fields=["user"])
    audit.record(
        "worker.register",
        "worker",
        ident,
        actor=actor,
        at=at,
        employer=new.employer_id,
        code=new.code,
    )
    return worker


@step
def place_home(worker: Worker, home: Home | None, *, actor: Actor, at: datetime) -> None:
    """Keep roughly where a person lives, or forget it; the log has that it was said, not where."""
    sealed = b""
    if home is not None:
        sealed = seal(
            person_key=bytes(worker.person_key), text=home.text(), place=f"worker.home:{worker.pk}"
        )
    worker.home_sealed = sealed
    worker.save(update_fields=["home_sealed"])
    audit.record("worker.locate", "worker", worker.pk, actor=actor, at=at, known=bool(sealed))


@step
def worker_is(worker_id: int, where: Q) -> bool:
    """Whether there is such a worker among these."""
    return Worker.objects.filter(where, pk=worker_id).exists()


@step
def worker_row(worker_id: int) -> Worker:
    """The worker, for another room's step."""
    return Worker.objects.get(pk=worker_id)


def has_payee(worker_id: int) -> bool:
    """Whether wages went or may go somewhere already: naming an account is then a change."""
    used = ["verified", "suspended"]
    return PayeeAccount.objects.filter(worker_id=worker_id, state__in=used).exists()


@step
def propose_payee(
    *,
    worker: Worker,
    bank_code: str,
    bank_name: str,
    account: str,
    actor: Actor,
    at: datetime,
    holder_name: str = "",
    new_session: bool = False,
) -> PayeeAccount:
    """An account for a worker's wages, until checked by a second person; proposed once.

    By whatever way it comes, also in a file: the worker is told at once, a name that is not theirs
    is refused, and an account of two people or a change from a new session asks a person first.
    """
    if holder_name and _plain(holder_name) != _plain(worker.name):
        raise errors.NameDiffers
    index = blind_index(account, "account")
    known = PayeeAccount.objects.filter(
        worker=worker, account_index=index, state__in=["pending", "verified"]
    ).first()
    if known is not None:
        return known
    changes = has_payee(worker.pk)
    (ident,) = take_ids(PayeeAccount, 1)
    payee = PayeeAccount.objects.create(
        pk=ident,
        worker=worker,
        bank_code=bank_code,
        bank_name=bank_name,
        account_sealed=seal(
            person_key=bytes(worker.person_key),
            text=account,
            place=f"payee_account.account:{ident}",
        ),
        account_index=index,
        account_tail=account[-4:],
        review=_signal(worker, index, new_session=new_session and changes),
        made_by=str(actor),
        created_at=at,
    )
    tell_payee(payee, "propose", actor, at)
    if payee.review:
        tell_payee(payee, "alarm", actor, at)
    if changes:
        _tell_the_worker(payee, "payee_change", at)
    return payee


def _plain(name: str) -> str:
    """A name without the spaces, dots and widths that banks and forms differ in."""
    plain = unicodedata.normalize("NFKC", name)
    return "".join(c for c in plain if c.isalnum()).casefold()


def _signal(worker: Worker, index: bytes, *, new_session: bool) -> str:
    """What makes a person look first; an account of two people is somebody who collects cards."""
    others = PayeeAccount.objects.filter(
        account_index=index, state__in=["pending", "verified", "suspended"]
    ).exclude(worker=worker)
    if others.exists():
        return "shared"
    return "new_device" if new_session else ""


@step
def _tell_the_worker(payee: PayeeAccount, code: str, at: datetime) -> None:
    """At once and on the old channel: the page of the worker, and the phone on record."""
    notices.tell(
        code,
        project_id=0,
        to=[notices.To(worker_id=payee.worker_id)],
        subject_type="payee_account",
        subject_id=payee.pk,
        once=f"{code}:{payee.pk}",
        at=at,
        tail=payee.account_tail,
    )
    outbox.put("payee_account.notice", payee_id=payee.pk, code=code)


@step
def review_payee(payee: PayeeAccount, *, actor: Actor, at: datetime) -> None:
    """A person of the platform has looked at the signal."""
    if payee.made_by == str(actor):
        raise SameHand(noun="payee_account")
    payee.reviewed_by = str(actor)
    payee.save(update_fields=["reviewed_by"])
    tell_payee(payee, "review", actor, at)


@step
def verify_payee(payee: PayeeAccount, *, actor: Actor, at: datetime) -> None:
    """A second person says it is the worker's own; it replaces the former, which it makes wait."""
    if payee.made_by == str(actor):
        raise SameHand(noun="payee_account")
    if payee.review and not payee.reviewed_by:
        raise errors.NeedsReview(why=payee.review)
    if payee.reviewed_by == str(actor):
        raise SameHand(noun="payee_account")
    former = PayeeAccount.objects.select_for_update(no_key=True).filter(
        worker=payee.worker, state__in=["verified", "suspended"]
    )
    replaced = False
    for one in former.order_by("pk"):
        one.replace()
        one.save(update_fields=["state", "reason"])
        tell_payee(one, "replace", actor, at)
        replaced = True
    payee.verify(by=str(actor), hold_until=at + payee_hold() if replaced else None)
    payee.save(update_fields=["state", "checked_by", "hold_until"])
    tell_payee(payee, "verify", actor, at)
    if replaced:
        _tell_the_worker(payee, "payee_changed", at)


@step
def refuse_payee(payee: PayeeAccount, *, reason: str, actor: Actor, at: datetime) -> None:
    """A second person says it is not the worker's own."""
    if payee.made_by == str(actor):
        raise SameHand(noun="payee_account")
    payee.refuse(by=str(actor), reason=reason)
    payee.save(update_fields=["state", "checked_by", "reason"])
    tell_payee(payee, "refuse", actor, at)


@step
def reinstate_payee(payee: PayeeAccount, *, actor: Actor, at: datetime) -> None:
    """A second person looked: wages may go there again."""
    if payee.made_by == str(actor):
        raise SameHand(noun="payee_account")
    payee.reinstate(by=str(actor))
    payee.save(update_fields=["state", "checked_by", "reason"])
    tell_payee(payee, "reinstate", actor, at)


@step
def suspend_payee(*, payee_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """Nothing goes to this account until a person looked; suspending it again changes nothing."""
    payee = lock(PayeeAccount, payee_id)
    if payee.state != "verified":
        return
    payee.suspend(reason=reason)
    payee.save(update_fields=["state", "reason"])
    tell_payee(payee, "suspend", actor, at)


@step
def tell_payee(payee: PayeeAccount, verb: str, actor: Actor, at: datetime) -> None:
    """Write down and announce what happened to an account."""
    audit.record(
        f"payee_account.{verb}",
        "payee_account",
        payee.pk,
        actor=actor,
        at=at,
        worker=payee.worker_id,
        state=payee.state,
        reason=payee.reason,
    )
    outbox.put(f"payee_account.{verb}", payee_id=payee.pk, worker_id=payee.worker_id)


@step
def create_crew(
    *,
    employer_id: int,
    code: str,
    name: str,
    trade: str,
    leader_id: int,
    actor: Actor,
    at: datetime,
) -> Crew:
    """A crew with its leader."""
    crew, new = keep(
        Crew,
        {"employer_id": employer_id, "code": code},
        {"name": name, "trade": trade, "leader_id": leader_id},
        {"created_at": at},
    )
    if new:
        audit.record(
            "crew.create", "crew", crew.pk, actor=actor, at=at, code=code, leader=leader_id
        )
    return crew


@step
def join_crew(
    *,
    crew_id: int,
    worker_id: int,
    valid_from: date,
    valid_to: date | None,
    actor: Actor,
    at: datetime,
) -> CrewMember:
    """A worker belongs to the crew over [valid_from, valid_to)."""
    member, new = keep(
        CrewMember,
        {"crew_id": crew_id, "worker_id": worker_id, "valid_from": valid_from},
        {"valid_to": valid_to},
    )
    if new:
        _tell_crew(member, "join", valid_from, actor, at)
    return member


@step
def leave_crew(*, crew_id: int, worker_id: int, on: date, actor: Actor, at: datetime) -> CrewMember:
    """The worker is no member from this day on. NotFound when they are none then."""
    member = (
        CrewMember.objects.select_for_update(no_key=True)
        .filter(Q(valid_to=None) | Q(valid_to__gt=on), crew_id=crew_id, worker_id=worker_id)
        .filter(valid_from__lt=on)
        .first()
    )
    if member is None:
        raise NotFound(noun="crew_member")
    member.valid_to = on
    member.save(update_fields=["valid_to"])
    _tell_crew(member, "leave", on, actor, at)
    return member


def _tell_crew(member: CrewMember, verb: str, on: date, actor: Actor, at: datetime) -> None:
    audit.record(
        f"crew.{verb}",
        "crew",
        member.crew_id,
        actor=actor,
        at=at,
        worker=member.worker_id,
        on=on.isoformat(),
    )
    outbox.put(f"crew.{verb}", crew_id=member.crew_id, worker_id=member.worker_id)


@step
def erase_worker(worker_id: int, *, actor: Actor, at: datetime) -> None:
    """Destroy the person's key, and with it every sealed field; clear what stands in the open.

    The keyed digests of identity and account stay: they name nobody, and without them one person or
    account could come back as two.
    """
    worker = lock(Worker, worker_id)
    worker.person_key = worker.id_number_sealed = worker.phone_sealed = b""
    worker.home_sealed = b""
    worker.name = worker.id_number_tail = worker.phone_tail = ""
    worker.phone_index = os.urandom(32)
    worker.save()
    PayeeAccount.objects.filter(worker=worker).update(account_tail="")
    if worker.user_id is not None:
        access.forget_user(worker.user_id)
    audit.record("worker.erase", "worker", worker_id, actor=actor, at=at)
