"""Moving money: open accounts; single transfers; reserve, then post all or part, or void; reverse.

Each takes many movements and writes them with a fixed number of statements. A movement whose key
was made before with the same content is the same transfer, so any caller may try again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import DatabaseError, connection, transaction
from psycopg.errors import NumericValueOutOfRange

from jianzhu.kernel.db import copy_rows, step, take_ids
from jianzhu.kernel.errors import Refusal
from jianzhu.kernel.money import Money
from settlements.ledger import errors, standing
from settlements.ledger.models import Account, AccountClosing, Entry, Transfer
from settlements.ledger.rules import EntryRow, Leg, Movement, entries
from settlements.ledger.standing import Standing

# The kind of the void that time makes.
EXPIRY = "expiry"

# From so many movements on, planning anew costs less than a plan made for one.
PLAN_ANEW_FROM = 100

AccountKey = tuple[str, int, int]  # kind, project id, worker id or 0

# `trial_*` are the accounts of `quotes`, which never outlive their question.
GUARDED_KINDS = frozenset({"wage_fund", "payable", "trial_guarded"})


@step
def open_accounts(
    keys: Iterable[AccountKey], *, currency: str, at: datetime
) -> dict[AccountKey, int]:
    """Ids of these accounts; those that don't exist yet are opened."""
    wanted = sorted(set(keys))
    found = _find(wanted, currency)
    new = [key for key in wanted if key not in found]
    if new:
        Account.objects.bulk_create(
            [
                Account(
                    kind=kind,
                    project_id=project_id,
                    worker_id=worker_id,
                    currency=currency,
                    guarded=kind in GUARDED_KINDS,
                    created_at=at,
                )
                for kind, project_id, worker_id in new
            ],
            ignore_conflicts=True,
        )
        found |= _find(new, currency)
    return found


