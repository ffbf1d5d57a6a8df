"""Where people live counts in a plan, and is known to nobody: rough, sealed, in no row, log or answer."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from jianzhu.kernel.db import command
from projects.attendance.phones import commands as phones
from projects.scheduling.plans import queries, wages
from projects.scheduling.plans.models import PlanSeat
from tests.api.caller import Caller, refused
from tests.scheduling.ground import Ground
from tests.site import START, at
from workers_app.people import commands as people
from workers_app.people import queries as homes
from workers_app.people import steps
from workers_app.people.rules import Home
from workers_app.terms.models import AgreedRate

# A point of the sea, and how far north of it somebody lives: a hundredth of a degree is 1.11 km.
SITE = (300_000_000, 1_250_000_000)
NEAR, FAR = Home(3_008, 12_500), Home(3_052, 12_500)


@pytest.fixture
def ground(db):
    ground = Ground(workers=2)
    phones.draw_fence(
        site_id=ground.site.place.pk, valid_from=START, corners=[SITE], radius_metres=200,
        actor=ground.site.contractor, at=at(START),
    )  # fmt: skip
    return ground


def lives(ground, worker, home):
    own = ground.site.actor(worker)
    return people.place_home(worker_id=worker.pk, home=home, actor=own, at=ground.eve)


def planned(plan):
    return {seat.worker_id for seat in PlanSeat.objects.filter(part__plan=plan)}


def cheaper_first(ground):
    """The site's two people, who earns less first."""
    wage = {w.pk: _wage(w) for w in ground.site.workers}
    return sorted(ground.site.workers, key=lambda w: wage[w.pk])


def _wage(worker):
    return AgreedRate.objects.filter(agreement__worker=worker, valid_to=None).get().rate_minor


def test_a_long_way_to_work_is_weighed_against_the_wage(ground):
    """Nine kilometres against fifty-eight: at 5.00 a kilometre the way outweighs what the near one
    earns more."""
    cheap, dear = cheaper_first(ground)
    lives(ground, cheap, FAR)
    lives(ground, dear, NEAR)
    package = ground.package("A", days=3)

    without = ground.solve(package)
    ground.rule(fare=500)
    with_fares = ground.solve(package)

    assert planned(without) == {cheap.pk}, "a kilometre has no price yet"
    assert planned(with_fares) == {dear.pk}
    assert without.result["measures"]["travel"] == 0
    assert with_fares.result["measures"]["travel"] == 3 * 2 * 10 * 500, (
        "in steps of five kilometres"
    )
    assert [w.wages_minor for w in wages.weekly(with_fares)] == [3 * _wage(dear)], (
        "a fare is no wage"
    )


def test_a_plan_keeps_the_way_in_steps_and_says_nobodys_home(ground):
    for worker, home in zip(ground.site.workers, (NEAR, FAR), strict=True):
        lives(ground, worker, home)
    ground.rule(fare=500)

    plan = ground.solve(ground.package("A", days=3))

    fares = {m for w in plan.problem["problem"]["workers"] for _, m in w["travel"]}
    assert fares == {2 * 500 * km for km in (10, 60)}, "nine kilometres, and fifty-eight"
    said = json.dumps([queries.reasons(part) for part in plan.parts.all()])
    kept = json.dumps(plan.problem) + json.dumps(plan.result)
    for home in (NEAR, FAR):
        assert str(home.latitude) not in said + kept
        assert home.text() not in said + kept


def test_a_home_is_sealed_rough_and_shown_to_nobody(ground):
    worker = ground.site.workers[0]
    own = Caller(ground.site.actor(worker))

    answer = own.post(
        f"workers/{worker.pk}/home", {"latitude": "30.0831234", "longitude": "125.0049"}
    )

    assert answer.status_code == 201, answer.content
    assert answer.json()["home_known"] is True
    assert "30.08" not in answer.content.decode()
    worker.refresh_from_db()
    assert homes.homes([worker.pk]) == {worker.pk: Home(3_008, 12_500)}
    assert b"3008" not in bytes(worker.home_sealed)
    assert "30.08" not in _everything(), "nor the log, nor the outbox"

    forgotten = own.post(f"workers/{worker.pk}/home", {"latitude": None, "longitude": None})
    assert forgotten.json()["home_known"] is False
    assert homes.homes([worker.pk]) == {}


def _everything():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT (SELECT string_agg(e::text, ' ') FROM jianzhu_auditevent e)
                   || coalesce((SELECT string_agg(m::text, ' ') FROM jianzhu_outboxmessage m), '')"""
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "said", [{"latitude": "91", "longitude": "0"}, {"latitude": "30", "longitude": None}], ids=str
)
def test_a_home_that_cannot_be_is_refused(ground, said):
    worker = ground.site.workers[0]

    answer = Caller(ground.site.actor(worker)).post(f"workers/{worker.pk}/home", said)

    assert refused(answer, 400, "invalid")
    worker.refresh_from_db()
    assert bytes(worker.home_sealed) == b""


def test_an_erased_person_lives_nowhere(ground):
    worker = ground.site.workers[0]
    lives(ground, worker, NEAR)

    command(steps.erase_worker)(
        worker_id=worker.pk, actor=ground.site.operator, at=ground.eve + timedelta(hours=1)
    )

    assert homes.homes([worker.pk]) == {}


def test_degrees_are_kept_to_about_a_kilometre():
    assert Home.near(Decimal("30.0831234"), Decimal("-125.006")) == Home(3_008, -12_501)
    assert Home.read(Home(3_008, -12_501).text()) == Home(3_008, -12_501)
