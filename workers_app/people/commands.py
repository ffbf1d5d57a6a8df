"""What people do to workers, payee accounts and crews."""

from __future__ import annotations

from datetime import date, datetime

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.web.accounts import commands as accounts
from jianzhu.web.accounts.senders import sender
from workers_app.people import errors, queries, steps
from workers_app.people.models import Crew, CrewMember, PayeeAccount, Worker
from workers_app.people.rules import Home
from workers_app.people.steps import NewWorker


@command
def register_worker(*, new: NewWorker, actor: Actor, at: datetime) -> Worker:
    """Register a person with an employer (实名制登记); the same person again is the same row."""
    policy.require_organisation(actor, "worker", "register", organisation_id=new.employer_id)
    return steps.register_worker(new, actor=actor, at=at)


@command
def place_home(*, worker_id: int, home: Home | None, actor: Actor, at: datetime) -> Worker:
    """Say roughly where a worker lives, so that plans know the fares; None forgets it."""
    worker = lock(Worker, worker_id, policy.whose(actor, "worker", "locate"))
    steps.place_home(worker, home, actor=actor, at=at)
    return worker


def propose_payee(
    *,
    worker_id: int,
    bank_code: str,
    bank_name: str,
    account: str,
    actor: Actor,
    at: datetime,
    holder_name: str = "",
    code: str = "",
    password: str = "",
    signed_in_at: datetime | None = None,
) -> PayeeAccount:
    """Name an account for a worker's wages; it counts when a second person has checked it.

    To change an account takes a fresh proof of who asks, a `code` sent to the worker's phone or the
    staff member's `password`; a session that is open is not enough. Raises ReauthenticationNeeded,
    NameDiffers.
    """
    where = policy.whose(actor, "payee_account", "propose", on="worker")
    worker = Worker.objects.filter(where, pk=worker_id).first()
    if worker is None:
        raise NotFound(noun="worker")
    if steps.has_payee(worker_id) and not actor.is_system:
        _prove(worker, actor, code=code, password=password, at=at)
    return _propose(
        worker_id=worker_id,
        bank_code=bank_code,
        bank_name=bank_name,
        account=account,
        holder_name=holder_name,
        new_session=signed_in_at is None or at - signed_in_at < steps.NEW_SESSION,
        actor=actor,
        at=at,
    )


def _prove(worker: Worker, actor: Actor, *, code: str, password: str, at: datetime) -> None:
    """The try is counted in a transaction of its own: it stays counted when the answer is no."""
    assert actor.user_id is not None
    if worker.user_id == actor.user_id:
        phone = queries.phone_of(worker)
        right = bool(code) and accounts.is_right_code(
            phone=phone, code=code, purpose="payee_change", user_id=actor.user_id, at=at
        )
    else:
        right = bool(password) and access.password_is(actor.user_id, password)
    if not right:
        raise errors.ReauthenticationNeeded


@command
def _propose(
    *,
    worker_id: int,
    bank_code: str,
    bank_name: str,
    account: str,
    holder_name: str,
    new_session: bool,
    actor: Actor,
    at: datetime,
) -> PayeeAccount:
    worker = lock(Worker, worker_id, policy.whose(actor, "payee_account", "propose", on="worker"))
    return steps.propose_payee(
        worker=worker,
        bank_code=bank_code,
        bank_name=bank_name,
        account=account,
        holder_name=holder_name,
        new_session=new_session,
        actor=actor,
        at=at,
    )


def payee_code(*, worker_id: int, actor: Actor, at: datetime) -> None:
    """Send a code for the change of an account to the worker's own phone, the one on record."""
    where = policy.whose(actor, "payee_account", "propose", on="worker")
    worker = Worker.objects.filter(where, pk=worker_id, user_id=actor.user_id or 0).first()
    if worker is None:
        raise NotFound(noun="worker")
    phone = queries.phone_of(worker)
    code = accounts.request_code(phone=phone, purpose="payee_change", at=at)
    if code is not None:
        sender()(phone, code)


@command
def review_payee(*, payee_id: int, actor: Actor, at: datetime) -> PayeeAccount:
    """A person of the platform looked at the fraud signal; verifying is still another's to do."""
    payee = lock(PayeeAccount, payee_id, policy.whose(actor, "payee_account", "review"))
    steps.review_payee(payee, actor=actor, at=at)
    return payee


@command
def verify_payee(*, payee_id: int, actor: Actor, at: datetime) -> PayeeAccount:
    """Say that the account is the worker's own."""
    payee = lock(PayeeAccount, payee_id, policy.whose(actor, "payee_account", "verify"))
    steps.verify_payee(payee, actor=actor, at=at)
    return payee


@command
def refuse_payee(*, payee_id: int, reason: str, actor: Actor, at: datetime) -> PayeeAccount:
    """Say that it is not."""
    payee = lock(PayeeAccount, payee_id, policy.whose(actor, "payee_account", "refuse"))
    steps.refuse_payee(payee, reason=reason, actor=actor, at=at)
    return payee


@command
def suspend_payee(*, payee_id: int, reason: str, actor: Actor, at: datetime) -> PayeeAccount:
    """Send nothing there until somebody looked."""
    payee = lock(PayeeAccount, payee_id, policy.whose(actor, "payee_account", "suspend"))
    payee.suspend(reason=reason)
    payee.save(update_fields=["state", "reason"])
    steps.tell_payee(payee, "suspend", actor, at)
    return payee


@command
def reinstate_payee(*, payee_id: int, actor: Actor, at: datetime) -> PayeeAccount:
    """Somebody looked: wages may go there again."""
    payee = lock(PayeeAccount, payee_id, policy.whose(actor, "payee_account", "reinstate"))
    steps.reinstate_payee(payee, actor=actor, at=at)
    return payee


@command
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
    """A crew of the employer, led by one of its workers."""
    policy.require_organisation(actor, "crew", "create", organisation_id=employer_id)
    _worker_of(employer_id, leader_id)
    return steps.create_crew(
        employer_id=employer_id,
        code=code,
        name=name,
        trade=trade,
        leader_id=leader_id,
        actor=actor,
        at=at,
    )


@command
def join_crew(
    *,
    crew_id: int,
    worker_id: int,
    valid_from: date,
    valid_to: date | None,
    actor: Actor,
    at: datetime,
) -> CrewMember:
    """A worker of the same employer joins over [valid_from, valid_to)."""
    crew = lock(Crew, crew_id, policy.whose(actor, "crew", "change"))
    _worker_of(crew.employer_id, worker_id)
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid(field="valid_to", problem=f"not after {valid_from}")
    return steps.join_crew(
        crew_id=crew.pk,
        worker_id=worker_id,
        valid_from=valid_from,
        valid_to=valid_to,
        actor=actor,
        at=at,
    )


@command
def leave_crew(*, crew_id: int, worker_id: int, on: date, actor: Actor, at: datetime) -> CrewMember:
    """The worker is no member from this day on. NotFound when they are none then."""
    lock(Crew, crew_id, policy.whose(actor, "crew", "change"))
    return steps.leave_crew(crew_id=crew_id, worker_id=worker_id, on=on, actor=actor, at=at)


def _worker_of(employer_id: int, worker_id: int) -> None:
    if not Worker.objects.filter(pk=worker_id, employer_id=employer_id).exists():
        raise NotFound(noun="worker")
