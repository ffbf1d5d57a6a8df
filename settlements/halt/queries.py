"""Whether payouts may leave now."""

from __future__ import annotations

from django.db import connection

from settlements.halt.models import ONLY, PayoutSwitch


def stopped() -> bool:
    """True from the stop until two people started payouts again."""
    return PayoutSwitch.objects.filter(pk=ONLY).exclude(state="running").exists()


def this_database() -> str:
    """Cluster, timeline and database: a restore or a failover changes at least one of them."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT concat_ws(':', s.system_identifier, c.timeline_id, d.oid)
               FROM pg_control_system() s, pg_control_checkpoint() c, pg_database d
               WHERE d.datname = current_database()"""
        )
        return str(cursor.fetchone()[0])
