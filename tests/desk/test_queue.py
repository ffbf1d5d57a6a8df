"""The queue goes by clock, then by weight, and says why; the figures are counted, not typed."""

from datetime import timedelta

import pytest
from django.db.models import Q

from jianzhu.kernel import clock
from settlements.desk import queries, rules
from settlements.desk.rules import Facts
from settlements.disputes import commands as disputes
from settlements.disputes.models import Dispute
from tests.site import DAY, at

NOW = at(DAY, 12)
QUIET = {
    "due_at": NOW + timedelta(days=5),
    "filed_at": NOW - timedelta(days=1),
    "claimants": 1,
    "disputed_minor": 40_000,
    "minimum_month_minor": 240_000,
    "contradictions": 0,
    "assigned": True,
    "suspended": False,
}


@pytest.mark.parametrize(
    ("changed", "why", "level"),
    [
        ({}, (), "low"),
        ({"due_at": NOW}, ("overdue",), "high"),
        ({"due_at": NOW + timedelta(days=2)}, ("due_soon",), "medium"),
        ({"claimants": 10}, ("group",), "medium"),
        ({"filed_at": NOW - timedelta(days=31)}, ("long_wait",), "low"),
        ({"contradictions": 2, "assigned": False}, ("contradictions", "unassigned"), "low"),
        ({"disputed_minor": 240_001}, ("large",), "low"),
        ({"disputed_minor": None}, (), "low"),
        ({"due_at": NOW, "suspended": True}, (), "low"),
    ],
)
def test_each_reason_for_urgency(changed, why, level):
    found = rules.urgency(Facts(**{**QUIET, **changed}), NOW)

    assert found == why
    points = rules.points(found)
    wanted = "high" if points >= 5 else "medium" if points >= 3 else "low"
    assert rules.level(found) == wanted
    assert level == wanted or len(why) > 1


def file(site, worker, when):
    line = next(n for n in site.lines(worker) if n.state == "held")
    return disputes.file(line_ids=[line.pk], claim="so", actor=site.actor(worker), at=when)


def test_what_is_overdue_comes_first_and_a_suspended_case_last(site):
    for worker in site.workers:
        site.punch(worker, at(DAY), "in")
    site.run()
    first = file(site, site.li_wei, at(DAY, 9))
    second = file(site, site.zhang_qiang, at(DAY, 10))
    Dispute.objects.filter(pk=second.pk).update(due_at=at(DAY, 11))

    late = [w.case.id for w in queries.queue(Q(), NOW)]
    Dispute.objects.filter(pk=second.pk).update(suspended_at=at(DAY, 11))
    stopped = queries.queue(Q(), NOW)

    assert late == [second.pk, first.pk]
    assert [w.case.id for w in stopped] == [first.pk, second.pk]
    assert stopped[1].why == ()


def test_the_figures_tell_what_data_closed_and_what_was_paid(site, case, line):
    disputes.decide(
        dispute_id=case.pk,
        awards={line.pk: 38_000},
        reasons="so",
        actor=site.arbitrator,
        at=at(DAY, 21),
    )
    other = site.zhang_qiang
    site.punch(other, at(DAY), "in")
    site.run()
    filed = file(site, other, at(DAY, 20))
    Dispute.objects.filter(pk=filed.pk).update(due_at=clock.now() + timedelta(days=1))
    site.punch(other, at(DAY, 16), "out")  # its own gate settles it
    site.run()

    found = {(f.name, f.stage): f for f in queries.figures(Q(), at(DAY, 1), at(DAY, 23))}

    assert (found["by_data", ""].value, found["by_data", ""].count) == (500, 2)
    assert (found["on_time", ""].value, found["on_time", ""].count) == (1_000, 2)
    assert found["open", ""].value == 0
    assert (found["overturned", ""].value, found["overturned", ""].count) == (0, 1)
    assert (found["released", ""].value, found["released", ""].count) == (78_000, 2)
    assert found["time_to_close", "evidence"].count >= 1


@pytest.mark.parametrize(("values", "middle"), [([], None), ([3], 3), ([1, 9, 2], 2), ([1, 4], 2)])
def test_the_median_of_whole_hours_is_a_whole_hour(values, middle):
    assert rules.median(values) == middle


def test_a_longer_queue_asks_no_more_questions(site, django_assert_num_queries):
    """Contradictions of all cases come from the same few queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for worker in site.workers:
        site.punch(worker, at(DAY), "in")
    site.accept(site.sheet(DAY, DAY))
    site.run()
    file(site, site.li_wei, at(DAY, 9))
    with CaptureQueriesContext(connection) as one:
        assert len(queries.queue(Q(), NOW)) == 1
    for worker in site.workers[1:]:
        file(site, worker, at(DAY, 10))

    with django_assert_num_queries(len(one)):
        found = queries.queue(Q(), NOW)

    assert len(found) == 3
