"""The crew's leader writes a task sheet on the phone, where the work stands."""

from dataclasses import replace

import pytest

from jianzhu.access.actor import Grant
from jianzhu.kernel.errors import NotFound
from projects.acceptance import commands
from projects.acceptance.models import TaskSheet
from projects.acceptance.steps import Draft
from projects.sites.models import Party
from tests.site import DAY, Site, at


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


def test_the_command_itself_takes_sheets_for_the_own_crew_alone(site):
    """Another company's leader works on the same project: still no sheet in this crew's name."""
    other = Site.build(code="T-2", workers=1)
    company = other.leader.grants[0].organisation_id
    Party.objects.create(project=site.project, organisation_id=company, role="subcontractor")
    new = Draft(
        project_id=site.project.pk,
        crew_id=other.crew.pk,
        work_package_id=site.package.pk,
        number="TS-9",
        item="砌体",
        unit="m3",
        work_from=DAY,
        work_to=DAY,
        planned_thousandths=1_000,
    )
    office = replace(other.leader, worker_id=None, grants=(Grant("subcontractor", company, None),))

    for actor in (other.leader, office):
        with pytest.raises(NotFound):
            commands.draft(new=replace(new, crew_id=site.crew.pk), actor=actor, at=at(DAY))
        commands.draft(new=new, actor=actor, at=at(DAY))

    assert TaskSheet.objects.get().crew_id == other.crew.pk
