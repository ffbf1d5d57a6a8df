"""A bank that never answers: read as long as it may answer, then two people with evidence, and a posting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from jianzhu.access.actor import Actor, Grant
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound, Refusal, SameHand, WrongState
from jianzhu.outbox.models import OutboxMessage
from settlements.funding.models import WageAccount
from settlements.ledger.models import Transfer
from settlements.payouts import resolving
from settlements.payouts.models import BankEntry, Payout, PayoutResolution
from settlements.payouts.rails.protocol import NoStatement, Outcome
from settlements.payouts.resolving import Shown
from settlements.payouts.rules import ASK_AFTER_SECONDS
from tests.site import Site
from tests.stories.test_payouts import earn, make_due

SECOND = Actor(kind="user", user_id=999_999, grants=(Grant("operator", 1, None),))
LETTER = Shown("letter 2026-118 of the bank", document="ab" * 32)


@pytest.fixture
def dark(site, bank, monkeypatch):
    """A bank that has paid and never says so, neither when asked nor by a statement."""
    monkeypatch.setattr(resolving, "rail_named", lambda name: bank)
    bank.recover = darken(bank)
    return bank


def darken(bank):
    """No answer of the bank arrives any more; returns what makes it answer again."""
    read, said = bank.read_many, bank.statement
    bank.silent = True
    bank.read_many = lambda keys: {k: Outcome("unknown", text="no answer") for k in keys}
    bank.statement = lambda *_: none()

    def recover():
        bank.read_many, bank.statement, bank.silent = read, said, False

    return recover


def none():
    raise NoStatement("dark")


def silent(site, payout):
    """Every read of the ladder was made."""
    for _ in ASK_AFTER_SECONDS:
        make_due()
        site.run()
    payout.refresh_from_db()
    return payout


def propose(payout, actor, says="paid", shown=LETTER):
    return resolving.propose(
        payout_id=payout.pk, says=says, shown=shown, actor=actor, at=clock.now()
    )


def agree(row, actor=SECOND):
    return resolving.agree(resolution_id=row.pk, actor=actor, at=clock.now())


def test_after_the_last_read_the_operator_has_to_act_and_the_worker_is_told(site, dark):
    payout = silent(site, earn(site))

    assert (payout.state, payout.code, payout.owner) == ("unknown", "no_answer", "operator")
    assert payout.silent_since is not None
    assert payout.act_by == payout.silent_since + timedelta(days=1)


def test_no_person_may_speak_while_a_read_may_still_answer(site, dark):
    payout = earn(site)
    for _ in ASK_AFTER_SECONDS[:-1]:
        with pytest.raises(resolving.StillAsked):
            propose(payout, site.operator)
        make_due()
        site.run()

    assert PayoutResolution.objects.count() == 0


def test_two_people_with_the_banks_letter_end_it_as_paid_by_a_posting(site, dark):
    payout = silent(site, earn(site))
    row = propose(payout, site.operator)
    with pytest.raises(SameHand):
        agree(row, site.operator)

    row = agree(row)

    payout.refresh_from_db()
    posting = Transfer.objects.get(pk=row.transfer_id)
    assert (payout.state, payout.owner, payout.silent_since) == ("paid", "", None)
    assert (posting.key, posting.phase) == (f"{payout.key}:paid", "post")
    assert dark.calls == 1


def test_not_paid_gives_the_money_back_and_the_wage_goes_out_again(site, bank, monkeypatch):
    monkeypatch.setattr(resolving, "rail_named", lambda name: bank)
    send, recover = bank.send_many, darken(bank)
    bank.send_many = lambda many: {i.key: Outcome("unknown", text="cut") for i in many}
    payout = silent(site, earn(site))
    first = payout.key
    row = agree(propose(payout, site.operator, says="not_paid"))
    bank.send_many = send
    recover()
    make_due()
    site.run()
    site.run()

    payout.refresh_from_db()
    assert Transfer.objects.get(pk=row.transfer_id).key == f"{first}:failed"
    assert (payout.state, payout.attempt) == ("paid", 2)


def test_the_banks_own_word_wins_over_two_people(site, dark):
    payout = silent(site, earn(site))
    row = propose(payout, site.operator, says="not_paid")
    dark.recover()

    with pytest.raises(resolving.Overtaken):
        agree(row)

    payout.refresh_from_db()
    row.refresh_from_db()
    assert (payout.state, row.state, row.transfer_id) == ("paid", "overtaken", None)


@pytest.mark.parametrize(
    "says, shown",
    [
        ("paid", Shown("")),
        ("paid", Shown("I called them")),
        ("paid", Shown("", document="ab" * 32)),
        ("perhaps", LETTER),
    ],
)
def test_a_word_alone_is_no_evidence(site, dark, says, shown):
    payout = silent(site, earn(site))

    with pytest.raises(Invalid):
        propose(payout, site.operator, says, shown)


def test_a_statements_line_is_evidence_when_it_is_of_the_same_account(site, dark):
    payout = silent(site, earn(site))
    account = WageAccount.objects.get(project=site.project)
    line = BankEntry.objects.create(
        wage_account=account,
        reference="S-77",
        kind="payment",
        amount_minor=-payout.amount_minor,
        at=clock.now(),
        matched_as="only_at_bank",
    )
    with pytest.raises(NotFound):
        propose(payout, site.operator, shown=Shown("line", entry_id=line.pk + 1))

    agree(propose(payout, site.operator, shown=Shown("line 77", entry_id=line.pk)))

    payout.refresh_from_db()
    assert (payout.state, payout.reference) == ("paid", "S-77")


def test_a_second_proposal_waits_for_the_first_which_may_be_refused(site, dark):
    payout = silent(site, earn(site))
    row = propose(payout, site.operator)
    with pytest.raises(WrongState):
        propose(payout, SECOND, says="not_paid")

    resolving.refuse(resolution_id=row.pk, actor=SECOND, at=clock.now())
    again = propose(payout, SECOND, says="paid")

    assert again.pk != row.pk
    assert Payout.objects.get().state == "unknown"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE settlements_payoutresolution SET state = 'agreed', checked_by = 'user:1'",
        "UPDATE settlements_payoutresolution SET checked_by = made_by",
        "UPDATE settlements_payoutresolution SET says = 'not_paid'",
        "UPDATE settlements_payoutresolution SET evidence = 'another'",
        "DELETE FROM settlements_payoutresolution",
        "UPDATE settlements_payout SET silent_since = now(), state = 'sent'",
    ],
)
def test_the_database_itself_keeps_to_it(site, dark, sql):
    propose(silent(site, earn(site)), site.operator)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_what_the_bank_has_taken_is_asked_about_daily_and_never_given_up(site, bank):
    send = bank.send_many
    bank.send_many = lambda many: {i.key: Outcome("accepted", "R-1") for i in many}
    bank.read_many = lambda keys: {k: Outcome("accepted", "R-1") for k in keys}
    payout = silent(site, earn(site))
    still = OutboxMessage.objects.get(topic="payout.ask_due", done_at=None)
    bank.send_many = send

    assert (payout.state, payout.silent_since) == ("sent", None)
    assert still.due_at - clock.now() > timedelta(hours=23)
    bank.read_many = lambda keys: {k: Outcome("rejected", "R-1", "AC04") for k in keys}
    make_due()
    site.run()
    payout.refresh_from_db()
    assert (payout.state, payout.code) == ("failed", "AC04")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_agree_at_once_one_posts(bank, monkeypatch):
    site = Site.build(workers=1)
    monkeypatch.setattr(resolving, "rail_named", lambda name: bank)
    darken(bank)
    payout = silent(site, earn(site))
    row = propose(payout, site.operator)
    start = Barrier(2)
    third = Actor(kind="user", user_id=999_998, grants=(Grant("operator", 1, None),))

    def go(actor):
        start.wait()
        try:
            agree(row, actor)
            return "agreed"
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(go, (SECOND, third)))

    payout.refresh_from_db()
    assert answers == ["agreed", "wrong_state"]
    assert payout.state == "paid"
    assert Transfer.objects.filter(key=f"{payout.key}:paid").count() == 1
