"""A task sheet from draft to decision over the API."""

import pytest

from projects.acceptance.models import TaskSheet
from tests.api.caller import refused
from tests.site import DAY, Site


def drafted(site, **other):
    return {
        "project_id": site.project.pk,
        "crew_id": site.crew.pk,
        "work_package_id": site.package.pk,
        "number": "TS-1",
        "item": "砌体",
        "building": "1号楼",
        "floor": "3层",
        "unit": "m3",
        "work_from": DAY.isoformat(),
        "work_to": DAY.isoformat(),
        "planned_quantity": "12.5",
        **other,
    }


def test_a_sheet_is_drafted_submitted_measured_and_accepted(site, call):
    leader, owner = call(site.leader), call(site.owner)
    made = leader.post("task-sheets", drafted(site))
    path = f"task-sheets/{made.json()['id']}"

    submitted = leader.post(f"{path}/submission")
    measured = owner.post(f"{path}/inspection", {"measured_quantity": "12"})
    accepted = owner.post(f"{path}/acceptance")

    states = [a.json()["state"] for a in (made, submitted, measured, accepted)]
    assert states == ["drafted", "submitted", "inspected", "accepted"]
    assert accepted.json()["accepted_quantity"] == "12"
    assert leader.get(path).json() == accepted.json()
    assert owner.get("task-sheets").json()["items"] == [accepted.json()]


def test_a_part_is_accepted_with_the_defect_of_the_rest(site, call):
    pk = site.sheet(DAY, DAY)
    body = {"accepted_quantity": "7.5", "defect": "cracks", "cure_by": "2026-10-20"}

    answer = call(site.owner).post(f"task-sheets/{pk}/acceptance", body)

    said = answer.json()
    assert (said["state"], said["accepted_quantity"]) == ("partly_accepted", "7.5")
    assert (said["defect"], said["cure_by"]) == ("cracks", "2026-10-20")


@pytest.mark.parametrize(
    "body",
    [
        {"accepted_quantity": "7.5"},
        {"acepted_quantity": "7.5"},
        {"accepted_quantity": "NaN", "defect": "cracks", "cure_by": "2026-10-20"},
        {"accepted_quantity": "-1", "defect": "cracks", "cure_by": "2026-10-20"},
    ],
    ids=["without defect", "misspelt", "not a number", "negative"],
)
def test_half_a_partial_acceptance_accepts_nothing(site, call, body):
    pk = site.sheet(DAY, DAY)

    answer = call(site.owner).post(f"task-sheets/{pk}/acceptance", body)

    assert refused(answer, 400, "invalid")
    assert TaskSheet.objects.get(pk=pk).state == "submitted"


def test_a_rejected_sheet_names_defect_and_day_and_can_not_be_accepted(site, call):
    pk = site.sheet(DAY, DAY)
    owner = call(site.owner)

    rejected = owner.post(
        f"task-sheets/{pk}/rejection", {"defect": "not plumb", "cure_by": "2026-10-20"}
    )
    accepted = owner.post(f"task-sheets/{pk}/acceptance")

    assert rejected.json()["state"] == "rejected"
    assert refused(accepted, 409, "wrong_state")


def test_the_crew_leader_does_not_accept(site, call):
    pk = site.sheet(DAY, DAY)

    answer = call(site.leader).post(f"task-sheets/{pk}/acceptance")

    assert refused(answer, 403, "forbidden")


def test_the_same_draft_again_is_the_same_sheet_and_another_is_refused(site, call):
    leader = call(site.leader)

    first = leader.post("task-sheets", drafted(site))
    again = leader.post("task-sheets", drafted(site))
    other = leader.post("task-sheets", drafted(site, planned_quantity="13"))

    assert again.json() == first.json()
    assert refused(other, 422, "task_sheet_differs")


def test_a_sheet_is_of_the_projects_own_crew_and_package(site, call):
    foreign = Site.build(code="T-2")
    leader = call(site.leader)

    crew = leader.post("task-sheets", drafted(site, crew_id=foreign.crew.pk))
    package = leader.post("task-sheets", drafted(site, work_package_id=foreign.package.pk))
    project = leader.post("task-sheets", drafted(site, project_id=foreign.project.pk))

    assert refused(crew, 404, "not_found")
    assert refused(package, 404, "not_found")
    assert refused(project, 404, "not_found")
    assert TaskSheet.objects.count() == 0
