"""Every balance derived from the audit log's own words on entries, not from the entries."""

from __future__ import annotations

from django.db import connection

from jianzhu.audit.journal import ACTOR, LINES, journaled

_BALANCES = """
    WITH leg AS (
        SELECT split_part(line, ' ', {account_id})::bigint AS account_id,
            split_part(line, ' ', {layer}) AS layer, split_part(line, ' ', {side}) AS side,
            split_part(line, ' ', {amount_minor})::bigint AS amount
        FROM jianzhu_auditevent e, {lines} AS line
        WHERE e.actor = '{actor}' AND e.verb IN ('row.insert', 'row.adopt')
          AND e.data->>'of' = 'settlements_entry'),
    told AS (
        SELECT account_id,
            coalesce(sum(-amount) FILTER (WHERE layer = 'posted' AND side = 'D'), 0) AS dp,
            coalesce(sum(amount) FILTER (WHERE layer = 'posted' AND side = 'C'), 0) AS cp,
            coalesce(sum(-amount) FILTER (WHERE layer = 'pending' AND side = 'D'), 0) AS dr,
            coalesce(sum(amount) FILTER (WHERE layer = 'pending' AND side = 'C'), 0) AS cr
        FROM leg GROUP BY 1)
    SELECT a.id, coalesce(t.cp, 0) - coalesce(t.dp, 0), a.credits_posted - a.debits_posted,
        coalesce(t.cr, 0) - coalesce(t.dr, 0), a.credits_pending - a.debits_pending
    FROM settlements_account a LEFT JOIN told t ON t.account_id = a.id
    WHERE (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
        <> (coalesce(t.dp, 0), coalesce(t.cp, 0), coalesce(t.dr, 0), coalesce(t.cr, 0))
    ORDER BY a.id
"""


def balances() -> list[str]:
    """Accounts whose counters are not what the logged entries come to, in minor units."""
    facts = next(t for t in journaled() if t.table == "settlements_entry").facts
    # In a line of the log the facts stand after id and digest.
    places = {name: place + 3 for place, name in enumerate(facts)}
    with connection.cursor() as cursor:
        cursor.execute(_BALANCES.format(actor=ACTOR, lines=LINES, **places))
        return [
            f"settlements_account {ident}: the log comes to {told} posted and {pending_told} pending, "
            f"the table says {found} and {pending}"
            for ident, told, found, pending_told, pending in cursor.fetchall()
        ]
