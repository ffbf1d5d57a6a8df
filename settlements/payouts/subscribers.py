"""What payouts do by themselves: send what is made, hand it to the rail, ask what became of it.

The rail is called here, between two commands: the key was stored before, the answer is stored after.
Hearing the same news again calls with the same key and changes nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from jianzhu.access.actor import SYSTEM
from jianzhu.outbox.registry import News, listens_to
from settlements.funding import queries as funding
from settlements.halt import queries as halt
from settlements.payouts import (
    acting,
    breaks,
    commands,
    connected,
    messages,
    queries,
    reconciliation,
    webhooks,
)
from settlements.payouts.rails import rail_named
from settlements.payouts.rails import stripe_client as stripe_rail
from settlements.payouts.rails.protocol import NoStatement
from settlements.payouts.rails.stripe import Unreachable
from settlements.payouts.webhooks import RAIL


@listens_to("payout.make", "payout.retry")
def send(news: list[News], at: datetime) -> None:
    """Reserve and store the instruction of every ready payout."""
    commands.send(payout_ids=_ids(news), at=at)


@listens_to("payout.send", "payout.resend")
def hand_over(news: list[News], at: datetime) -> None:
    """Give the stored instructions to the rail and write down its answers. While payouts are stopped
    nothing is handed over; the same keys go when they are started."""
    if halt.stopped():
        return
    for rail_name, instructions in queries.instructions(_ids(news)).items():
        outcomes = rail_named(rail_name).send_many(instructions)
        commands.record_outcomes(outcomes=outcomes, asked=0, at=at)


@listens_to("payout.ask_due")
def ask(news: list[News], at: datetime) -> None:
    """Read what became of payouts whose outcome is not final; never a new attempt."""
    asked = max(int(one.payload["asked"]) for one in news)
    for rail_name, keys in queries.open_keys(_ids(news)).items():
        outcomes = rail_named(rail_name).read_many(keys)
        commands.record_outcomes(outcomes=outcomes, asked=asked, at=at)


@listens_to("payout.retry_due")
def retry(news: list[News], at: datetime) -> None:
    """A hold is over, or a bank that could not process is tried anew."""
    commands.retry(payout_ids=_ids(news), actor=SYSTEM, at=at)


@listens_to("payout.act_due")
def nobody_acted(news: list[News], at: datetime) -> None:
    """Whoever had to act on a code did not in time: the next in line has to."""
    acting.escalate(payout_ids=_ids(news), at=at)


@listens_to("payout.message")
def message(news: list[News], at: datetime) -> None:
    """A text message to the worker, in the worker's language: not everybody opens a page."""
    for one in news:
        messages.send(payout_ids=one.payload["payout_ids"], code=one.payload["code"])


@listens_to("break.act_due")
def break_overdue(news: list[News], at: datetime) -> None:
    """A difference that nobody closed in time is told to operator and contractor."""
    breaks.escalate(break_ids=sorted({int(one.payload["break_id"]) for one in news}), at=at)


@listens_to("payee_account.verify", "payee_account.reinstate")
def payee_came(news: list[News], at: datetime) -> None:
    """What waited for an account of the worker's own goes out."""
    workers = [int(one.payload["worker_id"]) for one in news]
    commands.retry(payout_ids=queries.waiting_for_payee(workers), actor=SYSTEM, at=at)


@listens_to("wage_account.unfreeze")
def account_unfrozen(news: list[News], at: datetime) -> None:
    """What was stopped goes out."""
    projects = [int(one.payload["project_id"]) for one in news]
    commands.retry(payout_ids=queries.stopped(projects), actor=SYSTEM, at=at)


@listens_to("bank_statement.take")
def statement_taken(news: list[News], at: datetime) -> None:
    """What a statement proves is applied even when whoever read it died in between."""
    for one in news:
        reconciliation.apply(statement_id=int(one.payload["bank_statement_id"]), at=at)


@listens_to("payout.send")
def watch_statement(news: list[News], at: datetime) -> None:
    """From the first payout on, the account's statement is asked for by itself."""
    projects = queries.projects_of(_ids(news))
    accounts = [a.pk for p in projects if (a := funding.account_of(p)) is not None]
    reconciliation.arm_again(account_ids=accounts, at=at)


@listens_to("payout.send")
def watch_events(news: list[News], at: datetime) -> None:
    """From the first payout on, the provider's list of events is asked for by itself: a webhook
    that was lost is never the only word."""
    if RAIL in queries.rails_of(_ids(news)):
        webhooks.arm(at=at)


@listens_to("wage_account.statement_due")
def read_statement(news: list[News], at: datetime) -> None:
    """Read the statements that are due; a bank that can't be asked is asked again."""
    for account_id in sorted({int(one.payload["wage_account_id"]) for one in news}):
        account = funding.account(account_id)
        rail = rail_named(account.rail)
        try:
            reconciliation.reconcile(account, rail, at=at)
        except NoStatement:
            continue
        except ConnectionError:
            reconciliation.arm_again(account_ids=[account_id], at=at)


@listens_to("payout_switch.start")
def started_again(news: list[News], at: datetime) -> None:
    """What was held goes out, and what was stored is handed over, under the keys it has."""
    commands.retry(payout_ids=queries.halted(), actor=SYSTEM, at=at)
    commands.hand_over_again(payout_ids=queries.not_handed_over(), at=at)


@listens_to("rail_event.receive")
def event_came(news: list[News], at: datetime) -> None:
    """Look at what an event is about, as the provider shows it now."""
    for one in news:
        webhooks.apply(
            ids=one.payload["rail_event_ids"],
            tried=int(one.payload["tried"]),
            rail=stripe_rail(),
            at=at,
        )


@listens_to("rail_event.catch_up_due")
def catch_up(news: list[News], at: datetime) -> None:
    """What the provider could not deliver; asked again later while it can't be reached."""
    try:
        webhooks.catch_up(rail=stripe_rail(), at=at)
    except Unreachable:
        webhooks.arm(at=at)


@listens_to("connected_account.change")
def onboarded(news: list[News], at: datetime) -> None:
    """An account that may be paid out to is proposed as the worker's payee; a person checks it."""
    for one in news:
        connected.propose(connected_account_id=int(one.payload["connected_account_id"]), at=at)


def _ids(news: Iterable[News]) -> list[int]:
    return sorted({int(i) for one in news for i in one.payload["payout_ids"]})
