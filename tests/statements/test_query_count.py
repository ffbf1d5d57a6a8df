"""The cost of a chunk in queries does not grow with its workers."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from settlements.statements import commands
from tests.site import DAY, Site, at

WHEN = at(DAY, 23)


def queries_of(site, count):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        commands.evaluate(
            project_id=site.project.pk,
            month=DAY.replace(day=1),
            worker_ids=[w.pk for w in site.workers[:count]],
            at=WHEN,
        )
    return len(captured)


def worked(code, workers):
    site = Site.build(workers=workers, code=code)
    for worker in site.workers:
        for day in range(5):
            site.work(worker, DAY.replace(day=12 + day))
    site.accept(site.sheet(DAY, DAY.replace(day=16)))
    from projects.attendance import commands as attendance

    attendance.pair_days(
        project_id=site.project.pk,
        worker_ids=[w.pk for w in site.workers],
        first=DAY,
        last=DAY.replace(day=16),
        at=at(DAY.replace(day=20)),
    )
    return site


def test_evaluating_matching_and_releasing_takes_the_same_queries_for_two_as_for_ten(db):
    few, many = worked("Q-1", 2), worked("Q-2", 10)

    assert queries_of(few, 2) == queries_of(many, 10)


def test_evaluating_again_takes_the_same_queries_too(db):
    few, many = worked("Q-1", 2), worked("Q-2", 10)
    queries_of(few, 2), queries_of(many, 10)

    assert queries_of(few, 2) == queries_of(many, 10)