def _find(keys: Sequence[AccountKey], currency: str) -> dict[AccountKey, int]:
    kinds, projects, workers = zip(*keys, strict=True) if keys else ((), (), ())
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.kind, a.project_id, a.worker_id, a.id
               FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS k(kind, project_id, worker_id)
               JOIN settlements_account a ON a.kind = k.kind AND a.project_id = k.project_id
                AND a.worker_id = k.worker_id AND a.currency = %s""",
            [list(kinds), list(projects), list(workers), currency],
        )
        return {(row[0], row[1], row[2]): row[3] for row in cursor.fetchall()}


@step
def lock_account(kind: str, project_id: int) -> None:
    """Hold an account until the command ends, so that its free balance stays what was read."""
    rows = Account.objects.select_for_update(no_key=True)
    list(rows.filter(kind=kind, project_id=project_id).order_by("pk"))


@step
def transfer(movements: Sequence[Movement], *, at: datetime) -> dict[str, int]:
    """Write single transfers or reserves; returns transfer id by key.

    Raises KeyReused, Overdrawn, AccountClosed, NotPermitted, WagesFirst, OtherCurrency, OutOfRange.
    Everything is written or, on a refusal, nothing.
    """
    fresh, known = _split(movements)
    plans = [(m, entries(m.phase, m.legs)) for m in fresh]
    try:
        return known | _write(plans, at)
    except errors.Overdrawn:
        # What expired is free again, even where nobody came to give it back yet.
        if not expire(at=at):
            raise
        return known | _write(plans, at)


@step
def expire(*, at: datetime) -> int:
    """Give back every reserve whose time is over; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.key FROM settlements_transfer t WHERE t.expires_at <= %s
               AND NOT EXISTS (SELECT 1 FROM settlements_transfer d WHERE d.of_id = t.id)""",
            [at],
        )
        keys = [row[0] for row in cursor.fetchall()]
    if keys:
        void({key: f"{key}:expired" for key in keys}, kind=EXPIRY, at=at)
    return len(keys)


@step
def post(keys: dict[str, tuple[str, int | None]], *, kind: str, at: datetime) -> dict[str, int]:
    """Complete reserves: {reserve key: (key of the post, amount or None for all of it)}.

    What is not posted goes back. Raises NoSuchReserve, AlreadyCompleted, Expired, ExceedsReserve.
    """
    plans = []
    for reserve, legs in _reserves(list(keys)):
        key, amount = keys[reserve.key]
        posted = _partial(reserve, legs, amount)
        movement = Movement(
            key=key, kind=kind, phase="post", legs=posted, currency=reserve.currency, of=reserve.id
        )
        plans.append((reserve, movement, entries("post", posted, legs)))
    return _complete(plans, at, late_is_refused=True)


@step
def void(keys: dict[str, str], *, kind: str, at: datetime) -> dict[str, int]:
    """Give reserves back: {reserve key: key of the void}. Refuses as `post`, but never Expired."""
    plans = []
    for reserve, legs in _reserves(list(keys)):
        movement = Movement(
            key=keys[reserve.key],
            kind=kind,
            phase="void",
            legs=legs,
            currency=reserve.currency,
            of=reserve.id,
        )
        plans.append((reserve, movement, entries("void", legs, legs)))
    return _complete(plans, at, late_is_refused=False)


@step
def reverse(
    original_key: str, *, key: str, at: datetime, force: bool = False, as_original: bool = False
) -> int:
    """Undo a posted transfer by a new, linked one in the opposite direction; once only.

    Raises Overdrawn when the money has moved on; with `force` what is missing is then owed on the
    account `receivable` of whoever has it. `as_original` dates it as the transfer that it undoes.
    """
    original = Transfer.objects.filter(key=original_key).exclude(phase="reserve").first()
    if original is None:
        raise errors.NoSuchReserve(key=original_key)
    forward = standing.legs([original.pk], layer="posted").get(original.pk, ())
    legs = tuple(Leg(leg.target, leg.source, leg.amount_minor) for leg in forward)
    if force:
        legs = tuple(part for leg in legs for part in _forced(leg, original.currency, at))
    movement = Movement(
        key=key,
        kind=original.kind if not force else "forced_return",
        phase="reverse",
        legs=legs,
        currency=original.currency,
        of=original.pk,
    )
    fresh, known = _split([movement])
    if not fresh:
        return known[key]
    done = Transfer.objects.filter(of=original).first()
    if done is not None:
        raise errors.AlreadyCompleted(key=original_key, phase=done.phase)
    when = original.at if as_original else at
    return _write([(movement, entries("single", legs))], when)[key]


def _forced(leg: Leg, currency: str, at: datetime) -> list[Leg]:
    """What the account still has comes from it, the rest from what its holder owes from now on."""
    holder = Account.objects.select_for_update(no_key=True).get(pk=leg.source)
    own = min(leg.amount_minor, max(holder.free, 0)) if holder.guarded else leg.amount_minor
    parts = [Leg(leg.source, leg.target, own)] if own else []
    if own < leg.amount_minor:
        owed = ("receivable", holder.project_id, holder.worker_id)
        account = open_accounts([owed], currency=currency, at=at)[owed]
        parts.append(Leg(account, leg.target, leg.amount_minor - own))
    return parts


@step
def close_account(account_id: int, *, made_by: str, at: datetime) -> None:
    """Post nothing to the account any more."""
    AccountClosing.objects.get_or_create(
        account_id=account_id, defaults={"at": at, "made_by": made_by}
    )


def _split(movements: Sequence[Movement]) -> tuple[list[Movement], dict[str, int]]:
    """Movements not made yet, and the ids of those that were; other content is refused."""
    made = standing.by_key([m.key for m in movements])
    for movement in movements:
        before = made.get(movement.key)
        if before is not None and before.digest != movement.digest:
            raise errors.KeyReused(key=movement.key)
    return [m for m in movements if m.key not in made], {k: t.id for k, t in made.items()}


def _complete(
    plans: list[tuple[Standing, Movement, list[EntryRow]]], at: datetime, *, late_is_refused: bool
) -> dict[str, int]:
    """Write the completions of reserves; those that were made before with this content stay."""
    fresh, known = _split([movement for _, movement, _ in plans])
    wanted = {movement.key for movement in fresh}
    todo = [plan for plan in plans if plan[1].key in wanted]
    _refuse_completed([reserve for reserve, _, _ in todo])
    for reserve, _, _ in todo:
        if late_is_refused and reserve.expires_at is not None and reserve.expires_at <= at:
            raise errors.Expired(key=reserve.key, expires_at=reserve.expires_at.isoformat())
    return known | _write([(movement, rows) for _, movement, rows in todo], at)


def _refuse_completed(reserves: Sequence[Standing]) -> None:
    done = standing.completions([r.id for r in reserves])
    for reserve in reserves:
        end = done.get(reserve.id)
        if end is not None and end.kind == EXPIRY:
            assert reserve.expires_at is not None
            raise errors.Expired(key=reserve.key, expires_at=reserve.expires_at.isoformat())
        if end is not None:
            raise errors.AlreadyCompleted(key=reserve.key, phase=end.phase)


def _write(plans: list[tuple[Movement, list[EntryRow]]], at: datetime) -> dict[str, int]:
    """Write movements and their entries. Another connection may have written the same key since we
    looked: its row is then visible to a second look, which finds the same or other content."""
    try:
        with transaction.atomic():  # a savepoint: a refusal must leave a usable transaction
            return _write_once(plans, at)
    except DatabaseError as error:
        constraint = _constraint(error)
        if constraint == "account_not_overdrawn":
            raise _overdrawn(plans) from error
        refusal = _refusal(error, constraint)
        if refusal is not None:
            raise refusal from error
        if constraint not in MADE_TWICE:
            raise
    fresh, known = _split([movement for movement, _ in plans])
    wanted = {movement.key for movement in fresh}
    _refuse_completed(standing.by_id([m.of for m in fresh if m.of]))
    return known | _write([plan for plan in plans if plan[0].key in wanted], at)


# Somebody else wrote the same key, or completed the same reserve, since we looked.
MADE_TWICE = ("settlements_transfer_key_key", "transfer_completed_once")


def _constraint(error: DatabaseError) -> str:
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) or ""


def _refusal(error: DatabaseError, constraint: str) -> Refusal | None:
    """PostgreSQL's no in our words."""
    if isinstance(error.__cause__, NumericValueOutOfRange):
        return errors.OutOfRange()
    if constraint == "movement_permitted":
        return errors.NotPermitted(why=str(error).partition("\n")[0])
    known = {
        "account_closed": errors.AccountClosed,
        "wages_first": errors.WagesFirst,
        "entry_currency": errors.OtherCurrency,
    }
    return known[constraint]() if constraint in known else None


