"""Whatever contradicts itself is a held line with its reason, or a refusal: never a guess, never a zero."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from jianzhu.access.actor import SYSTEM
from settlements.books import queries as books
from tests.site import DAY, START, Site, agree_piece, at
from workers_app.people.models import CrewMember
from workers_app.terms import commands as terms
from workers_app.terms.models import AgreedRate, Agreement


@pytest.fixture
def site(db, bank):
    site = Site.build()
    yield site
    site.run()
    assert [t for t in books.truths() if t.faults] == []


def force(sql, *values):
    """As only a superuser can who switches the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(sql, values)
        cursor.execute("SET session_replication_role = origin")


def worked(site, *days):
    for day in days:
        site.work(site.li_wei, day)
    site.accept(site.sheet(days[0], days[-1]))
    site.run()


def held(site):
    return {
        (n.key, n.reason, n.label, n.amount_minor)
        for n in site.lines(site.li_wei)
        if n.state == "held"
    }


def test_a_worked_day_that_no_rate_covers_is_held_and_the_covered_day_is_paid(site):
    AgreedRate.objects.filter(agreement__worker=site.li_wei).update(
        valid_to=DAY + timedelta(days=1)
    )

    worked(site, DAY, DAY + timedelta(days=1))

    assert held(site) == {("2026-10-13/time", "terms_gap", "terms_gap", None)}
    assert [n.amount_minor for n in site.lines(site.li_wei) if n.state == "released"] == [40_000]


def test_a_rate_in_another_currency_holds_the_month(site):
    """An agreement in dollars on a project that pays yuan: nothing is converted."""
    currency = "UPDATE workers_app_agreement SET currency = %s WHERE worker_id = %s"
    force(currency, "USD", site.zhang_qiang.pk)
    site.work(site.zhang_qiang, DAY)
    site.accept(site.sheet(DAY, DAY))

    site.run()

    lines = site.lines(site.zhang_qiang)
    assert {(n.state, n.reason, n.label, n.amount_minor) for n in lines} == {
        ("held", "wage_refused", "currency_mix", None)
    }
    force(currency, "CNY", site.zhang_qiang.pk)


def test_two_rates_for_one_day_are_refused_by_the_database(site):
    agreement = Agreement.objects.get(worker=site.li_wei)
    same_day = {"basis": "hour", "rate": "50.00", "workday_minutes": 480, "valid_from": START}
    rate = terms.propose_rate(agreement_id=agreement.pk, **same_day, actor=SYSTEM, at=at(START))

    with pytest.raises(IntegrityError, match="rate_one_version_a_day"):
        terms.agree_rate(rate_id=rate.pk, actor=site.contractor, at=at(START))


def test_one_worker_in_two_crews_at_once_is_refused_by_the_database(site):
    other = site.crew
    other.pk, other.code = None, "C-2"
    other.save(force_insert=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        CrewMember.objects.create(crew=other, worker=site.li_wei, valid_from=START)


def test_a_share_for_who_was_not_there_holds_the_whole_sheet(site):
    """Points for two, of whom one never came: nobody's part can be told."""
    for worker in site.workers:
        agree_piece(site=site, worker=worker, item="砌体", unit="m3", price=23_000)
    site.work(site.li_wei, DAY)
    sheet = site.sheet(DAY, DAY, piece=True, rule="equal")
    points = json.dumps({str(w.pk): 10 for w in site.workers})
    force(
        "UPDATE projects_tasksheet SET share_rule = 'points', share_points = %s WHERE id = %s",
        points, sheet,
    )  # fmt: skip
    site.accept(sheet)

    site.run()

    pieces = [n for w in site.workers for n in site.lines(w) if n.kind == "piece"]
    assert {(n.state, n.reason, n.label, n.amount_minor) for n in pieces} == {
        ("held", "wage_refused", "absent_sharer", None)
    }


def test_a_price_that_changes_within_the_quantity_is_held(site):
    agree_piece(site=site, worker=site.li_wei, item="砌体", unit="m3", price=23_000)
    agreement = Agreement.objects.get(worker=site.li_wei)
    later = terms.propose_rate(
        agreement_id=agreement.pk, basis="piece", item="砌体", unit="m3", rate="25.00",
        workday_minutes=480, valid_from=DAY + timedelta(days=1), actor=SYSTEM, at=at(START),
    )  # fmt: skip
    terms.agree_rate(rate_id=later.pk, actor=site.contractor, at=at(START))
    days = DAY, DAY + timedelta(days=1)
    for day in days:
        site.work(site.li_wei, day)
    site.accept(site.sheet(*days, piece=True))

    site.run()

    (line,) = [n for n in site.lines(site.li_wei) if n.kind != "time" or n.state == "held"]
    assert (line.reason, line.label, line.amount_minor) == (
        "wage_refused", "price_changes_within", None,
    )  # fmt: skip
