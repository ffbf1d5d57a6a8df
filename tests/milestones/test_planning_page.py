"""The contractor's office writes a milestone of a crew's contract down, in two forms of one page."""

from dataclasses import replace

import pytest

from jianzhu.access.actor import Grant
from jianzhu.kernel.errors import NotFound
from projects.sites.models import Party
from settlements.milestones import commands
from settlements.milestones.models import Milestone
from settlements.milestones.steps import NewMilestone
from tests.milestones.conftest import LAST
from tests.site import DAY, Site, at

WHERE = "/milestones/new/"


def frame(site):
    return {
        "project": site.project.pk,
        "crew": site.crew.pk,
        "work_from": f"{DAY}",
        "work_to": f"{LAST}",
    }


def terms(site, **change):
    said = {
        "contract": "BZ-7",
        "number": "M-7",
        "name": "3层墙完成",
        "labour_amount": "9000.50",
        "retention": "270",
        "retention_until": "2027-04-30",
        "share_rule": "percent",
        "sign_days": "2",
        f"share-{site.li_wei.pk}": "60",
        f"share-{site.zhang_qiang.pk}": "40",
    }
    return frame(site) | said | change


def test_the_office_plans_a_milestone_and_lands_on_it(site, browse):
    client = browse(site.contractor.user_id)

    done = client.post(WHERE, terms(site), follow=True)

    row = Milestone.objects.get()
    assert (row.state, row.crew_id, row.contract, row.number, row.name, row.currency) == (
        "planned",
        site.crew.pk,
        "BZ-7",
        "M-7",
        "3层墙完成",
        "CNY",
    )
    assert (row.labour_minor, row.retention_minor, f"{row.retention_until}") == (
        900_050,
        27_000,
        "2027-04-30",
    )
    assert (row.work_from, row.work_to, row.sign_days) == (DAY, LAST, 2)
    assert row.share_points == {f"{site.li_wei.pk}": 60, f"{site.zhang_qiang.pk}": 40}
    assert done.redirect_chain == [(f"/milestones/{row.pk}/", 302)]
    assert "hands it in when the work is done" in done.content.decode()


def test_the_second_form_names_everybody_who_was_in_the_crew_in_these_days(site, browse):
    client = browse(site.contractor.user_id)

    overview = client.get("/acceptance/").content.decode()
    first = client.get(WHERE).content.decode()
    second = client.get(WHERE, frame(site)).content.decode()

    assert f'href="{WHERE}"' in overview
    assert "labour_amount" not in first
    assert all(f'for="share-{w.pk}">{w.name}' in second for w in site.workers)


def test_the_same_form_sent_twice_is_one_milestone(site, browse):
    client = browse(site.contractor.user_id)

    for _ in range(2):
        client.post(WHERE, terms(site))

    assert Milestone.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"number": " "}, 400),
        ({"name": "x" * 121}, 400),
        ({"labour_amount": "much"}, 400),
        ({"labour_amount": "0"}, 422),
        ({"labour_amount": "9" * 40}, 400),
        ({"labour_amount": "100"}, 422),  # less than the retention
        ({"retention_until": ""}, 400),
        ({"retention_until": f"{DAY}"}, 422),
        ({"share_rule": "by mood"}, 400),
        ({"sign_days": "0"}, 400),
        ({"share_rule": "points", "sign_days": "31"}, 400),
        ({"work_to": "2026-10-01"}, 400),
        ({"crew": "0"}, 404),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_planned(site, browse, change, status):
    answer = browse(site.contractor.user_id).post(WHERE, terms(site, **change))

    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert Milestone.objects.count() == 0


def test_what_was_filled_in_stays_on_the_page(site, browse):
    wrong = terms(site, **{f"share-{site.li_wei.pk}": "50"})

    page = browse(site.contractor.user_id).post(WHERE, wrong).content.decode()

    assert "The agreed percentages come to 90, not to 100." in page
    assert 'value="3层墙完成"' in page
    assert f'name="share-{site.li_wei.pk}" inputmode="numeric" value="50"' in page


def test_nobody_plans_for_a_crew_of_others(site, browse):
    other = Site.build(code="T-2", workers=1)

    foreign = browse(other.contractor.user_id).post(WHERE, terms(site))
    worker = browse(site.zhang_qiang.user_id).get(WHERE)
    owner = browse(site.owner.user_id).get(WHERE)

    assert (foreign.status_code, worker.status_code, owner.status_code) == (404, 403, 403)
    assert Milestone.objects.count() == 0


def test_a_subcontractor_plans_for_the_own_crews_alone(site):
    """Both companies work on the project, but the crew is only one's."""
    other = Site.build(code="T-2", workers=1)
    company = other.leader.grants[0].organisation_id
    Party.objects.create(project=site.project, organisation_id=company, role="subcontractor")
    office = replace(other.leader, grants=(Grant("subcontractor", company, None),))
    new = NewMilestone(
        project_id=site.project.pk,
        crew_id=other.crew.pk,
        contract="BZ-7",
        number="M-1",
        name="wall",
        work_from=DAY,
        work_to=LAST,
        labour_minor=100,
    )

    with pytest.raises(NotFound):
        commands.plan(new=replace(new, crew_id=site.crew.pk), actor=office, at=at(DAY))
    commands.plan(new=new, actor=office, at=at(DAY))

    assert Milestone.objects.get().crew_id == other.crew.pk
