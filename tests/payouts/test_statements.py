"""Statements that are brought: each entry once and none lost; what can't be believed is parked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jianzhu.access.actor import Actor, Grant
from jianzhu.kernel import clock
from jianzhu.kernel.errors import SameHand
from jianzhu.notices.models import Notice
from jianzhu.outbox.models import OutboxMessage
from settlements.books import queries as books
from settlements.funding import commands as funding
from settlements.funding.models import WageAccount
from settlements.ledger import queries as ledger
from settlements.ledger.models import Transfer
from settlements.payouts import batches, breaks, reconciliation, subscribers
from settlements.payouts.models import (
    BankEntry,
    BankStatement,
    Break,
    Payout,
    PayoutBatch,
    RailCursor,
)
from settlements.payouts.rails.files import FileRail
from settlements.payouts.rules import BREAK_CLOCK
from tests.api.test_payment_files import statement_file
from tests.site import DAY
from tests.stories.test_payouts import earn, make_due

SECOND = Actor(kind="user", user_id=999_999, grants=(Grant("operator", 1, None),))
NOTIFICATION = """<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.054.001.08'><BkToCstmrDbtCdtNtfctn>
<Ntfctn><Id>N-1</Id><Acct><Id><Othr><Id>9999T-1</Id></Othr></Id><Ccy>CNY</Ccy></Acct><Ntry>
<Amt Ccy='CNY'>400.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-11-30</Dt></BookgDt>
<AcctSvcrRef>R-77</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs>
<Amt Ccy='CNY'>400.00</Amt></TxDtls></NtryDtls></Ntry></Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"""


@pytest.fixture
def account(site):
    return WageAccount.objects.get(project=site.project)


def bring(account, body, actor):
    return batches.bring_statements(
        wage_account_id=account.pk, body=body, actor=actor, at=clock.now()
    )


def test_a_notification_proves_a_payment_and_moves_no_balance(site, bank, account):
    bank.silent = True
    payout = earn(site)

    (ident,) = bring(account, NOTIFICATION.format(key=payout.key).encode(), site.operator)

    payout.refresh_from_db()
    row = BankStatement.objects.get(pk=ident)
    assert (row.state, row.opening_minor, row.reasons) == ("taken", None, [])
    assert (payout.state, payout.reference) == ("paid", "R-77")
    assert RailCursor.objects.get(wage_account=account).read_at is None


def test_the_same_file_twice_is_one_statement(site, account):
    body = statement_file("9999T-1", "0.00", ["5.00", "5.00"], "10.00")

    first, second = bring(account, body, site.operator), bring(account, body, site.operator)

    assert first == second
    assert BankEntry.objects.count() == 2


def test_the_next_has_to_begin_where_the_last_ended(site, account):
    bring(account, statement_file("9999T-1", "0.00", ["5.00"], "5.00"), site.operator)

    (late,) = bring(account, statement_file("9999T-1", "7.00", [], "7.00"), site.operator)

    row = BankStatement.objects.get(pk=late)
    assert (row.state, row.reasons, row.gap_minor) == ("parked", ["does_not_chain"], 200)


def test_what_could_not_be_read_is_never_taken(site, account):
    bring(account, statement_file("9999T-1", "0.00", ["5.00"], "5.00"), site.operator)
    (ident,) = bring(account, statement_file("9999T-1", "5.00", ["0.005"], "5.005"), site.operator)

    with pytest.raises(reconciliation.NothingToTake):
        reconciliation.take_parked(
            statement_id=ident, reason="so", actor=site.operator, at=clock.now()
        )

    assert RailCursor.objects.get(wage_account=account).balance_minor == 500


def test_a_statement_in_another_currency_is_of_something_else(site, account):
    body = statement_file("9999T-1", "0.00", ["5.00"], "5.00").replace(b"CNY", b"USD")

    (ident,) = bring(account, body, site.operator)

    assert BankStatement.objects.get(pk=ident).reasons == ["other_currency"]
    assert BankEntry.objects.count() == 0


def an_hour_later(site, monkeypatch):
    """Every clock ran out, and so much time has passed."""
    make_due()
    then = clock.now() + timedelta(hours=1)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: then)
        site.run()


def test_the_statement_is_asked_for_every_hour_by_a_row_of_its_own(
    site,
    bank,
    account,
    monkeypatch,
):
    earn(site)
    armed = OutboxMessage.objects.get(topic="wage_account.statement_due", done_at=None)
    an_hour_later(site, monkeypatch)

    assert timedelta(minutes=29) < armed.due_at - clock.now() <= timedelta(minutes=90)
    assert BankEntry.objects.filter(matched_as="matched").count() == 1
    assert OutboxMessage.objects.filter(topic="wage_account.statement_due").count() == 2


def test_a_bank_without_its_statement_is_asked_again(site, bank, account, monkeypatch):
    earn(site)

    def broken(*_):
        raise ConnectionError("dark")

    real, bank.statement = bank.statement, broken
    an_hour_later(site, monkeypatch)
    bank.statement = real

    assert OutboxMessage.objects.filter(topic="wage_account.statement_due", done_at=None).exists()
    assert BankEntry.objects.count() == 0


def stranger(site, account, amount="-3.00"):
    """Money that left without any payment of ours."""
    closing = f"{10 + float(amount):.2f}"
    bring(account, statement_file("9999T-1", "10.00", [amount], closing), site.operator)
    return Break.objects.get()


def close(row, actor):
    return breaks.close(break_id=row.pk, actor=actor, at=clock.now())


def test_a_difference_is_closed_by_two_people_a_posting_and_evidence(site, account):
    row = stranger(site, account)
    with pytest.raises(breaks.NotExplained):
        close(row, SECOND)
    breaks.take(break_id=row.pk, actor=site.operator, at=clock.now())
    with pytest.raises(breaks.NoEvidence):
        breaks.explain(break_id=row.pk, evidence=" ", actor=site.operator, at=clock.now())
    breaks.explain(break_id=row.pk, evidence="letter 3", actor=site.operator, at=clock.now())
    with pytest.raises(SameHand):
        close(row, site.operator)

    row = close(row, SECOND)

    posting = Transfer.objects.get(pk=row.transfer_id)
    assert (row.state, row.evidence, posting.amount_minor) == ("closed", "letter 3", 300)
    assert ledger.balance("suspense", site.project.pk).posted == -300
    assert [f for t in books.truths() for f in t.faults] == []


def test_who_is_not_convinced_sends_it_back(site, account):
    row = stranger(site, account)
    breaks.explain(break_id=row.pk, evidence="a guess", actor=site.operator, at=clock.now())

    breaks.reject(break_id=row.pk, actor=SECOND, at=clock.now())

    row.refresh_from_db()
    assert (row.state, row.evidence, row.transfer_id) == ("open", "", None)
    assert ledger.balance("suspense", site.project.pk).posted == 0
    close_by(row, site)


def close_by(row, site):
    breaks.explain(break_id=row.pk, evidence="letter", actor=site.operator, at=clock.now())
    close(row, SECOND)


def test_a_difference_that_nobody_closes_alarms_every_day(site, account):
    row = stranger(site, account)
    due = row.act_by

    early = breaks.escalate(break_ids=[row.pk], at=due - timedelta(seconds=1))
    first = breaks.escalate(break_ids=[row.pk], at=due)
    again = breaks.escalate(break_ids=[row.pk], at=due)
    later = breaks.escalate(break_ids=[row.pk], at=due + BREAK_CLOCK)

    assert (early, first, again, later) == (0, 1, 0, 1)
    assert Notice.objects.filter(code="break_overdue", role="operator").count() == 2
    assert OutboxMessage.objects.filter(topic="break.act_due").count() >= 2
    close_by(row, site)


def test_a_payout_that_never_stood_on_a_statement_is_owed_again_by_two(site, bank, account):
    """The bank said paid, and its statements never show it: proof that nothing was paid."""
    payout = earn(site)
    real, bank.statement = bank.statement, lambda *_: empty(bank)
    reconciliation.reconcile(account, bank, at=clock.now())
    reconciliation.reconcile(account, bank, at=clock.now() + timedelta(days=4))
    row = Break.objects.get(kind="only_in_ledger")

    breaks.explain(break_id=row.pk, evidence="letter 8", actor=site.operator, at=clock.now())
    row = close(row, SECOND)

    payout.refresh_from_db()
    assert Transfer.objects.get(pk=row.transfer_id).key == f"{payout.key}:returned"
    assert (payout.state, payout.code) == ("returned", "never_at_bank")
    bank.statement = real


def empty(bank):
    from settlements.payouts.rails.protocol import StatementPage

    return StatementPage(str(clock.now()), 0, 0, ())


def test_a_deposit_that_is_recorded_later_closes_its_difference_by_its_own_posting(site, account):
    from jianzhu.kernel.money import Money

    bring(account, statement_file("9999T-1", "0.00", ["5.00"], "5.00"), site.operator)
    row = Break.objects.get()
    entry = row.entry

    funding.record_deposit(
        project_id=site.project.pk,
        payer_id=site.owner.grants[0].organisation_id,
        reference=entry.reference,
        amount=Money(500, "CNY"),
        actor=site.owner,
        at=clock.now(),
    )
    bring(account, statement_file("9999T-1", "5.00", [], "5.00"), site.operator)

    row.refresh_from_db()
    assert (row.detail, row.state, row.closed_by) == ("deposit", "closed", "system")
    assert Transfer.objects.get(pk=row.transfer_id).kind == "deposit"
    assert Payout.objects.count() == 0


BOOKED = """<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.053.001.08'><BkToCstmrStmt><Stmt>
<Id>S-9</Id><Acct><Id><Othr><Id>9999T-1</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy='CNY'>{opening}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd></Bal><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>
<Amt Ccy='CNY'>0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>{entries}</Stmt></BkToCstmrStmt></Document>"""
DEBIT = """<Ntry><Amt Ccy='CNY'>{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-11-30</Dt>
</BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"""


def booked(key, *references):
    """A camt.053 with a payment of 400.00 under each reference."""
    of = f"<TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs></TxDtls>"
    entries = "".join(DEBIT.format(amount="400.00", reference=r, details=of) for r in references)
    opening = f"{400 * len(references)}.00"
    return BOOKED.format(opening=opening, entries=entries).encode()


@pytest.mark.parametrize("first", ["notified", "booked"])
def test_a_payment_notified_and_booked_under_two_references_is_one(site, bank, account, first):
    bank.silent = True
    payout = earn(site)
    files = [NOTIFICATION.format(key=payout.key).encode(), booked(payout.key, "S-77")]

    for body in files if first == "notified" else files[::-1]:
        bring(account, body, site.operator)

    assert [e.matched_as for e in BankEntry.objects.order_by("pk")] == ["matched", "told_before"]
    assert Break.objects.count() == 0
    assert [f for truth in books.truths() for f in truth.faults] == []


def test_what_is_booked_twice_is_a_double_also_after_one_notification(site, bank, account):
    """The control of the former: a second booking is never taken for a repetition."""
    bank.silent = True
    payout = earn(site)
    bring(account, NOTIFICATION.format(key=payout.key).encode(), site.operator)

    bring(account, booked(payout.key, "S-77", "S-78"), site.operator)

    assert Break.objects.get().kind == "duplicate_at_bank"


def test_one_sum_on_the_statement_settles_every_line_of_a_file(site, account, monkeypatch):
    """The bank books the whole file under its name; what it refused of it is not in the sum."""
    monkeypatch.setattr(subscribers, "rail_named", lambda name: FileRail("minimal-1"))
    for worker in site.workers[:2]:
        site.work(worker, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    batch = PayoutBatch.objects.get()
    batches.make(batch_id=batch.pk, actor=site.operator, at=clock.now())
    batches.release(batch_id=batch.pk, actor=site.contractor, at=clock.now())
    sum_ = f"<Btch><PmtInfId>{batch.name}</PmtInfId></Btch>"
    entries = DEBIT.format(amount="800.00", reference="S-80", details=sum_)

    bring(account, BOOKED.format(opening="800.00", entries=entries).encode(), site.operator)

    assert set(Payout.objects.values_list("state", flat=True)) == {"paid"}
    assert [e.matched_as for e in BankEntry.objects.all()] == ["matched", "matched"]
    assert Break.objects.count() == 0
