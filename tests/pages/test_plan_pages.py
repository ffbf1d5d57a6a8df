"""A plan on its pages: its chart and its price against the account, a hand's move, a worker's yes."""

from __future__ import annotations

import re

import pytest

from jianzhu.kernel import clock
from projects.scheduling.plans import planner
from projects.scheduling.plans.models import Offer
from tests.scheduling.ground import Ground


@pytest.fixture
def ground(db, monkeypatch):
    ground = Ground(workers=4, funds=100_000)
    monkeypatch.setattr(clock, "now", lambda: ground.eve)
    return ground


@pytest.fixture
def plan(ground):
    return ground.publish(ground.solve(ground.package("A", headcount=2, days=4)))


def test_the_planner_sees_the_chart_and_what_the_account_does_not_cover(ground, plan, browse):
    page = browse(ground.site.contractor.user_id).get(f"/plans/{plan.pk}/").content.decode()

    assert "<svg" in page
    missing = f"{(plan.result['cost'] - 100_000) / 100:.2f}"
    assert f"{missing} not covered" in page


def test_a_published_plan_is_moved_by_hand_on_its_page(ground, plan, browse):
    own = browse(ground.site.contractor.user_id)
    package = plan.parts.get().work_package_id
    where = {"starts_on": "2032-03-04"}

    own.post(f"/plans/{plan.pk}/by-hand/{package}/", where | {"do": "keep"})
    planner.run_once()

    new = ground.latest()
    assert new.based_on_id == plan.pk
    assert f"{new.parts.get().starts_on}" == "2032-03-04"
    assert new.parts.get().pinned


def test_a_worker_says_yes_in_a_row_of_its_own_and_is_not_called_inspected(ground, plan, browse):
    offer = Offer.objects.filter(plan=plan).order_by("pk")[0]
    own = browse(offer.worker.user_id)

    before = own.get("/assignments/").content.decode()
    assert re.search(rf'<td colspan="3"><form[^>]*action="/offers/{offer.pk}/yes"', before)
    own.post(f"/offers/{offer.pk}/yes")
    after = own.get("/assignments/").content.decode()

    offer.refresh_from_db()
    assert offer.state == "accepted"
    assert "agreed to come" in after
