"""Whether payouts may leave now, and what stands against starting them again."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from settlements.halt.models import ONLY, PayoutSwitch

# Cluster, timeline and database: a restore or a failover changes at least one of them.
HERE = """(SELECT concat_ws(':', s.system_identifier, c.timeline_id, d.oid)
            FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d
            WHERE d.datname = current_database())"""


# Of the switch's row: that nothing may leave now.
STANDING = f"state <> 'running' OR database NOT IN ('', {HERE})"


def stopped() -> bool:
    """True from the stop until two people started payouts again, and in a database that is another
    than the one in which payouts ran: nothing waits there for somebody to notice."""
    return _asked(STANDING)


def unread() -> bool:
    """True after a restore or a failover until the bank was read and two people started again: what
    the bank has paid meanwhile is not in these books."""
    return _asked(f"restored OR database NOT IN ('', {HERE})")


def _asked(condition: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM settlements_payoutswitch WHERE {condition})")
        return bool(cursor.fetchone()[0])


def asked_after_stop() -> datetime | None:
    """When payouts were stopped last, if somebody has asked to start them since."""
    row = PayoutSwitch.objects.filter(pk=ONLY).exclude(state="stopped").first()
    return row.stopped_at if row else None


def switch() -> PayoutSwitch:
    """The one switch; running where nobody ever touched it."""
    return PayoutSwitch.objects.filter(pk=ONLY).first() or PayoutSwitch(pk=ONLY)


def this_database() -> str:
    """The name of this database, as the switch remembers it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {HERE}")
        return str(cursor.fetchone()[0])


def not_read_back(since: datetime) -> tuple[list[int], list[int]]:
    """After a restore: wage accounts whose statement was not read since, and breaks of payments that
    the bank made and the books lack. By their tables: both rooms stand above this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT a.id FROM settlements_wageaccount a
               LEFT JOIN settlements_railcursor c ON c.wage_account_id = a.id
               WHERE EXISTS (SELECT FROM settlements_payout p WHERE p.project_id = a.project_id)
                 AND (c.read_at IS NULL OR c.read_at < %s) ORDER BY a.id""",
            [since],
        )
        accounts = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            """SELECT id FROM settlements_break
               WHERE state <> 'closed' AND kind IN ('only_at_bank', 'duplicate_at_bank')
               ORDER BY id"""
        )
        return accounts, [row[0] for row in cursor.fetchall()]
