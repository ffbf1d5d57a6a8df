"""Money that can't be lost, doubled or sent to the wrong person."""

from datetime import timedelta

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel import clock
from jianzhu.kernel.db import command
from jianzhu.outbox.models import OutboxMessage
from settlements.funding import commands as funding
from settlements.funding.models import WageAccount
from settlements.payouts import reconciliation
from settlements.payouts.models import BankEntry, BankStatement, Payout
from tests.site import DAY, at
from workers_app.people import steps as people
from workers_app.people.models import PayeeAccount, Worker


@command
def change_payee(*, worker, account, checker):
    payee = people.propose_payee(
        worker=Worker.objects.get(pk=worker.pk),
        bank_code="105",
        bank_name="临澜银行",
        account=account,
        actor=SYSTEM,
        at=clock.now() - timedelta(days=4),
    )
    people.verify_payee(payee, actor=checker, at=clock.now() - timedelta(days=4))


def earn(site, worker=None):
    site.work(worker or site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    return Payout.objects.get(worker=worker or site.li_wei)


def make_due():
    """Let every clock run out that was set for later."""
    OutboxMessage.objects.filter(done_at=None).update(due_at=clock.now() - timedelta(seconds=1))


def test_a_lost_answer_is_asked_about_and_never_paid_again(site, bank):
    bank.silent = True
    payout = earn(site)
    assert payout.state == "unknown"

    make_due()
    site.run()

    payout.refresh_from_db()
    assert payout.state == "paid"
    assert bank.calls == 1


def test_an_unknown_payout_cannot_be_tried_anew(site, bank):
    bank.silent = True
    payout = earn(site)

    from settlements.payouts import commands

    assert commands.retry(payout_ids=[payout.pk], actor=SYSTEM, at=clock.now()) == []


def test_a_refused_account_waits_for_another_and_the_wage_follows_it(site, bank):
    change_payee(worker=site.li_wei, account="99990000000000000101", checker=site.contractor)
    payout = earn(site)
    assert (payout.state, payout.code) == ("failed", "account_closed")
    assert PayeeAccount.objects.filter(worker=site.li_wei, state="suspended").count() == 1

    change_payee(worker=site.li_wei, account="99990000000000007777", checker=site.contractor)
    make_due()
    site.run()
    make_due()
    site.run()

    payout.refresh_from_db()
    assert (payout.state, payout.attempt) == ("paid", 2)


def test_money_that_comes_back_is_owed_again(site, bank):
    change_payee(worker=site.li_wei, account="99990000000000000401", checker=site.contractor)
    payout = earn(site)
    assert payout.state == "paid"
    account = WageAccount.objects.get(project=site.project)
    reconciliation.reconcile(account, bank, at=clock.now())

    bank.books.pass_days(3)
    classes = reconciliation.reconcile(account, bank, at=clock.now())

    payout.refresh_from_db()
    assert classes == {"returned_later": 1}
    assert (payout.state, payout.code) == ("returned", "account_closed")


def test_reading_the_statement_twice_changes_nothing(site, bank):
    earn(site)
    account = WageAccount.objects.get(project=site.project)
    first = reconciliation.reconcile(account, bank, at=clock.now())

    assert first == {"deposit": 1, "matched": 1}
    assert reconciliation.reconcile(account, bank, at=clock.now()) == {}
    assert BankEntry.objects.count() == 2


def test_a_statement_that_does_not_foot_is_not_taken(site, bank, monkeypatch):
    earn(site)
    account = WageAccount.objects.get(project=site.project)
    original = bank.statement

    def short(*args):
        page = original(*args)
        return type(page)(page.cursor, page.opening_minor, page.closing_minor + 1, page.entries)

    monkeypatch.setattr(bank, "statement", short)

    assert reconciliation.reconcile(account, bank, at=clock.now()) == {}
    assert BankEntry.objects.count() == 0
    parked = BankStatement.objects.get()
    assert (parked.state, parked.gap_minor, parked.reasons) == ("parked", 1, ["does_not_foot"])


def test_a_frozen_wage_account_pays_nothing_until_it_is_free(site, bank):
    account = WageAccount.objects.get(project=site.project)
    funding.freeze(wage_account_id=account.pk, reason="drill", actor=site.operator, at=at(DAY, 9))
    payout = earn(site)
    assert (payout.state, payout.code) == ("held", "wage_account_frozen")

    funding.unfreeze(wage_account_id=account.pk, reason="over", actor=site.operator, at=at(DAY, 10))
    site.run()

    payout.refresh_from_db()
    assert payout.state == "paid"


def test_a_changed_account_waits_before_its_first_payment(site, bank):
    @command
    def change_now():
        payee = people.propose_payee(
            worker=Worker.objects.get(pk=site.li_wei.pk),
            bank_code="105",
            bank_name="临澜银行",
            account="99990000000000007777",
            actor=SYSTEM,
            at=clock.now(),
        )
        people.verify_payee(payee, actor=site.contractor, at=clock.now())

    change_now()
    payout = earn(site)

    assert (payout.state, payout.code) == ("held", "payee_hold")
    assert bank.calls == 0
