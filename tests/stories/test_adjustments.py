"""Amounts beside the wage: two people, what they rest on, and the same books afterwards."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError, ProgrammingError

from jianzhu.kernel import clock
from jianzhu.kernel.errors import NotFound, SameHand
from settlements.adjustments import commands
from settlements.adjustments.commands import NewAdjustment
from settlements.adjustments.models import Adjustment
from settlements.statements.models import Statement
from tests.site import DAY, Site, at


@pytest.fixture
def site(db, bank):
    """Nobody recorded a minimum wage here: what a deduction has to leave is the fifth alone."""
    return Site.build(workers=3)


def say(site, **other):
    new = NewAdjustment(
        worker_id=site.li_wei.pk,
        project_id=site.project.pk,
        kind="allowance",
        amount_minor=12_000,
        first=DAY,
        last=DAY,
        label="高温津贴",
        reference="H-10",
    )
    return commands.propose(new=replace(new, **other), actor=site.contractor, at=clock.now())


def agree(site, **other):
    row = say(site, **other)
    commands.agree(adjustment_id=row.pk, actor=site.officer, at=clock.now())
    site.run()
    return row


def amounts(site, kind):
    return [(n.state, n.amount_minor) for n in site.lines(site.li_wei) if n.kind == kind]


def paid_day(site):
    site.work(site.li_wei, DAY)
    site.accept(site.sheet(DAY, DAY))
    site.run()


def test_an_agreed_allowance_is_paid_by_itself(site):
    agree(site)

    (line,) = site.lines(site.li_wei)
    assert (line.kind, line.amount_minor, line.state) == ("allowance", 12_000, "released")
    assert line.payout.state == "paid"


def test_a_proposed_one_pays_nothing(site):
    say(site)
    site.run()

    assert site.lines(site.li_wei) == []


def test_who_proposed_does_not_agree(site):
    row = say(site)

    with pytest.raises(SameHand):
        commands.agree(adjustment_id=row.pk, actor=site.contractor, at=clock.now())


def test_the_database_itself_wants_a_second_person(site):
    row = say(site)

    with pytest.raises(IntegrityError, match="maker"), transaction.atomic():
        Adjustment.objects.filter(pk=row.pk).update(state="agreed", checked_by=row.made_by)


def test_what_was_agreed_is_never_edited(site):
    row = agree(site)

    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Adjustment.objects.filter(pk=row.pk).update(amount_minor=1)


def test_a_repayment_is_taken_from_the_next_wages_and_is_no_deduction(site):
    """An advance was paid ahead; its repayment is netted, never more than there is."""
    agree(site, kind="advance", amount_minor=30_000, label="预支", reference="ADV-1")
    agree(site, kind="repayment", amount_minor=30_000, label="归还预支", reference="ADV-1")
    paid_day(site)

    assert amounts(site, "advance") == [("released", 30_000)]
    assert amounts(site, "repayment") == [("released", -30_000)]
    paid = {n.payout for n in site.lines(site.li_wei) if n.payout}
    assert sum(p.amount_minor for p in paid) == 40_000


def test_damage_takes_at_most_a_fifth_of_the_months_wage(site):
    """Four days are 1600.00, well over the recorded minimum wage."""
    last = DAY + timedelta(days=3)
    for n in range(4):
        site.work(site.li_wei, DAY + timedelta(days=n))
    site.accept(site.sheet(DAY, last), at(last, 19))
    site.run()
    agree(site, kind="damage", amount_minor=50_000, label="工具损坏", reference="D-1")

    assert amounts(site, "damage") == [("matched", -32_000)]  # waits for wages to be taken from
    findings = Statement.objects.get(worker=site.li_wei).findings
    assert [f["code"] for f in findings if f["code"] == "deduction_capped"] == ["deduction_capped"]


def test_what_is_taken_back_after_it_was_paid_is_a_signed_difference(site):
    row = agree(site)
    commands.revoke(adjustment_id=row.pk, actor=site.officer, at=clock.now())
    site.run()

    assert amounts(site, "allowance") == [("released", 12_000)]
    (difference,) = (n for n in site.lines(site.li_wei) if n.kind == "difference")
    assert (difference.amount_minor, difference.state) == (-12_000, "matched")
    assert difference.statement.month == date(2026, 11, 1)


def test_what_is_taken_back_before_it_was_paid_is_gone(site):
    last = DAY.replace(month=12, day=31)
    row = agree(site, first=last.replace(day=1), last=last, kind="bonus", reference="B-12")
    (line,) = site.lines(site.li_wei)
    assert (line.state, line.reason) == ("held", "period_open")

    commands.revoke(adjustment_id=row.pk, actor=site.officer, at=clock.now())
    site.run()

    (line,) = site.lines(site.li_wei)
    assert line.state == "void"


def test_nobody_adjusts_the_wage_of_a_stranger(site):
    foreign = Site.build(code="T-2")

    with pytest.raises(NotFound):
        say(site, worker_id=foreign.li_wei.pk)
    with pytest.raises(NotFound):
        say(site, project_id=foreign.project.pk, worker_id=foreign.li_wei.pk)
