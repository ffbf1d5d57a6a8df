"""The wage account: dues, coverage, who pays when it is short, and what may never leave it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from jianzhu.access.actor import SYSTEM
from jianzhu.access.models import Organisation
from jianzhu.kernel.db import command
from jianzhu.kernel.errors import SameHand, WrongState
from jianzhu.kernel.money import Money
from jianzhu.notices.models import Notice
from projects.scheduling import commands as scheduling
from settlements.books import queries as books
from settlements.disputes import commands as disputes
from settlements.funding import commands, errors, queries
from settlements.funding.commands import NewLabourCost
from settlements.funding.coverage import coverage
from settlements.funding.models import Duty, Shortfall, WageAccount
from settlements.funding.rules import Record
from settlements.ledger import errors as ledger_errors
from settlements.ledger import steps as ledger
from settlements.ledger.models import Account, Transfer
from settlements.ledger.rules import Leg, Movement
from settlements.payouts import subscribers
from settlements.payouts.rails.protocol import Outcome
from tests.site import DAY, Site, at

MONDAY = date(2026, 10, 12)
AT = at(MONDAY, 9)


@pytest.fixture
def site(db):
    return Site.build(funds=0)


def agree(site, **other):
    new = NewLabourCost(
        project_id=site.project.pk,
        valid_from=date(2026, 10, 1),
        due_day=15,
        floor_days=5,
        contract_minor=900_000_000,
        contract_signed_on=date(2026, 9, 1),
        **{"monthly_minor": 500_000, **other},
    )
    row = commands.propose_labour_cost(new=new, actor=site.contractor, at=AT)
    return commands.answer_labour_cost(agreement_id=row.pk, yes=True, actor=site.owner, at=AT)


def pay_in(site, amount, reference="B-1", when=AT):
    commands.record_deposit(
        project_id=site.project.pk,
        payer_id=site.owner.grants[0].organisation_id,
        reference=reference,
        amount=Money(amount, "CNY"),
        actor=site.owner,
        at=when,
    )


def plan(site, first, last, heads=2):
    row = scheduling.propose(
        work_package_id=site.package.pk,
        crew_id=site.crew.pk,
        starts_on=first,
        ends_on=last,
        headcount=heads,
        actor=site.contractor,
        at=AT,
    )
    scheduling.publish(assignment_id=row.pk, actor=site.contractor, at=AT)


def check(site, when=AT):
    commands.check(project_id=site.project.pk, at=when)


def duty(site, name):
    return Duty.objects.filter(project=site.project, name=name).order_by("pk").last()


def test_labour_cost_counts_when_the_other_company_has_signed(site):
    new = NewLabourCost(site.project.pk, MONDAY, 15, 5, 10**9, MONDAY, monthly_minor=1)
    row = commands.propose_labour_cost(new=new, actor=site.contractor, at=AT)

    with pytest.raises(SameHand):
        commands.answer_labour_cost(agreement_id=row.pk, yes=True, actor=site.contractor, at=AT)
    commands.answer_labour_cost(agreement_id=row.pk, yes=True, actor=site.owner, at=AT)

    row.refresh_from_db()
    assert (row.state, row.checked_by) == ("agreed", str(site.owner))


def test_the_months_labour_cost_is_due_on_the_agreed_day_and_met_by_deposits(site):
    agree(site)
    check(site)
    due = duty(site, "labour_cost")

    pay_in(site, 499_999)
    check(site)
    before = duty(site, "labour_cost").state
    pay_in(site, 1, reference="B-2")
    check(site)

    assert (due.key, due.amount_minor, due.due_at) == (
        "2026-10",
        500_000,
        at(date(2026, 10, 16), 0),
    )
    assert (before, duty(site, "labour_cost").state) == ("open", "met")


def test_labour_cost_that_is_not_paid_in_time_is_overdue_and_still_owed(site):
    agree(site)
    check(site)
    due = duty(site, "labour_cost")

    assert commands.lapse(duty_ids=[due.pk], at=due.due_at - timedelta(seconds=1)) == 0
    assert commands.lapse(duty_ids=[due.pk], at=due.due_at) == 1
    assert Notice.objects.filter(code="duty_overdue", subject_id=due.pk).exists()
    pay_in(site, 500_000)
    check(site)

    due.refresh_from_db()
    assert due.state == "met"
    assert due.met_at is not None


def test_a_share_of_progress_money_is_due_as_labour_cost(site):
    agree(site, monthly_minor=0, share_basis_points=2_500)

    due = commands.record_progress(
        project_id=site.project.pk,
        month=MONDAY.replace(day=1),
        reference="IPC-3",
        amount=Money(1_000_001, "CNY"),
        actor=site.contractor,
        at=AT,
    )

    assert (due.amount_minor, due.state) == (250_001, "open")


def test_coverage_is_days_of_the_published_plan_at_the_agreed_rates(site):
    plan(site, MONDAY, date(2026, 10, 30))  # two people at 400.00 a day
    pay_in(site, 3 * 80_000 + 79_999)

    found = coverage(site.project.pk, AT)

    assert (found.days, found.runs_out_on) == (3, date(2026, 10, 16))
    assert (found.planned_days, found.planned_minor) == (14, 14 * 80_000)


def test_work_already_done_comes_before_days_ahead(site):
    plan(site, MONDAY, date(2026, 10, 30))
    for worker in site.workers:
        site.work(worker, DAY.replace(day=9))
    site.run()  # two held lines: their work is not accepted yet
    pay_in(site, 3 * 80_000)

    found = coverage(site.project.pk, AT)

    assert (found.accrued, found.days) == (80_000, 2)


def test_under_the_floor_an_alarm_with_a_clock_rises_and_ends(site):
    agree(site)
    plan(site, MONDAY, date(2026, 10, 30))
    pay_in(site, 4 * 80_000)
    check(site)
    alarm = duty(site, "top_up")

    pay_in(site, 80_000, reference="B-2")
    check(site)

    assert (alarm.state, alarm.due_at) == ("open", at(date(2026, 10, 20), 0))  # 5 working days
    assert Notice.objects.filter(code="account_low", subject_id=alarm.pk).exists()
    assert duty(site, "top_up").state == "met"


@pytest.fixture
def short(site):
    """Two people worked and were accepted; the account is empty."""
    for worker in site.workers:
        site.work(worker, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    return site


def roles(row):
    return Organisation.objects.get(pk=row.debtor_id).name


def test_an_accepted_wage_without_money_opens_a_shortfall_on_the_employer(short):
    row = Shortfall.objects.get()

    assert (row.state, row.amount_minor, roles(row)) == ("on_subcontractor", 80_000, "临澜劳务")
    assert duty(short, "shortfall_subcontractor").organisation_id == row.debtor_id
    assert Account.objects.get(kind="claim_on").balance == -80_000


def test_a_shortfall_goes_up_the_chain_by_its_clocks_each_step_a_posting_and_a_notice(short):
    names = []
    for _ in range(3):
        row = Shortfall.objects.get()
        names.append(roles(row))
        commands.lapse(
            duty_ids=Duty.objects.filter(key=f"shortfall:{row.pk}").values_list("pk", flat=True),
            at=row.due_at,
        )

    assert names == ["临澜劳务", "临澜总包", "临澜建设"]
    keys = Transfer.objects.filter(kind="liability").order_by("pk").values_list("key", flat=True)
    assert [key.split(":")[2] for key in keys] == [
        "call",
        "call_contractor",
        "call_contractor_recourse",
        "call_owner",
        "call_owner_recourse",
    ]
    told = Notice.objects.filter(code="shortfall_owed", role="general_contractor").order_by("pk")
    assert [n.facts["company"] for n in told] == ["临澜劳务", "临澜总包", "临澜建设"]
    assert Notice.objects.filter(code="shortfall_owed", role="owner").count() == 2
    claims = {a.worker_id: a.balance for a in Account.objects.filter(kind="claim_on")}
    assert claims[Shortfall.objects.get().debtor_id] == -80_000
    assert sum(claims.values()) == -80_000


class Paying:
    """A bank that pays at once."""

    def send_many(self, instructions):
        return {i.key: Outcome("paid", f"R{i.key}") for i in instructions}


def test_the_chain_ends_when_the_wages_have_gone_out(short, monkeypatch):
    monkeypatch.setattr(subscribers, "rail_named", lambda name: Paying())
    pay_in(short, 80_000)
    short.run()

    row = Shortfall.objects.get()
    assert (row.state, {line.state for line in short.lines()}) == ("covered", {"released"})
    assert Account.objects.get(kind="claim_on").balance == 0
    assert duty(short, "shortfall_subcontractor").state == "met"
    assert [f for t in books.truths() for f in t.faults] == []


def ask_back(site, amount=1):
    return commands.ask_withdrawal(
        project_id=site.project.pk,
        payee_id=site.owner.grants[0].organisation_id,
        amount=Money(amount, "CNY"),
        reason="surplus",
        actor=site.contractor,
        at=AT,
    )


def test_no_surplus_goes_back_while_an_accepted_wage_waits(short):
    pay_in(short, 79_999)  # covers one of two
    row = ask_back(short)

    with pytest.raises(ledger_errors.WagesFirst):
        commands.answer_withdrawal(withdrawal_id=row.pk, yes=True, actor=short.owner, at=AT)

    row.refresh_from_db()
    assert row.state == "asked"
    assert queries.fund(short.project.pk).free == 79_999


def test_a_surplus_goes_back_by_two_people_when_no_wage_waits(site):
    pay_in(site, 100)
    row = ask_back(site, 40)

    with pytest.raises(SameHand):
        commands.answer_withdrawal(withdrawal_id=row.pk, yes=True, actor=site.contractor, at=AT)
    commands.answer_withdrawal(withdrawal_id=row.pk, yes=True, actor=site.owner, at=AT)

    assert queries.fund(site.project.pk).free == 60
    with pytest.raises(WrongState):
        commands.answer_withdrawal(withdrawal_id=row.pk, yes=True, actor=site.owner, at=AT)


@command
def book(*, site, kind, source, target, key="x"):
    ids = ledger.open_accounts([source, target], currency="CNY", at=AT)
    leg = Leg(ids[source], ids[target], 1)
    ledger.transfer([Movement(key, kind, "single", (leg,), "CNY")], at=AT)


@pytest.mark.parametrize(
    "kind, source, target",
    [
        ("release", "wage_fund", "bank"),
        ("deposit", "wage_fund", "outside"),
        ("material", "wage_fund", "outside"),
        ("payout", "wage_fund", "payable"),
        ("payout", "payable", "outside"),
        ("liability", "payable", "claims"),
        ("return_to_payer", "payable", "outside"),
    ],
)
def test_what_is_not_on_the_closed_list_is_refused_by_the_database(site, kind, source, target):
    fund, payable = ("wage_fund", site.project.pk, 0), ("payable", site.project.pk, 0)
    pay_in(site, 100)
    book(site=site, kind="release", source=fund, target=payable, key="a wage")

    with pytest.raises(ledger_errors.NotPermitted):
        book(
            site=site,
            kind=kind,
            source=(source, site.project.pk, 0),
            target=(target, site.project.pk, 0),
        )

    assert queries.fund(site.project.pk).free == 99


def test_raw_sql_meets_the_same_list(site):
    pay_in(site, 100)
    fund = Account.objects.get(kind="wage_fund", project_id=site.project.pk)
    outside = Account.objects.get(kind="outside", project_id=site.project.pk)

    with pytest.raises(DatabaseError, match="may not move"):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                """WITH t AS (INSERT INTO settlements_transfer
                       (key, digest, kind, phase, amount_minor, currency, at)
                       VALUES ('raw', '', 'loan', 'single', 5, 'CNY', now()) RETURNING id)
                   INSERT INTO settlements_entry
                       (transfer_id, account_id, layer, side, amount_minor, currency)
                   SELECT id, %s, 'posted', 'D', -5, 'CNY' FROM t UNION ALL
                   SELECT id, %s, 'posted', 'C', 5, 'CNY' FROM t""",
                [fund.pk, outside.pk],
            )


NOTICE = {"promise": "无拖欠承诺"}


def announce(site, when=AT):
    account = WageAccount.objects.get(project=site.project)
    return commands.announce_closing(
        wage_account_id=account.pk, actor=site.contractor, at=when, **NOTICE
    )


def complete(site):
    site.project.complete()
    site.project.save()


def test_an_account_closes_after_its_notice_by_another_hand_and_gives_the_rest_back(site):
    pay_in(site, 100)
    complete(site)
    account = announce(site)

    closed = commands.close(
        wage_account_id=account.pk, actor=site.operator, at=account.notice_until
    )

    assert account.notice_until == at(date(2026, 11, 12), 0)  # thirty whole days
    told = Notice.objects.filter(code="closing_announced").exclude(worker_id=None)
    assert set(told.values_list("worker_id", flat=True)) == {w.pk for w in site.workers}
    assert closed.state == "closed"
    assert queries.fund(site.project.pk).free == 0
    with pytest.raises(ledger_errors.AccountClosed):
        pay_in(site, 1, reference="late")


@pytest.mark.parametrize("reason", ["notice", "project", "wages"])
def test_an_account_does_not_close_while_something_stands_against_it(short, reason):
    if reason != "wages":
        pay_in(short, 80_000)
        short.run()
    if reason != "project":
        complete(short)
    account = announce(short)
    when = account.notice_until - timedelta(seconds=reason == "notice")

    with pytest.raises(errors.CannotClose):
        commands.close(wage_account_id=account.pk, actor=short.operator, at=when)

    account.refresh_from_db()
    assert account.state == "closing"


def test_an_account_does_not_close_while_a_case_of_the_project_is_open(site):
    """The notice is over, but somebody says that what was released is not enough."""
    pay_in(site, 100_000)
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()
    (line,) = site.lines()
    case = disputes.file(
        line_ids=[line.pk], claim="too little", actor=site.actor(site.li_wei), at=AT
    )
    complete(site)
    account = announce(site)

    with pytest.raises(errors.CannotClose, match=r"open cases|未结争议"):
        commands.close(wage_account_id=account.pk, actor=site.operator, at=account.notice_until)

    assert case.ended_at is None


def test_wages_still_go_out_while_the_notice_runs(short):
    announce(short)

    pay_in(short, 80_000)
    short.run()

    assert {line.payout.state for line in short.lines()} <= {"sent", "unknown", "paid"}


def test_an_opened_account_has_to_be_filed_and_somebody_says_so(site):
    due = duty(site, "file_account")

    done = commands.fulfil(duty_id=due.pk, note="备案 2026-99", actor=site.contractor, at=AT)

    assert (done.state, done.note) == ("met", "备案 2026-99")


def test_the_security_is_reckoned_lodged_drawn_and_filled_up(site):
    agree(site)
    row = commands.require_security(
        project_id=site.project.pk,
        base_basis_points=200,
        record=Record(arrears_in_two_years=True),
        actor=site.operator,
        at=AT,
    )
    say = {"security_deposit_id": row.pk, "at": AT}
    commands.lodge_security(form="guarantee", reference="G-1", actor=site.contractor, **say)
    lodged = duty(site, "security_deposit").state
    commands.draw_security(reference="O-1", actor=site.operator, **say)
    refill, payout = duty(site, "security_refill"), duty(site, "security_payout")
    commands.lodge_security(form="cash", reference="G-2", actor=site.contractor, **say)

    assert (row.basis_points, row.amount_minor, lodged) == (300, 27_000_000, "met")
    assert refill.due_at == at(date(2026, 10, 27), 0)  # 10 working days
    assert payout.due_at == at(date(2026, 10, 20), 0)  # 5 working days
    assert duty(site, "security_refill").state == "met"
    with pytest.raises(errors.CannotClose):
        commands.return_security(actor=site.operator, **say)


def test_a_trust_in_queensland_records_at_once_and_owes_the_notice(db):
    site = Site.build(funds=0, rule_set="AU")
    type(site.project).objects.filter(pk=site.project.pk).update(region="AU-QLD")

    commands.record_deposit(
        project_id=site.project.pk,
        payer_id=site.owner.grants[0].organisation_id,
        reference="B-1",
        amount=Money(100, "AUD"),
        actor=SYSTEM,
        at=AT,
    )

    assert duty(site, "record_movement").state == "met"
    assert duty(site, "tell_beneficiary").state == "open"