def _write_once(plans: list[tuple[Movement, list[EntryRow]]], at: datetime) -> dict[str, int]:
    if not plans:
        return {}
    plan_anew(len(plans))
    ids = take_ids(Transfer, len(plans))
    copy_rows(
        Transfer,
        (
            "id",
            "key",
            "digest",
            "kind",
            "phase",
            "of_id",
            "amount_minor",
            "currency",
            "expires_at",
            "at",
        ),
        (
            (
                i,
                m.key,
                m.digest,
                m.kind,
                m.phase,
                m.of,
                m.amount_minor,
                m.currency,
                m.expires_at,
                at,
            )
            for i, (m, _) in zip(ids, plans, strict=True)
        ),
    )
    copy_rows(
        Entry,
        ("transfer_id", "account_id", "layer", "side", "amount_minor", "currency"),
        (
            (i, *row, movement.currency)
            for i, (movement, rows) in zip(ids, plans, strict=True)
            for row in rows
        ),
    )
    return {m.key: i for i, (m, _) in zip(ids, plans, strict=True)}


@step
def plan_anew(count: int) -> None:
    """Before `count` movements in one statement: a session plans its triggers' queries once, often
    for a single row in young tables; with a thousand rows such a plan joins each with each."""
    if count >= PLAN_ANEW_FROM:
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")


def _overdrawn(plans: list[tuple[Movement, list[EntryRow]]]) -> errors.Overdrawn:
    """Which account is short, and by how much."""
    wanted: dict[int, int] = {}
    for _, rows in plans:
        for account_id, _, side, amount in rows:
            if side == "D":
                wanted[account_id] = wanted.get(account_id, 0) - amount
    for account in Account.objects.filter(pk__in=wanted, guarded=True).order_by("pk"):
        missing = wanted[account.pk] - account.free
        if missing > 0:
            return errors.Overdrawn(
                account=account.kind, missing=str(Money(missing, account.currency))
            )
    return errors.Overdrawn(account="?", missing="?")


def _reserves(keys: list[str]) -> list[tuple[Standing, tuple[Leg, ...]]]:
    # No lock: of two completions of one reserve the second breaks `transfer_completed_once`.
    rows = {k: t for k, t in standing.by_key(keys).items() if t.phase == "reserve"}
    for key in keys:
        if key not in rows:
            raise errors.NoSuchReserve(key=key)
    legs = standing.legs([t.id for t in rows.values()], layer="pending")
    return [(rows[key], legs[rows[key].id]) for key in keys]


def _partial(reserve: Standing, legs: tuple[Leg, ...], amount: int | None) -> tuple[Leg, ...]:
    if amount is None or amount == reserve.amount_minor:
        return legs
    if amount > reserve.amount_minor:
        raise errors.ExceedsReserve(
            key=reserve.key,
            amount=str(Money(amount, reserve.currency)),
            reserved=str(Money(reserve.amount_minor, reserve.currency)),
        )
    if len(legs) != 1:
        raise ValueError(f"{reserve.key}: only a reserve of one leg can be posted in part")
    return (Leg(legs[0].source, legs[0].target, amount),)
