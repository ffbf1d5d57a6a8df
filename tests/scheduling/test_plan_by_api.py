"""Plans over the API: from draft to offers, and every bad input refused with its sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from projects.scheduling.models import PackageLink, WorkPackage
from projects.scheduling.plans import planner
from projects.scheduling.plans.models import Offer, Plan, PlanProgress
from tests.api.caller import refused
from tests.scheduling.ground import EVE, MONDAY, Ground, caller, faults_of, qualify
from tests.site import at
from workers_app.terms.models import AgreedRate


@pytest.fixture
def ground(db):
    return Ground(workers=6)


@pytest.fixture
def call(ground):
    return lambda actor: caller(ground, actor)


def asked(ground, *packages, **more):
    return {
        "project_id": ground.project.pk,
        "work_package_ids": [p.pk for p in packages],
        **more,
    }


def body(ground, **more):
    return {
        "project_id": ground.project.pk,
        "code": "X",
        "name": "wall",
        "trade": "砌筑",
        "starts_on": MONDAY.isoformat(),
        "ends_on": (MONDAY + timedelta(days=30)).isoformat(),
        "days": 3,
        **more,
    }


def test_a_plan_goes_from_draft_to_the_workers_answer(ground, call):
    planning = call(ground.site.contractor)
    wall = planning.post("work-packages", body(ground, headcount=2)).json()
    plan = planning.post(
        "plans", {"project_id": ground.project.pk, "work_package_ids": [wall["id"]], "seed": 7}
    )
    assert plan.status_code == 201, plan.content
    pk = plan.json()["id"]
    assert (plan.json()["state"], plan.json()["seed"], plan.json()["cost"]) == ("draft", 7, None)

    planner.run_once()
    solved = planning.get(f"plans/{pk}").json()
    assert solved["state"] == "solved"
    rates = AgreedRate.objects.filter(state="agreed").values_list("rate_minor", flat=True)
    assert solved["cost"] == f"{3 * sum(sorted(rates)[:2]) / 100:.2f}", (
        "three days, the cheapest two"
    )
    assert solved["gap"] == 0
    assert planning.get(f"plans/{pk}/wages").json()["items"] == [
        {"monday": MONDAY.isoformat(), "days": 3, "wages": solved["cost"]}
    ]
    part = planning.get(f"plan-parts?plan_id={pk}").json()["items"][0]
    why = planning.get(f"plan-parts/{part['id']}").json()["why"]
    assert why[0] == "It starts on the first day there is."
    assert len(why) == 3, "the start, and each of the two people"

    assert planning.post(f"plans/{pk}/publication").status_code == 409, "proposed first"
    planning.post(f"plans/{pk}/proposal")
    assert planning.post(f"plans/{pk}/publication").json()["state"] == "published"

    offer = Offer.objects.exclude(worker=ground.site.li_wei).order_by("pk")[0]
    own = call(ground.site.actor(offer.worker))
    assert [o["id"] for o in own.get("offers").json()["items"]] == [offer.pk]
    assert own.post(f"offers/{offer.pk}/acceptance").json()["state"] == "accepted"
    assert own.get("notices").json()["items"][0]["text"].startswith("You are asked to work on wall")
    assert refused(own.post(f"offers/{offer.pk}/decline", {"reason": "no"}), 409, "wrong_state")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days": -3}, "days"),
        ({"days": 0}, "days"),
        ({"headcount": 0}, "headcount"),
        ({"ends_on": "2032-02-01"}, "ends_on"),
        ({"late_per_day": "-5.00"}, "late_per_day"),
        ({"norm_quantity": "0"}, "norm_quantity"),
    ],
    ids=str,
)
def test_a_package_that_cannot_be_meant_is_refused_by_its_field(ground, call, wrong, said):
    before = WorkPackage.objects.count()

    answer = call(ground.site.contractor).post("work-packages", body(ground) | wrong)

    assert refused(answer, 400, "invalid")
    assert said in [e["field"] for e in answer.json()["errors"]]
    assert WorkPackage.objects.count() == before


def test_a_circle_is_refused_and_named(ground, call):
    a = ground.package("A")
    b = ground.package("B", after=[a.pk])
    c = ground.package("C", after=[b.pk])

    answer = call(ground.site.contractor).post(
        f"work-packages/{a.pk}/predecessors", {"after": [c.pk]}
    )

    assert refused(answer, 422, "package_circle")
    assert "A → C → B → A" in answer.json()["detail"]
    assert PackageLink.objects.filter(package=a).count() == 0


def _nobody(ground):
    return [ground.package("W", certificate="焊工证")], {}


def _past(ground):
    old = ground.package("O", starts_on=EVE - timedelta(days=40), ends_on=EVE - timedelta(days=20))
    return [old], {}


def _short(ground):
    return [ground.package("S", days=9, ends_on=MONDAY + timedelta(days=4))], {}


def _overlap(ground):
    a, b = ground.package("A"), ground.package("B")
    one = {"starts_on": MONDAY.isoformat(), "worker_ids": [ground.site.li_wei.pk]}
    pins = [{"work_package_id": p.pk, **one} for p in (a, b)]
    return [a, b], {"pins": pins}


def _gone(ground):
    a = ground.package("A")
    return [a], {"pins": [{"work_package_id": a.pk, "starts_on": "2032-02-20", "worker_ids": None}]}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            _nobody,
            "nobody can do W W号: it needs 1 people with 砌筑 at level 0 and 焊工证, and 0 qualify",
        ),
        (_past, "O O号 has to be over by"),
        (_short, "S S号 takes 9 days, but its window from 2032-03-01 to 2032-03-05 has only 5"),
        (_overlap, "李伟 is pinned to A A号 and B B号 at the same time"),
        (_gone, "A A号 is pinned to a day before the plan begins"),
    ],
)
def test_what_cannot_be_planned_is_one_sentence_and_nothing_is_stored(ground, call, wrong, said):
    packages, more = wrong(ground)

    answer = call(ground.site.contractor).post("plans", asked(ground, *packages, **more))

    assert refused(answer, 422, "cannot_be_planned")
    assert said in answer.json()["detail"]
    assert Plan.objects.count() == 0


def test_without_anybody_on_terms_there_is_no_plan(ground, call):
    package = ground.package("A")
    for rate in AgreedRate.objects.filter(state="agreed"):
        rate.end(on=EVE)
        rate.save()

    answer = call(ground.site.contractor).post("plans", asked(ground, package))

    assert refused(answer, 422, "cannot_be_planned")
    assert "nobody has agreed terms on this project" in answer.json()["detail"]


def test_without_days_or_a_pace_nobody_guesses(ground, call):
    package = ground.package("A", days=None)

    answer = call(ground.site.contractor).post("plans", asked(ground, package))

    assert refused(answer, 422, "no_duration")


def test_no_plan_is_an_answer_with_its_cheapest_way_out(ground, call):
    """Two packages in one week, and only two people with the certificate until Wednesday."""
    for worker in ground.site.workers[:2]:
        qualify(worker, "certificate", "焊工证", valid_until=MONDAY + timedelta(days=2))
    tight = {"certificate": "焊工证", "headcount": 2, "days": 2,
             "ends_on": MONDAY + timedelta(days=4)}  # fmt: skip
    packages = [ground.package("A", **tight), ground.package("B", **tight)]
    planning = call(ground.site.contractor)
    pk = planning.post("plans", asked(ground, *packages)).json()["id"]

    planner.run_once()

    answer = planning.get(f"plans/{pk}").json()
    assert answer["state"] == "infeasible"
    clash, repairs = answer["no_plan"]["clash"], answer["no_plan"]["repairs"]
    assert any("A A号 has to be done: 2 days" in said for said in clash)
    assert any("焊工证" in said and "2032-03-0" in said for said in clash)
    assert repairs
    assert refused(planning.post(f"plans/{pk}/proposal"), 409, "wrong_state")


def test_a_move_is_scored_at_once_and_kept(ground, call):
    """Tried without a trace, then kept with what it breaks; publishing waits until it is mended."""
    a = ground.package("A", due_on=MONDAY + timedelta(days=1), late="50.00")
    b = ground.package("B", after=[a.pk])
    plan = ground.solve(a, b)
    planning = call(ground.site.contractor)
    thursday = (MONDAY + timedelta(days=3)).isoformat()
    said = {"work_package_id": a.pk, "starts_on": thursday}

    tried = planning.post(f"plans/{plan.pk}/trial", said).json()
    assert (tried["lateness_before"], tried["lateness_after"]) == ("0.00", "150.00")
    assert tried["breaches"][0] == (
        "B B号 starts on 2032-03-03, before A A号 is over on 2032-03-05."
    )
    assert not plan.parts.filter(pinned=True).exists()

    kept = planning.post(f"plans/{plan.pk}/move", said).json()
    assert kept == tried
    part = plan.parts.get(work_package=a)
    assert (part.pinned, part.starts_on) == (True, MONDAY + timedelta(days=3))
    assert refused(planning.post(f"plans/{plan.pk}/proposal"), 409, "plan_breaks_rules")

    friday = {"work_package_id": b.pk, "starts_on": (MONDAY + timedelta(days=7)).isoformat()}
    assert planning.post(f"plans/{plan.pk}/move", friday).json()["breaches"] == []
    assert planning.post(f"plans/{plan.pk}/proposal").json()["state"] == "proposed"
    assert faults_of(plan) == []


def test_a_plan_that_is_older_than_the_published_one_is_not_published(ground, call):
    a = ground.package("A")
    first, second = ground.solve(a), ground.solve(a)
    ground.publish(first)
    planning = call(ground.site.contractor)

    planning.post(f"plans/{second.pk}/proposal")
    answer = planning.post(f"plans/{second.pk}/publication")

    assert refused(answer, 409, "plan_is_old")
    assert Plan.objects.get(state="published") == first


def test_progress_is_told_and_cancel_keeps_the_best_so_far(transactional_db, monkeypatch):
    ground = Ground(workers=20, packages=24)
    plan = ground.draft(stop=None)
    monkeypatch.setattr(planner, "LOOK_SECONDS", 0.05)
    planning = caller(ground, ground.site.contractor)
    tell = planner.Desk.tell

    def cancel_at_first_news(desk, news):
        tell(desk, news)
        if not pressed:
            pressed.append(planning.post(f"plans/{plan.pk}/cancelling").status_code)
            desk._look()

    pressed = []
    monkeypatch.setattr(planner.Desk, "tell", cancel_at_first_news)
    planner.run_once()

    plan.refresh_from_db()
    assert pressed == [201]
    assert (plan.state, plan.result["ended_by"]) == ("solved", "cancelled")
    assert faults_of(plan) == []
    assert PlanProgress.objects.filter(plan=plan, objective__isnull=False).exists()
    assert planning.get(f"plans/{plan.pk}/progress").json()["items"][0]["phase"] == "dispatch"
    assert at(EVE, 20) == ground.eve
