"""A site set up through the API alone, by the people who may, ends with money in the account."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from jianzhu.access.models import User
from jianzhu.access.queries import actor_of
from jianzhu.kernel import clock
from jianzhu.outbox import relay
from projects.scheduling.models import Assignment
from settlements.payouts import subscribers
from settlements.payouts.models import Payout
from tests.api.caller import EVENING, Caller, refused
from tests.bank import BookRail
from tests.site import DAY

PASSWORD = "a long enough sentence"
FIRST = "2026-10-01"


@pytest.fixture
def bank(tmp_path, monkeypatch):
    rail = BookRail(tmp_path / "bank")
    monkeypatch.setattr(subscribers, "rail_named", lambda name: rail)
    rail.books.deposit("9999000001", "D-1", 10_000_000)
    yield rail
    rail.books.close()


@pytest.fixture
def operator(db, monkeypatch):
    monkeypatch.setenv("OPERATOR_PASSWORD", PASSWORD)
    with patch.object(clock, "now", lambda: EVENING):
        call_command("add_operator", "root-op", organisation="99OP", verbosity=0)
    return enter("root-op")


def enter(username):
    return Caller(actor_of(User.objects.get(username=username), EVENING))


def made(answer):
    assert answer.status_code == 201, answer.content
    return answer.json()


class SetUp:
    """Each act by the person who may; ids by name."""

    def __init__(self, operator):
        self.operator = operator
        self.people()
        self.place()
        self.workers()
        self.plan()

    def people(self):
        self.offices, self.staff = {}, {}
        for role in ("owner", "general_contractor", "subcontractor"):
            body = {"code": f"99{role[:3]}", "name": role}
            self.offices[role] = made(self.operator.post("organisations", body))["id"]
            body = {"username": f"{role}-1", "name": role, "password": PASSWORD}
            user = made(self.operator.post("users", body))["id"]
            body = {"organisation_id": self.offices[role], "role": role}
            made(self.operator.post(f"users/{user}/memberships", body))
            self.staff[role] = enter(f"{role}-1")

    def place(self):
        body = {
            "code": "P-1",
            "name": "学校",
            "zone": "Asia/Shanghai",
            "currency": "CNY",
            "rule_set": "CN",
            "region": "CN-99",
        }
        self.project = made(self.operator.post("projects", body))["id"]
        for role, office in self.offices.items():
            body = {"project_id": self.project, "organisation_id": office, "role": role}
            made(self.operator.post("parties", body))
        contractor = self.staff["general_contractor"]
        made(contractor.post("policies", {"project_id": self.project, "valid_from": FIRST}))
        body = {
            "project_id": self.project,
            "code": "A",
            "name": "A区",
            "zone": "Asia/Shanghai",
        }
        self.site = made(contractor.post("sites", body))["id"]
        body = {
            "site_id": self.site,
            "kind": "zkteco",
            "serial": "ZK990009",
            "name": "大门",
            "zone": "Asia/Shanghai",
        }
        made(contractor.post("devices", body))
        body = {"project_id": self.project, "rail": "sandbox_bank", "bank_account": "9999000001"}
        made(self.operator.post("wage-accounts", body))
        body = {
            "project_id": self.project,
            "payer_id": self.offices["owner"],
            "reference": "D-1",
            "amount": "100000.00",
        }
        made(self.staff["owner"].post("deposits", body))

    def workers(self):
        employer, contractor = self.staff["subcontractor"], self.staff["general_contractor"]
        body = {
            "employer_id": self.offices["subcontractor"],
            "code": "W-1",
            "name": "李伟",
            "trade": "砌筑",
            "id_number": "990000199001010011",
            "phone": "10000000001",
        }
        self.worker = made(employer.post("workers", body))["id"]
        body = {
            "worker_id": self.worker,
            "bank_code": "105",
            "bank_name": "临澜银行",
            "account": "9999000000000011",
        }
        payee = made(employer.post("payee-accounts", body))["id"]
        body = {
            "worker_id": self.worker,
            "project_id": self.project,
            "employer_id": self.offices["subcontractor"],
            "trade": "砌筑",
            "rule_set": "CN",
            "region": "CN-99",
            "currency": "CNY",
            "pay_day": 15,
            "signed_on": FIRST,
        }
        agreement = made(employer.post("agreements", body))["id"]
        body = {
            "agreement_id": agreement,
            "basis": "day",
            "rate": "400.00",
            "valid_from": FIRST,
        }
        rate = made(employer.post("agreed-rates", body))["id"]
        made(contractor.post(f"payee-accounts/{payee}/verification"))
        made(contractor.post(f"agreed-rates/{rate}/agreement"))
        body = {
            "site_id": self.site,
            "person_no": "001",
            "worker_id": self.worker,
            "valid_from": FIRST,
        }
        made(contractor.post("enrolments", body))

    def plan(self):
        employer, contractor = self.staff["subcontractor"], self.staff["general_contractor"]
        body = {
            "employer_id": self.offices["subcontractor"],
            "code": "C-1",
            "name": "砌筑一班",
            "trade": "砌筑",
            "leader_id": self.worker,
        }
        self.crew = made(employer.post("crews", body))["id"]
        body = {"worker_id": self.worker, "valid_from": FIRST}
        made(employer.post(f"crews/{self.crew}/members", body))
        leader = User.objects.get(worker_id=self.worker)
        body = {"organisation_id": self.offices["subcontractor"], "role": "crew_leader"}
        made(self.operator.post(f"users/{leader.pk}/memberships", body))
        self.leader = Caller(actor_of(leader, EVENING))
        body = {
            "project_id": self.project,
            "code": "WP-1",
            "name": "3层墙",
            "trade": "砌筑",
            "item": "砌体",
            "unit": "m3",
            "planned_quantity": "10",
            "starts_on": FIRST,
            "ends_on": "2026-10-31",
        }
        self.package = made(contractor.post("work-packages", body))["id"]
        body = {
            "work_package_id": self.package,
            "crew_id": self.crew,
            "starts_on": str(DAY),
            "ends_on": str(DAY),
            "headcount": 1,
        }
        self.assignment = made(contractor.post("assignments", body))["id"]


@pytest.fixture
def site(operator, bank):
    return SetUp(operator)


def test_the_day_is_paid(site, bank):
    made(site.staff["general_contractor"].post(f"assignments/{site.assignment}/publication"))
    made(site.leader.post(f"assignments/{site.assignment}/acceptance"))
    punches = "001\t2026-10-12 08:00:00\t0\t15\t0\t0\n001\t2026-10-12 16:00:00\t1\t15\t0\t0\n"
    Client().post(
        "/iclock/cdata?SN=ZK990009&table=ATTLOG&Stamp=1",
        data=punches.encode(),
        content_type="text/plain",
    )
    body = {
        "project_id": site.project,
        "crew_id": site.crew,
        "work_package_id": site.package,
        "number": "TS-1",
        "item": "砌体",
        "building": "1号楼",
        "unit": "m3",
        "work_from": str(DAY),
        "work_to": str(DAY),
        "planned_quantity": "10",
    }
    sheet = made(site.leader.post("task-sheets", body))["id"]
    made(site.leader.post(f"task-sheets/{sheet}/submission"))
    made(site.staff["owner"].post(f"task-sheets/{sheet}/acceptance"))

    relay.drain()

    (payout,) = Payout.objects.all()
    assert (payout.state, payout.amount_minor) == ("paid", 40_000)
    (line,) = site.leader.get("statement-lines").json()["items"]
    assert (line["state"], line["amount"]) == ("released", "400.00")
    assert bank.books.doubles() == []


def test_nobody_checks_what_they_made(site):
    """Money, payee and terms need two people, even when one holds both roles."""
    user = User.objects.get(username="subcontractor-1")
    body = {"organisation_id": site.offices["general_contractor"], "role": "general_contractor"}
    made(site.operator.post(f"users/{user.pk}/memberships", body))
    both = enter("subcontractor-1")
    body = {
        "worker_id": site.worker,
        "bank_code": "105",
        "bank_name": "临澜银行",
        "account": "9999000000000022",
        "password": PASSWORD,  # it is a change: an open session is not enough
    }
    payee = made(both.post("payee-accounts", body))["id"]
    (agreement,) = both.get(f"agreements?worker_id={site.worker}").json()["items"]
    body = {
        "agreement_id": agreement["id"],
        "basis": "day",
        "rate": "4000.00",
        "valid_from": "2026-11-01",
    }
    rate = made(both.post("agreed-rates", body))["id"]

    assert refused(both.post(f"payee-accounts/{payee}/verification"), 403, "same_hand")
    assert refused(both.post(f"payee-accounts/{payee}/refusal", {"reason": "x"}), 403, "same_hand")
    assert refused(both.post(f"agreed-rates/{rate}/agreement"), 403, "same_hand")


def test_a_crew_that_declines_is_heard_once(site):
    contractor = site.staff["general_contractor"]
    made(contractor.post(f"assignments/{site.assignment}/publication"))

    said = made(
        site.leader.post(f"assignments/{site.assignment}/decline", {"reason": "no scaffold"})
    )
    late = site.leader.post(f"assignments/{site.assignment}/acceptance")

    assert (said["state"], said["reason"]) == ("declined", "no scaffold")
    assert refused(late, 409, "wrong_state")


def test_a_proposal_is_the_planners_own_until_it_is_published(site):
    hidden = site.leader.get(f"assignments/{site.assignment}")

    assert refused(hidden, 404, "not_found")
    assert refused(site.leader.post(f"assignments/{site.assignment}/acceptance"), 404, "not_found")
    assert Assignment.objects.get(pk=site.assignment).state == "proposed"


def test_setting_up_again_finds_what_is_there(site):
    body = {"code": "99own", "name": "owner"}
    again = made(site.operator.post("organisations", body))
    other = site.operator.post("organisations", {**body, "name": "another"})

    assert again["id"] == site.offices["owner"]
    assert refused(other, 422, "differs")


def test_what_the_database_forbids_is_said_in_words(site):
    employer = site.staff["subcontractor"]
    body = {
        "employer_id": site.offices["subcontractor"],
        "code": "C-2",
        "name": "砌筑二班",
        "trade": "砌筑",
        "leader_id": site.worker,
    }
    second = made(employer.post("crews", body))["id"]

    answer = employer.post(
        f"crews/{second}/members", {"worker_id": site.worker, "valid_from": "2026-10-05"}
    )

    assert refused(answer, 409, "contradiction")
    assert "one crew a day" in answer.json()["detail"]


def test_a_role_that_ended_is_no_role_from_the_next_request_on(site):
    contractor = site.staff["general_contractor"]
    user = User.objects.get(username="general_contractor-1")
    (held,) = site.operator.get(f"users/{user.pk}").json()["memberships"]

    path = f"users/{user.pk}/memberships/{held['id']}"
    site.operator.now = contractor.now = EVENING + timedelta(minutes=1)
    site.operator.send("DELETE", path, None, {"Idempotency-Key": "end-1"})

    assert refused(contractor.get("projects"), 403, "forbidden")


def test_a_weak_password_is_refused_by_name(operator, monkeypatch):
    body = {"username": "weak-1", "name": "weak", "password": "12345678"}
    monkeypatch.setenv("OPERATOR_PASSWORD", "short")

    assert refused(operator.post("users", body), 400, "invalid")
    with pytest.raises(CommandError, match="password"):
        call_command("add_operator", "second-op", organisation="99OP", verbosity=0)
    assert not User.objects.filter(username__in=["weak-1", "second-op"]).exists()
