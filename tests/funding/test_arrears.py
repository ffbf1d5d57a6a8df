"""An accepted wage that is unpaid after its day opens the chain of who pays by itself, with notices."""

from datetime import date
from unittest.mock import patch

import pytest

from jianzhu.notices.models import Notice
from settlements.funding import commands
from settlements.funding.models import Duty, Shortfall
from settlements.payouts import commands as payouts
from settlements.payouts import subscribers
from settlements.payouts.models import Payout
from settlements.payouts.rails.protocol import Outcome
from settlements.statements.models import Statement
from tests.bank import BookRail
from tests.site import DAY, Site, at

# October's wages are agreed for Sunday 15 November, so they are due on Friday the 13th.
PAY_ON = date(2026, 11, 13)


@pytest.fixture
def bank(tmp_path, monkeypatch):
    """A bank that takes every instruction and answers none of them."""
    rail = BookRail(tmp_path / "bank")
    rail.silent = True
    unanswered = Outcome("unknown", text="no answer")
    monkeypatch.setattr(rail, "read_many", lambda keys: dict.fromkeys(keys, unanswered))
    monkeypatch.setattr(subscribers, "rail_named", lambda name: rail)
    rail.books.deposit("9999T-1", "D-T-1", 100_000_000)
    yield rail
    rail.books.close()


@pytest.fixture
def site(db, bank):
    """Li Wei's day was worked and accepted; his wage was released, and the bank says nothing."""
    site = Site.build()
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    # The account is looked at below, on days of the tests' own.
    with patch.object(commands, "check"):
        site.run()
    assert {s.pay_on for s in Statement.objects.all()} == {PAY_ON}
    assert Payout.objects.get().state in ("sent", "unknown")
    return site


def check(site, when):
    commands.check(project_id=site.project.pk, at=when)


def test_on_its_day_an_unpaid_wage_is_nobodys_arrears_yet(site):
    check(site, at(PAY_ON, 23))

    assert not Shortfall.objects.exists()


def test_after_its_day_the_employer_owes_it_and_everybody_is_told(site):
    check(site, at(date(2026, 11, 14), 6))

    row = Shortfall.objects.get()
    assert (row.state, row.amount_minor) == ("on_subcontractor", 40_000)
    told = Notice.objects.filter(subject_type="shortfall", subject_id=row.pk)
    assert {"subcontractor", "general_contractor", "labour_officer"} <= {n.role for n in told}
    assert told.get(worker_id=site.li_wei.pk).facts["amount"] == "400.00"


def test_unpaid_still_the_general_contractor_pays_first_and_all_are_told_again(site):
    check(site, at(date(2026, 11, 14), 6))
    row = Shortfall.objects.get()
    clock = Duty.objects.get(name="shortfall_subcontractor")

    commands.lapse(duty_ids=[clock.pk], at=row.due_at)

    row.refresh_from_db()
    assert row.state == "on_general_contractor"
    mine = Notice.objects.filter(worker_id=site.li_wei.pk, code="arrears_worker")
    assert [n.facts["debtor"] for n in mine.order_by("pk")] == ["临澜劳务", "临澜总包"]


def test_it_ends_when_the_wage_has_arrived(site, bank):
    check(site, at(date(2026, 11, 14), 6))
    answers = BookRail.read_many(bank, list(bank.books.payments))

    payouts.record_outcomes(outcomes=answers, asked=1, at=at(date(2026, 11, 16)))
    site.run()

    assert Payout.objects.get().state == "paid"
    assert Shortfall.objects.get().state == "covered"
