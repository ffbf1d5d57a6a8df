"""The second look at rates and accounts, and the crew's answer to the plan, on a page."""

import pytest

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel import clock
from jianzhu.kernel.db import command
from projects.scheduling import commands as scheduling
from projects.scheduling.models import Assignment
from tests.site import DAY, Site
from workers_app.people import steps as people
from workers_app.people.models import PayeeAccount
from workers_app.terms import commands as terms
from workers_app.terms.models import AgreedRate, Agreement


@command
def name_another_account(*, site):
    return people.propose_payee(
        worker=site.li_wei,
        bank_code="105",
        bank_name="临澜银行",
        account="9999000000007777",
        actor=SYSTEM,
        at=clock.now(),
    )


@pytest.fixture
def raise_(site):
    agreement = Agreement.objects.get(worker=site.li_wei)
    return terms.propose_rate(
        agreement_id=agreement.pk,
        basis="day",
        rate="450.00",
        workday_minutes=480,
        valid_from=DAY.replace(month=12),
        actor=SYSTEM,
        at=clock.now(),
    )


@pytest.fixture
def offered(site):
    row = scheduling.propose(
        work_package_id=site.package.pk,
        crew_id=site.crew.pk,
        starts_on=DAY,
        ends_on=DAY,
        headcount=2,
        actor=site.contractor,
        at=clock.now(),
    )
    return scheduling.publish(assignment_id=row.pk, actor=site.contractor, at=clock.now())


def test_a_contractor_sees_the_old_rate_beside_the_new_and_agrees(site, browse, raise_):
    client = browse(site.contractor.user_id)

    shown = client.get(f"/projects/{site.project.pk}/approvals/").content.decode()
    client.post(f"/agreed-rates/{raise_.pk}/yes", {"project": site.project.pk})

    assert "400.00" in shown
    assert "450.00" in shown
    assert AgreedRate.objects.get(pk=raise_.pk).state == "agreed"


def test_a_refused_rate_changes_nothing(site, browse, raise_):
    browse(site.contractor.user_id).post(f"/agreed-rates/{raise_.pk}/no")

    states = set(
        AgreedRate.objects.filter(agreement=raise_.agreement).values_list("state", flat=True)
    )
    assert states == {"refused", "agreed"}


def test_a_changed_account_names_the_one_it_replaces_and_never_its_number(site, browse):
    payee = name_another_account(site=site)
    client = browse(site.contractor.user_id)

    shown = client.get(f"/projects/{site.project.pk}/approvals/").content.decode()
    client.post(f"/payee-accounts/{payee.pk}/yes", {"project": site.project.pk})

    assert "****7777" in shown
    assert "9999000000007777" not in shown
    payee.refresh_from_db()
    assert payee.state == "verified"
    assert payee.hold_until is not None
    assert PayeeAccount.objects.filter(worker=site.li_wei, state="replaced").count() == 1


def test_another_contractor_sees_and_checks_nothing_here(site, browse, raise_):
    stranger = browse(Site.build(code="T-2").contractor.user_id)

    seen = stranger.get(f"/projects/{site.project.pk}/approvals/")
    tried = stranger.post(f"/agreed-rates/{raise_.pk}/yes")

    assert (seen.status_code, tried.status_code) == (404, 404)
    assert AgreedRate.objects.get(pk=raise_.pk).state == "proposed"


@pytest.mark.parametrize(("said", "state"), [("yes", "accepted"), ("no", "declined")])
def test_the_crew_leader_answers_the_plan(site, browse, offered, said, state):
    client = browse(site.leader.user_id)

    shown = client.get("/assignments/").content.decode()
    client.post(f"/assignments/{offered.pk}/{said}", {"reason": "no scaffold"})

    assert "3层墙" in shown
    row = Assignment.objects.get(pk=offered.pk)
    assert row.state == state
    assert row.reason == ("no scaffold" if said == "no" else "")


def test_a_member_sees_the_plan_and_has_no_say(site, browse, offered):
    client = browse(site.zhang_qiang.user_id)

    shown = client.get("/assignments/").content.decode()
    tried = client.post(f"/assignments/{offered.pk}/yes")

    assert "3层墙" in shown
    assert '<form method="post" class="answers"' not in shown
    assert tried.status_code == 403
