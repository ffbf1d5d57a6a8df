"""Who owns the transaction: a command opens one, a step needs one, and rows are locked by name.

Lock order, everywhere: parent before child, then ascending id:
organisation → project → crew → worker → day record / task sheet → statement → line → dispute
→ payout → ledger account. Accounts come last because the ledger locks them itself.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError, connection, models, transaction
from django.db.models import Q
from psycopg import Cursor

from jianzhu.kernel.errors import Differs, NotFound

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound=models.Model)
T = TypeVar("T")

# 1,000 rows a statement: larger batches bring nothing more and hold locks longer (measured).
CHUNK = 1_000
# Deadlock or serialization failure: the loser's transaction left nothing behind and runs again.
RETRY_STATES = {"40P01", "40001"}
RETRIES_MAX = 5

_command_open: ContextVar[str | None] = ContextVar("command_open", default=None)


# Open while a caller's own rows commit together with those of the commands inside.
_frame_open: ContextVar[bool] = ContextVar("frame_open", default=False)


class NoCommandOpen(AssertionError):
    """A step was called outside a command: if you see this, call the command instead."""


class NestedCommand(AssertionError):
    """A command was called inside another: if you see this, call the room's step instead."""


def command(function: Callable[P, R]) -> Callable[P, R]:
    """One use case in one durable transaction; keyword arguments only.

    A deadlock or a serialization failure runs the whole command again, at most five times.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if args:
            raise TypeError(f"{function.__name__} takes keyword arguments only")
        if _command_open.get():
            raise NestedCommand(f"{function.__name__} inside {_command_open.get()}")
        token = _command_open.set(function.__name__)
        try:
            return _run_with_retry(lambda: function(*args, **kwargs))
        finally:
            _command_open.reset(token)

    return run


def _run_with_retry(work: Callable[[], R]) -> R:
    for attempt in range(1, RETRIES_MAX + 1):
        try:
            with transaction.atomic(durable=not _frame_open.get()):
                return work()
        except OperationalError as error:
            state = getattr(error.__cause__, "sqlstate", None)
            if state not in RETRY_STATES or attempt == RETRIES_MAX:
                raise
            time.sleep(0.01 * 2**attempt)
    raise AssertionError("unreachable")


@contextmanager
def one_commit() -> Iterator[None]:
    """What the block writes and what its commands write is committed together, at its end.

    Each command in it still stands or falls by itself: its refusal takes back its own rows alone.
    """
    with transaction.atomic(durable=True):
        token = _frame_open.set(True)
        try:
            yield
        finally:
            _frame_open.reset(token)


def step(function: Callable[P, R]) -> Callable[P, R]:
    """Part of a use case: needs a command's transaction, opens none."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _command_open.get() is None:
            raise NoCommandOpen(f"{function.__name__} needs an open command")
        return function(*args, **kwargs)

    return run


def lock(model: type[M], pk: int, *where: Q) -> M:
    """The row, locked FOR NO KEY UPDATE; absent and not-yours (`where`) refuse alike."""
    rows = model._default_manager.select_for_update(no_key=True).filter(*where, pk=pk)
    row = rows.first()
    if row is None:
        raise NotFound(noun=model._meta.model_name)
    return row


def lock_many(model: type[M], pks: Iterable[int], *where: Q) -> list[M]:
    """The rows of these ids in ascending id, locked in that order in one query."""
    rows = model._default_manager.select_for_update(no_key=True).filter(*where)
    return list(rows.filter(pk__among=list(pks)).order_by("pk"))


@models.Field.register_lookup
class Among(models.Lookup):
    """`pk__among=ids`: one array instead of the thousand parameters of `pk__in`, each of which
    Django, psycopg and PostgreSQL would look at."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, self.rhs)


def keep(
    model: type[M],
    key: Mapping[str, Any],
    values: Mapping[str, Any] | None = None,
    first: Mapping[str, Any] | None = None,
) -> tuple[M, bool]:
    """The row with this key, made where missing (with `first` too), and whether it is new.

    Saying the same again is saying it once; Differs when the row has other `values` than these.
    """
    values = values or {}
    row, new = model._default_manager.get_or_create(**key, defaults={**values, **(first or {})})
    if not new:
        same(row, values)
    return row, new


def same(row: models.Model, values: Mapping[str, Any]) -> None:
    """Raise Differs when the row has other values than these."""
    for name, value in values.items():
        old = getattr(row, name)
        if old != value:
            raise Differs(column=name, old=old, new=value)


def take_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` new ids from the model's sequence in one query, so that children can name parents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(
    model: type[models.Model], columns: Iterable[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Write rows with COPY: the fastest way in, through the same constraints and triggers."""
    names = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN') as copy,
    ):
        for row in rows:
            copy.write_row(row)


def insert_row(row: models.Model) -> None:
    """Write a new row by a statement that is made once a model; the row gets an id if it has none.

    For what comes in by the thousand a second, each in a transaction of its own: the ORM takes longer
    to make its statement than PostgreSQL to obey it. Every column is named, none has a `db_default`.
    """
    statement, fields = _insert_of(type(row), row.pk is not None)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, connection.alias


@functools.cache
def _insert_of(
    model: type[models.Model], with_id: bool
) -> tuple[str, list[models.Field[Any, Any]]]:
    fields = [field for field in model._meta.concrete_fields if with_id or not field.primary_key]
    names = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = model._meta.db_table
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks}) RETURNING "id"', fields


def update_rows(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Write `columns` of many rows in one statement; each tuple is the id, then their values.

    JSON is given as text. Unlike `bulk_update` the statement's length does not grow with the rows.
    """
    if not rows:
        return
    fields = {field.column: field for field in model._meta.concrete_fields}
    names = ", ".join(f'"{name}"' for name in ("id", *columns))
    arrays = ", ".join(f"%s::{_array_of(fields[name])}" for name in ("id", *columns))
    values = ", ".join(f'"{name}" = n."{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" t SET {values} '
            f"FROM unnest({arrays}) AS n({names}) WHERE t.id = n.id",
            [list(column) for column in zip(*rows, strict=True)],
        )


def _array_of(field: models.Field[Any, Any]) -> str:
    """The type of an array of the column's values; a cast to varchar(n) would cut in silence."""
    kind = str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection))
    if isinstance(field, models.AutoField):
        kind = "bigint"
    return f"{'text' if kind.startswith('varchar') else kind}[]"


def prepared(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement that the server parses and plans once a connection, not at each call."""
    connection.ensure_connection()
    # Django's own cursor writes the values into the text, which can't be prepared.
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(statement, values, prepare=True).fetchall()


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def advisory_lock(key: str) -> None:
    """Hold a transaction-long lock on a name, where there is no row yet that could be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])


def advisory_locks(keys: Iterable[str]) -> None:
    """Hold transaction-long locks on these names, taken in their order, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(hashtextextended(key, 0)))"
            " FROM (SELECT key FROM unnest(%s::text[]) key ORDER BY key) named",
            [sorted(set(keys))],
        )
