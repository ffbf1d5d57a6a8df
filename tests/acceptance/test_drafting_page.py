"""The crew's leader writes a task sheet on the phone, where the work stands."""

import pytest

from projects.acceptance.models import TaskSheet
from tests.site import DAY, Site


def form(site, **change):
    said = {
        "crew": site.crew.pk,
        "package": site.package.pk,
        "number": "TS-7",
        "building": "1号楼",
        "floor": "3层",
        "axis": "A-C/1-4",
        "work_from": f"{DAY}",
        "work_to": f"{DAY}",
        "planned": "120.5",
    }
    return said | change


def test_the_leader_drafts_a_sheet_and_lands_on_it(site, browse):
    client = browse(site.leader.user_id)

    done = client.post("/task-sheets/new/", form(site), follow=True)

    sheet = TaskSheet.objects.get()
    assert (sheet.number, sheet.planned_thousandths, sheet.item, sheet.unit, sheet.axis) == (
        "TS-7",
        120_500,
        "砌体",
        "m3",
        "A-C/1-4",
    )
    assert (sheet.state, sheet.crew_id) == ("drafted", site.crew.pk)
    assert "Hand in and sign" in done.content.decode()


def test_the_same_form_sent_twice_is_one_sheet(site, browse):
    client = browse(site.leader.user_id)

    for _ in range(2):
        client.post("/task-sheets/new/", form(site))

    assert TaskSheet.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"number": " "}, 400),
        ({"planned": "much"}, 400),
        ({"planned": "0"}, 400),
        ({"work_to": "2026-10-01"}, 400),
        ({"work_from": ""}, 400),
        ({"package": "0"}, 404),
    ],
)
def test_what_is_wrong_is_said_and_what_was_filled_in_stays(site, browse, change, status):
    answer = browse(site.leader.user_id).post("/task-sheets/new/", form(site, **change))

    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert 'value="A-C/1-4"' in answer.content.decode()
    assert TaskSheet.objects.count() == 0


def test_nobody_writes_for_a_crew_or_a_project_of_others(site, browse):
    other = Site.build(code="T-2", workers=1)

    foreign = browse(other.leader.user_id).post("/task-sheets/new/", form(site))
    worker = browse(site.workers[2].user_id).get("/task-sheets/new/")
    owner = browse(site.owner.user_id).get("/task-sheets/new/")

    assert (foreign.status_code, worker.status_code, owner.status_code) == (404, 403, 403)
    assert TaskSheet.objects.count() == 0
