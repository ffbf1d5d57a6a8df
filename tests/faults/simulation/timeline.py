"""A virtual clock for the product and for PostgreSQL alike.

The product's SQL asks PostgreSQL what time it is, by functions without a schema. In a simulated
transaction a schema of ours stands before pg_catalog, and its functions say the virtual time: so leases
and due times go by the database's clock, and that clock does what the seed wants.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

_FUNCTIONS = ("clock_timestamp", "statement_timestamp", "transaction_timestamp", "now")


class Timeline:
    """`database` is PostgreSQL's clock, `machine` that of the process: they may differ by `skew`."""

    def __init__(self, start: datetime) -> None:
        self.database, self.skew = start, timedelta()
        with connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA virtual")
            for name in _FUNCTIONS:
                cursor.execute(
                    f"CREATE FUNCTION virtual.{name}() RETURNS timestamptz LANGUAGE sql STABLE AS "
                    "$$ SELECT current_setting('virtual.clock')::timestamptz $$"
                )
            for column in ("created_at", "due_at"):
                cursor.execute(
                    f"ALTER TABLE jianzhu_outboxmessage ALTER {column} "
                    "SET DEFAULT virtual.clock_timestamp()"
                )
            cursor.execute("SET LOCAL search_path = virtual, pg_catalog, public")
        self._tell()

    def machine(self) -> datetime:
        """What the process believes; stands in for `clock.now`."""
        return self.database + self.skew

    def pass_(self, by: timedelta) -> None:
        """Time goes by for everybody."""
        self.to(self.database + by)

    def to(self, moment: datetime) -> None:
        """Back to a moment, too: after a savepoint was rolled back."""
        self.database = moment
        self._tell()

    def _tell(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('virtual.clock', %s, false)", [str(self.database)])
