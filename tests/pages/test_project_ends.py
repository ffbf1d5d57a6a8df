"""A project is completed and closed on its page, by who may, and never while anything is open."""

import pytest

from projects.sites import commands
from projects.sites.errors import NotSettled
from projects.sites.models import Project
from tests.site import DAY, at


def state(site):
    return Project.objects.get(pk=site.project.pk).state


def test_a_contractor_completes_the_project_with_a_tick(site, browse):
    client = browse(site.contractor.user_id)
    path = f"/projects/{site.project.pk}/moves/complete"

    shown = client.get(f"/projects/{site.project.pk}/").content.decode()
    unsure = client.post(path, {})
    before = state(site)
    client.post(path, {"sure": "yes"})

    assert "The works are completed" in shown
    assert (unsure.status_code, before, state(site)) == (400, "running", "completed")


def test_what_is_open_is_named_and_keeps_the_project_from_closing(site, browse):
    site.punch(site.li_wei, at(DAY), "in")
    site.run()
    client = browse(site.contractor.user_id)
    client.post(f"/projects/{site.project.pk}/moves/complete", {"sure": "yes"})

    shown = client.get(f"/projects/{site.project.pk}/").content.decode()
    tried = client.post(f"/projects/{site.project.pk}/moves/close", {"sure": "yes"})

    assert "statement lines that still wait" in shown
    assert (tried.status_code, state(site)) == (409, "completed")


def test_the_api_and_the_admin_meet_the_same_refusal(site):
    site.punch(site.li_wei, at(DAY), "in")
    site.run()
    moves = {"project_id": site.project.pk, "actor": site.contractor, "at": at(DAY, 20)}
    commands.move_project(verb="complete", **moves)

    with pytest.raises(NotSettled):
        commands.move_project(verb="close", **moves)
    assert state(site) == "completed"


def test_a_settled_project_closes(site, browse):
    client = browse(site.contractor.user_id)
    for verb in ("complete", "close"):
        client.post(f"/projects/{site.project.pk}/moves/{verb}", {"sure": "yes"})

    assert state(site) == "closed"


def test_who_may_only_look_ends_nothing(site, browse):
    client = browse(site.owner.user_id)

    shown = client.get(f"/projects/{site.project.pk}/").content.decode()
    tried = client.post(f"/projects/{site.project.pk}/moves/complete", {"sure": "yes"})

    assert "The works are completed" not in shown
    assert (tried.status_code, state(site)) == (403, "running")
