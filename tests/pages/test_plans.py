"""The planner's desk from draft to publication, and the worker's answer on the phone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from jianzhu.kernel import clock
from projects.scheduling.plans import planner
from projects.scheduling.plans.models import Offer, Plan
from tests.acceptance.conftest import browse  # noqa: F401 - signed-in browsers
from tests.scheduling.ground import MONDAY, Ground


@pytest.fixture
def ground(db):
    return Ground(workers=6)


@pytest.fixture(autouse=True)
def sunday_evening(ground, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: ground.eve)


def test_a_plan_is_asked_for_shown_and_published_on_its_pages(ground, browse):  # noqa: F811
    a = ground.package("A", headcount=2, days=3)
    b = ground.package("B", after=[a.pk])
    desk = browse(ground.site.contractor.user_id)
    form = desk.get(f"/projects/{ground.project.pk}/plans/").content.decode()
    assert re.findall(r'name="package" value="(\d+)" checked', form) == [str(a.pk), str(b.pk)]
    said = {"starts_on": "", "labour": "1", "seed": "3", "package": [a.pk, b.pk]}
    asked = desk.post(f"/projects/{ground.project.pk}/plans/draft", said)
    plan = Plan.objects.get()
    assert asked.url == f"/plans/{plan.pk}/"
    assert "Waits for a planner process" in desk.get(asked.url).content.decode()

    planner.run_once()
    page = desk.get(asked.url).content.decode()
    assert "Propose" in page
    assert "Wages by week, from the agreed terms" in page
    chart = re.search(r"<svg.*</svg>", page, re.DOTALL)[0]
    assert "A A号" in chart
    assert chart.count('class="bar"') == 2
    by_worker = desk.get(f"{asked.url}?by=worker").content.decode()
    assert by_worker.count('class="bar"') == 3, "two people on A, one on B"

    part = plan.parts.get(work_package=a)
    assert (
        "It starts on the first day there is."
        in desk.get(f"/plan-parts/{part.pk}/").content.decode()
    )
    tried = desk.post(
        f"/plans/{plan.pk}/by-hand/{a.pk}/", {"starts_on": "2032-03-04", "do": "try"}
    ).content.decode()
    assert "before A A号 is over on 2032-03-08" in tried
    assert not plan.parts.filter(pinned=True)

    desk.post(f"/plans/{plan.pk}/propose")
    desk.post(f"/plans/{plan.pk}/publish")
    plan.refresh_from_db()
    assert plan.state == "published"
    assert "published" in desk.get(f"/projects/{ground.project.pk}/plans/").content.decode()

    offer = Offer.objects.filter(starts_on=MONDAY).order_by("pk")[0]
    phone = browse(offer.worker.user_id)
    assert f"/offers/{offer.pk}/yes" in phone.get("/assignments/").content.decode()
    phone.post(f"/offers/{offer.pk}/yes")
    offer.refresh_from_db()
    assert offer.state == "accepted"
    done = desk.get(f"/projects/{ground.project.pk}/performance/").content.decode()
    assert "A A号" in done


def test_two_plans_stand_side_by_side(ground, browse):  # noqa: F811
    a, b = ground.package("A"), ground.package("B")
    one, other = ground.solve(a, b), ground.solve(a)
    desk = browse(ground.site.contractor.user_id)

    page = desk.get(f"/plans/{one.pk}/beside/{other.pk}/").content.decode()

    assert "B B号" in page
    assert "Differences" in page


def test_what_clashes_is_said_on_the_page(ground, browse):  # noqa: F811
    week = {"days": 4, "headcount": 4, "ends_on": MONDAY + timedelta(days=4)}
    plan = ground.solve(ground.package("A", **week), ground.package("B", **week))
    page = browse(ground.site.contractor.user_id).get(f"/plans/{plan.pk}/").content.decode()

    assert plan.state == "infeasible"
    assert "There is no plan that keeps every rule" in page
    assert "Ways out, the cheapest first" in page
    assert "B B号 has to be done: 4 days" in page
