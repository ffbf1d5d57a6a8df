"""The common case in one statement: a payout that nothing holds is sent, and one that was paid is booked.

Each writes what the steps write (states, transfers, entries, events, messages) without a trip to the
database in between, for one payout as for a thousand. What is not plain (a hold, a second attempt, a
payment that the bank made before a restore, a reserve with a time limit, an account that falls short)
is left as it was: the steps look at it and say why. The triggers are the same for both, so nothing gets
past them here either; a test holds both ways to the same rows. It reads and writes tables of rooms
below by their names, because a statement that asks its neighbours one by one is what it replaces.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from jianzhu.access.actor import SYSTEM
from jianzhu.audit.events import request_id
from jianzhu.kernel.db import prepared, step
from jianzhu.outbox.registry import listeners_of
from settlements.funding.models import PAYING
from settlements.halt.queries import STANDING
from settlements.ledger import steps as ledger
from settlements.payouts.models.payout import payout_machine
from settlements.payouts.rails.protocol import Outcome

# A statement for one payout beside that for many: of an array of any length PostgreSQL keeps no plan.
_OF_MANY, _OF_ONE = "id = ANY(%(ids)s::bigint[])", "id = %(one)s"
_SAID_OF_MANY = "unnest(%(ids)s::bigint[], %(references)s::text[], %(ats)s::timestamptz[])"
_SAID_OF_ONE = "(VALUES (%(one)s, %(reference)s::text, %(settled)s::timestamptz))"

# Ids in one message to a listener.
PER_MESSAGE = 500

SENT = payout_machine.target("send", "ready", None)
PAID = payout_machine.target("confirm", SENT, None)

# The text whose SHA-256 makes a transfer's key mean one thing, as `ledger.rules.Movement` has it.
_DIGEST = """sha256(convert_to(format('["payout", "{phase}", [[%%s, %%s, %%s]], "%%s", %%s]',
    source, target, amount_minor, currency, {of}), 'UTF8'))"""

_NEW_ID = "nextval(pg_get_serial_sequence('settlements_transfer', 'id')) AS transfer_id"

# The end of both: an event per payout and a message per listener and chunk; then what was done.
_TELL = f"""
    events AS (
        INSERT INTO jianzhu_auditevent
            (at, actor, verb, subject_type, subject_id, data, request_id)
        SELECT %(at)s, '{SYSTEM}', %(verb)s, 'payout', id, jsonb_build_object('state', %(state)s::text,
            'attempt', attempt, 'code', code, 'reference', reference, 'amount', amount_minor),
            %(request)s
        FROM plain ORDER BY id
    ), messages AS (
        INSERT INTO jianzhu_outboxmessage (topic, listener, payload, attempts, last_error)
        SELECT %(verb)s, listener, jsonb_build_object('payout_ids', ids), 0, ''
        FROM (SELECT jsonb_agg(id ORDER BY id) AS ids
              FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / {PER_MESSAGE} AS part
                    FROM plain) numbered
              GROUP BY part ORDER BY part) parts, unnest(%(listeners)s::text[]) AS listener
    )
    SELECT id FROM plain ORDER BY id
"""

_SEND = f"""
    WITH ready AS MATERIALIZED (
        SELECT id, project_id, worker_id, currency, amount_minor, attempt, code, reference
        FROM settlements_payout WHERE {_OF_MANY} AND state = 'ready'
        ORDER BY id FOR NO KEY UPDATE
    ), known AS (
        SELECT p.*, format('payout:%%s:%%s', p.id, p.attempt) AS key, e.id AS payee,
            w.id AS wage_account, s.id AS source, t.id AS target,
            s.credits_posted - s.debits_posted - s.debits_pending AS free,
            sum(p.amount_minor) OVER (PARTITION BY s.id) AS wanted
        FROM ready p
        JOIN workers_app_payeeaccount e ON e.worker_id = p.worker_id AND e.state = 'verified'
            AND (e.hold_until IS NULL OR e.hold_until <= %(at)s)
        JOIN settlements_wageaccount w ON w.project_id = p.project_id
            AND w.state = ANY(%(paying)s::text[])
        JOIN settlements_account s ON s.project_id = p.project_id AND s.worker_id = p.worker_id
            AND s.kind = 'payable' AND s.currency = p.currency
        JOIN settlements_account t ON t.project_id = p.project_id AND t.worker_id = 0
            AND t.kind = 'bank' AND t.currency = p.currency
    ), plain AS MATERIALIZED (
        SELECT *, {_NEW_ID} FROM known k WHERE free >= wanted
        AND NOT EXISTS (SELECT FROM settlements_payoutswitch WHERE {STANDING})
        AND NOT EXISTS (SELECT FROM settlements_break b
                        WHERE b.wage_account_id = k.wage_account AND b.worker_id = k.worker_id
                        AND b.state = 'closed' AND b.adopted_id IS NULL)
        AND NOT EXISTS (SELECT FROM settlements_accountclosing c
                        WHERE c.account_id IN (k.source, k.target))
        AND NOT EXISTS (SELECT FROM settlements_transfer d WHERE d.key = k.key)
    ), moved AS (
        UPDATE settlements_payout p SET state = %(state)s, payee_id = n.payee, sent_at = %(at)s
        FROM plain n WHERE p.id = n.id
    ), made AS (
        INSERT INTO settlements_transfer
            (id, key, digest, kind, phase, amount_minor, currency, at)
        SELECT transfer_id, key, {_DIGEST.format(phase="reserve", of="'null'")}, 'payout', 'reserve',
            amount_minor, currency, %(at)s
        FROM plain
    ), legs AS (
        INSERT INTO settlements_entry
            (transfer_id, account_id, layer, side, amount_minor, currency)
        SELECT n.transfer_id, leg.account, 'pending', leg.side, leg.amount, n.currency
        FROM plain n CROSS JOIN LATERAL (VALUES
            (1, n.source, 'D', -n.amount_minor),
            (2, n.target, 'C', n.amount_minor)) AS leg(place, account, side, amount)
        ORDER BY n.transfer_id, leg.place
    ), {_TELL}
"""

_CONFIRM = f"""
    WITH sent AS MATERIALIZED (
        SELECT p.id, p.currency, p.amount_minor, p.attempt, o.reference, o.at
        FROM {_SAID_OF_MANY} AS o(id, reference, at)
        JOIN settlements_payout p ON p.id = o.id
        WHERE p.{_OF_MANY} AND p.state IN ('sent', 'unknown') AND p.attempt = 1
        ORDER BY p.id FOR NO KEY UPDATE OF p
    ), plain AS MATERIALIZED (
        SELECT p.*, '' AS code, r.key || ':paid' AS key, r.id AS of_id,
            s.account_id AS source, t.account_id AS target, {_NEW_ID}
        FROM sent p
        JOIN settlements_transfer r ON r.key = format('payout:%%s:%%s', p.id, p.attempt)
            AND r.phase = 'reserve' AND r.expires_at IS NULL AND r.amount_minor = p.amount_minor
        JOIN settlements_entry s ON s.transfer_id = r.id AND s.layer = 'pending' AND s.side = 'D'
        JOIN settlements_entry t ON t.transfer_id = r.id AND t.layer = 'pending' AND t.side = 'C'
        WHERE NOT EXISTS (SELECT FROM settlements_transfer d WHERE d.of_id = r.id)
        AND NOT EXISTS (SELECT FROM settlements_transfer d WHERE d.key = r.key || ':paid')
        AND NOT EXISTS (SELECT FROM settlements_accountclosing c
                        WHERE c.account_id IN (s.account_id, t.account_id))
    ), moved AS (
        UPDATE settlements_payout p SET state = %(state)s, reference = n.reference,
            settled_at = n.at, code = '', reason = '', owner = '', act_by = NULL,
            silent_since = NULL, escalated = 0
        FROM plain n WHERE p.id = n.id
    ), made AS (
        INSERT INTO settlements_transfer
            (id, key, digest, kind, phase, of_id, amount_minor, currency, at)
        SELECT transfer_id, key, {_DIGEST.format(phase="post", of="of_id")}, 'payout', 'post', of_id,
            amount_minor, currency, %(at)s
        FROM plain
    ), legs AS (
        INSERT INTO settlements_entry
            (transfer_id, account_id, layer, side, amount_minor, currency)
        SELECT n.transfer_id, leg.account, leg.layer, leg.side, leg.amount, n.currency
        FROM plain n CROSS JOIN LATERAL (VALUES
            (1, n.source, 'pending', 'D', n.amount_minor),
            (2, n.target, 'pending', 'C', -n.amount_minor),
            (3, n.source, 'posted', 'D', -n.amount_minor),
            (4, n.target, 'posted', 'C', n.amount_minor)) AS leg(place, account, layer, side, amount)
        ORDER BY n.transfer_id, leg.place
    ), {_TELL}
"""


def _for_one(statement: str) -> str:
    return statement.replace(_OF_MANY, _OF_ONE).replace(_SAID_OF_MANY, _SAID_OF_ONE)


_SEND_ONE, _CONFIRM_ONE = _for_one(_SEND), _for_one(_CONFIRM)


@step
def send(payout_ids: Sequence[int], *, at: datetime) -> list[int]:
    """Send those of the ready payouts that nothing holds; returns their ids."""
    values = {**_news("payout.send", SENT, at), "paying": list(PAYING)}
    if len(payout_ids) == 1:
        return _ids(prepared(_SEND_ONE, {**values, "one": payout_ids[0]}))
    ledger.plan_anew(len(payout_ids))
    return _ids(prepared(_SEND, {**values, "ids": payout_ids}))


@step
def confirm(outcomes: Mapping[str, Outcome], *, at: datetime) -> set[str]:
    """Book those of the first attempts that the rail says are paid; returns their keys."""
    paid = {key: one for key, one in outcomes.items() if one.status == "paid" and _is_first(key)}
    values = _news("payout.confirm", PAID, at)
    ids = [int(key.split(":")[1]) for key in paid]
    references = [one.reference for one in paid.values()]
    ats = [one.at or at for one in paid.values()]
    if len(paid) == 1:
        said = {"one": ids[0], "reference": references[0], "settled": ats[0]}
        done = _ids(prepared(_CONFIRM_ONE, {**values, **said}))
    elif paid:
        ledger.plan_anew(len(paid))
        said = {"ids": ids, "references": references, "ats": ats}
        done = _ids(prepared(_CONFIRM, {**values, **said}))
    else:
        done = []
    return {f"payout:{ident}:1" for ident in done}


def _is_first(key: str) -> bool:
    """An attempt after the first is told to its worker when it arrives."""
    return key.endswith(":1")


def _news(verb: str, state: str, at: datetime) -> dict[str, Any]:
    return {
        "verb": verb,
        "state": state,
        "at": at,
        "request": request_id.get(),
        "listeners": list(listeners_of(verb)),
    }


def _ids(rows: Iterable[tuple[Any, ...]]) -> list[int]:
    return [row[0] for row in rows]
