"""Every endpoint × every role × own, foreign and absent object, generated from the URL table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.access.models import Membership, Organisation, User
from jianzhu.access.policy import TABLE
from jianzhu.access.queries import actor_of_user
from jianzhu.kernel.db import command
from jianzhu.kernel.money import Money
from jianzhu.notices import steps as notice
from jianzhu.notices.models import Notice
from jianzhu.notices.steps import To
from jianzhu.web.views import NounView
from projects.acceptance import commands as acceptance
from projects.acceptance.models import Photo, TaskSheet
from projects.acceptance.photos import Picture
from projects.attendance import commands as attendance
from projects.attendance.models import (
    Correction,
    DayRecord,
    DeviceBody,
    IngestCount,
    ParkedEvent,
    Punch,
)
from projects.attendance.phones import commands as phones
from projects.attendance.rollcall import commands as rollcall
from projects.attendance.rollcall.commands import Called
from projects.attendance.rollcall.models import RollCallEntry
from projects.attendance.steps import digest
from projects.scheduling import commands as scheduling
from projects.scheduling.models import Assignment, SchedulingRule, StopDay, WorkPackage
from projects.scheduling.plans import commands as plans
from projects.scheduling.plans import planner
from projects.scheduling.plans.models import Offer, Plan, PlanPart
from projects.scheduling.rules import SiteRule
from projects.scheduling.steps import NewPackage
from projects.sites.models import Device, DeviceAlarm, Enrolment, Project
from projects.sites.models import Site as Place
from settlements.adjustments import commands as adjustments
from settlements.adjustments.commands import NewAdjustment
from settlements.adjustments.models import Adjustment
from settlements.disputes import commands as disputes
from settlements.disputes.models import CaseClock, Decision, Dispute, Suspension
from settlements.evidence.models import Erasure
from settlements.funding import commands as funding
from settlements.funding.commands import NewLabourCost
from settlements.funding.models import (
    Duty,
    LabourCostAgreement,
    SecurityDeposit,
    Shortfall,
    WageAccount,
    Withdrawal,
)
from settlements.funding.rules import Record
from settlements.halt.models import PayoutSwitch
from settlements.milestones import commands as milestones
from settlements.milestones.models import (
    Milestone,
    MilestoneCorrection,
    MilestonePart,
    MilestoneShare,
)
from settlements.milestones.steps import NewMilestone
from settlements.payouts import subscribers
from settlements.payouts.models import (
    BankStatement,
    Break,
    Payout,
    PayoutBatch,
    PayoutResolution,
)
from settlements.statements.models import Statement, StatementLine
from tests.api.caller import Caller
from tests.attendance.handset import HERE, Handset
from tests.bank import BookRail
from tests.site import DAY, START, Site, at
from workers_app.people.models import Crew, PayeeAccount, Worker
from workers_app.terms import commands as terms
from workers_app.terms.models import Absence, AgreedRate, Agreement, Qualification
from workers_app.terms.steps import NewQualification

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# About the caller, not about rows: whoever is signed in may.
SIGNED_IN_ONLY = {"schema", "token"}
# Objecting is a right to a line; the case is what comes of it.
RIGHT_ELSEWHERE = {("disputes", "POST"): ("statement_line", "dispute")}
# A body that is taken, so that only the object can be refused.
BODIES: dict[str, dict[str, Any]] = {
    "denial": {"words": "so"},
    "code-confirmation": {"code": "000000"},
    "approval": {"answer": "yes"},
    "refusal": {"answer": "no", "reason": "so"},
    "dismissal": {"reason": "a visitor"},
    "inspection": {"measured_quantity": "1"},
    "rejection": {"defect": "cracks", "cure_by": "2026-10-20"},
    "signature": {"seen": "0" * 64},
    "objection": {"words": "so"},
    "corrections": {
        "amounts": [{"worker_id": 1, "amount": "1.00"}],
        "reason": "so",
        "reference": "B-2",
    },
    "freeze": {"reason": "so"},
    "taking": {"reason": "so"},
    "explanation": {"evidence": "the bank's letter"},
    "unfreeze": {"reason": "so"},
    "assignment": {"user_id": 1},
    "memberships": {"organisation_id": 1, "role": "owner"},
    "moves": {"verb": "suspend"},
    "connection": {"address": "http://192.0.2.7"},
    "ending": {"on": "2026-12-31"},
    "members": {"worker_id": 1, "valid_from": "2026-12-01"},
    "leavings": {"worker_id": 1, "on": "2026-12-01"},
    "suspension": {"reason": "so"},
    "decline": {"reason": "so"},
    "withdrawal": {"reason": "so"},
    "sayings": {"line": 1, "element": "attendance", "stance": "claims"},
    "offer-answers": {"offer": 1, "yes": True},
    "plea": {"words": "so"},
    "escalation": {"to": "talk"},
    "stages": {"verb": "mediate"},
    "appeals": {"decision": 1, "kind": "sue", "court": "so"},
    "court": {"decision": 1, "outcome": "uphold", "words": "so"},
    "crew-disputes": {
        "crew_id": 1,
        "work_from": "2026-10-12",
        "work_to": "2026-10-12",
        "claim": "so",
    },
    "decision": {"awards": [{"line": 1, "amount": "1.00"}], "reasons": "so"},
    "rulings": {"awards": [{"line": 1, "amount": "1.00"}], "reasons": "so"},
    "what-if": {"line_id": 1, "minutes": 1},
}
BODIES |= {
    "home": {"latitude": "30.1", "longitude": "125.2"},
    "payout-switches": {"reason": "so"},
    "notice": {"promise": "nobody is owed anything"},
    "fulfilment": {"note": "filed"},
    "lodging": {"form": "cash", "reference": "L-1"},
    "order": {"reference": "O-1"},
    "wage-ledger": {"reason": "inspection"},
    "predecessors": {"after": [1]},
    "move": {"work_package_id": 1, "starts_on": "2032-03-01"},
    "trial": {"work_package_id": 1, "starts_on": "2032-03-01"},
}
# What colleagues have in common.
SHARED = {
    "crew",
    "assignment",
    "stop_day",
    "task_sheet",
    "photo",
    "milestone",
    "milestone_correction",
}
ABSENT = 2**53
JPEG = b"\xff\xd8\xff\xe0 a wall"
UNCLEAR = DAY.replace(day=9)
ROLES = (
    "worker",
    "crew_leader",
    "subcontractor",
    "general_contractor",
    "labour_officer",
    "owner",
    "arbitrator",
    "operator",
    "auditor",
)


@dataclass(frozen=True)
class Operation:
    """A method of a path below /api/v1/, with the right that it needs."""

    path: str
    method: str
    view: type[APIView]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def right(self) -> tuple[str, str | None]:
        verbs: dict[str, str] = getattr(self.view, "verbs", {})
        own = (getattr(self.view, "noun", ""), verbs.get(self.method))
        return RIGHT_ELSEWHERE.get((self.path, self.method), own)

    @property
    def is_public(self) -> bool:
        return bool(getattr(self.view, "public", False))

    @property
    def of_one(self) -> bool:
        return "<" in self.path

    def call(self, caller: Caller, pk: int) -> Any:
        path = re.sub(r"<[^>]+>", str(pk), self.path)
        if self.method == "GET":
            return caller.get(path)
        if path.endswith("/photos"):
            return caller.picture(path, JPEG)
        if path.endswith("/result"):
            return caller.picture(path, b"no list", "application/octet-stream")
        body = BODIES.get(path.rpartition("/")[2], {})
        key = f"{self}-{pk}"[-64:]
        return caller.send(self.method, path, body, {"Idempotency-Key": key})

    def whose(self, actor: Actor) -> set[str]:
        noun, verb = self.right
        return {
            row.whose
            for row in TABLE
            if row.role in actor.roles and row.noun == noun and verb in row.verbs.split()
        }


def walk(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, type[APIView]]]:
    for pattern in patterns:
        place = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, place)
        elif isinstance(pattern, URLPattern) and place.startswith("api/v1/"):
            yield place.removeprefix("api/v1/"), getattr(pattern.callback, "cls", None)


PATHS = list(walk(get_resolver().url_patterns))
ALL = [
    Operation(path, method, view)
    for path, view in PATHS
    for method in METHODS
    if hasattr(view, method.lower())
]
GUARDED = [o for o in ALL if not o.is_public]
TABLED = [o for o in GUARDED if o.right[0] not in SIGNED_IN_ONLY]


def test_there_is_an_api():
    assert len(PATHS) > 30
    assert {noun for noun, _ in (o.right for o in TABLED)} >= {"punch", "payout", "dispute"}


@pytest.mark.parametrize(("path", "view"), PATHS, ids=[p for p, _ in PATHS])
def test_every_path_is_a_view_of_one_noun(path, view):
    assert view is not None, "no API view"
    assert issubclass(view, NounView) or view.noun in SIGNED_IN_ONLY
    assert view.public if not view.noun else True


@pytest.mark.parametrize("operation", TABLED, ids=str)
def test_every_operation_has_a_row_in_the_table_of_rights(operation):
    noun, verb = operation.right

    assert verb is not None, f"{operation.method} names no verb"
    assert [row for row in TABLE if row.noun == noun and verb in row.verbs.split()] != []


@pytest.mark.parametrize("operation", GUARDED, ids=str)
def test_without_a_token_nothing_is_answered(db, operation):
    answer = operation.call(Caller(None), 1)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.fixture
def bank(tmp_path, monkeypatch):
    rail = BookRail(tmp_path / "bank")
    monkeypatch.setattr(subscribers, "rail_named", lambda name: rail)
    yield rail
    rail.books.close()


@dataclass
class World:
    """Two sites on which everything happened once, and the people of the first."""

    own: Site
    foreign: Site

    def enter(self, role: str) -> tuple[Caller, Actor]:
        """Somebody of the own site who holds the role, as the database knows them."""
        user_id = self._user(role)
        actor = actor_of_user(user_id, at(DAY, 20))
        assert role in actor.roles
        return Caller(actor), actor

    def _user(self, role: str) -> int:
        site = self.own
        if role in ("subcontractor", "auditor"):
            return _member(role, site)
        actor = {
            "worker": site.actor(site.zhang_qiang),
            "crew_leader": site.leader,
            "general_contractor": site.contractor,
            "labour_officer": site.officer,
            "owner": site.owner,
            "arbitrator": site.arbitrator,
            "operator": site.operator,
        }[role]
        assert actor.user_id is not None
        return actor.user_id

    def id(self, operation: Operation, role: str) -> int:
        """The object for an operation on one: the crew leader's own when that is the role."""
        worker = self.own.li_wei if role == "crew_leader" else self.own.zhang_qiang
        return _one(operation.right[0], self.own, worker) if operation.of_one else 0

    def not_theirs(self, operation: Operation, actor: Actor) -> Iterator[int]:
        """Objects of the other site, and a colleague's where only the own counts."""
        noun, whose = operation.right[0], operation.whose(actor)
        if "all" not in whose:
            yield _one(noun, self.foreign, self.foreign.zhang_qiang)
        if whose == {"own"} and noun not in SHARED:
            colleague = next(w for w in self.own.workers if w.pk != actor.worker_id)
            yield _one(noun, self.own, colleague)


def _member(role: str, site: Site) -> int:
    user = User.objects.create(username=role, name=role, created_at=at(START))
    Membership.objects.create(
        user=user, organisation_id=site.zhang_qiang.employer_id, role=role, valid_from=at(START)
    )
    return user.pk


@pytest.fixture
def world(db, bank, tmp_path, settings):
    settings.VAR = tmp_path
    own, foreign = Site.build(), Site.build(code="T-2")
    # Nothing runs after the first case: by today's clock its silence would end it.
    for site in (own, foreign):
        _work(site)
    for site in (own, foreign):
        _happen(site)
    return World(own, foreign)


def _work(site: Site) -> None:
    """For both workers a paid day and an unclear one."""
    for worker in site.workers:
        site.work(worker, DAY)
        site.punch(worker, at(UNCLEAR), "in")
    sheet = site.sheet(DAY, DAY)
    acceptance.attach(
        sheet_id=sheet,
        picture=Picture.read(JPEG),
        caption="",
        actor=site.leader,
        at=at(DAY, 18),
    )
    site.accept(sheet)
    site.run()


def _happen(site: Site) -> None:
    """The unclear days under a case; a parked event, and all the rest once."""
    _tell(site=site)
    _reach_a_milestone(site)
    for worker in site.workers:
        _object(site, worker)
    _park(site)
    _fall_silent(site)
    _park_statement(site)
    _hand_to_the_bank(site)
    _assign(site)
    _plan(site)
    _fund(site)
    _phone(site)
    PayoutSwitch.objects.get_or_create(pk=1)
    for worker in site.workers:
        _allow(site, worker)
        Erasure.objects.create(worker=worker, reason="so", made_by="user:0", asked_at=at(DAY, 20))


def _reach_a_milestone(site: Site) -> None:
    when = at(DAY, 20)
    new = NewMilestone(
        project_id=site.project.pk,
        crew_id=site.crew.pk,
        contract="BZ-7",
        number="M-1",
        name="wall",
        work_from=DAY,
        work_to=DAY,
        labour_minor=1_000,
        share_rule="equal",
        sign_days=3_650,
    )
    milestone = milestones.plan(new=new, actor=site.contractor, at=when)
    milestones.submit(milestone_id=milestone.pk, actor=site.leader, at=when)
    milestones.accept(milestone_id=milestone.pk, actor=site.owner, at=when)
    milestones.propose_correction(
        milestone_id=milestone.pk,
        amounts={worker.pk: 1 for worker in site.workers},
        reason="so",
        reference="B-1",
        actor=site.contractor,
        at=when,
    )


@command
def _tell(*, site: Site) -> None:
    roles = ("subcontractor", "general_contractor", "labour_officer", "owner")
    to = [
        *(To(role=role) for role in (*roles, "operator")),
        *(To(worker_id=w.pk) for w in site.workers),
    ]
    notice.tell(
        "hello",
        project_id=site.project.pk,
        to=to,
        subject_type="project",
        subject_id=site.project.pk,
        once="1",
        at=at(DAY, 20),
    )


def _fund(site: Site) -> None:
    """An agreement with its duties, a security, a withdrawal that was asked for, a shortfall."""
    when, project_id = at(DAY, 20), site.project.pk
    new = NewLabourCost(project_id, DAY, 1, 5, 9 * 10**9, DAY, monthly_minor=10**8)
    row = funding.propose_labour_cost(new=new, actor=site.contractor, at=when)
    funding.answer_labour_cost(agreement_id=row.pk, yes=True, actor=site.owner, at=when)
    funding.require_security(
        project_id=project_id, base_basis_points=200, record=Record(), actor=site.operator, at=when
    )
    owner_id = site.owner.grants[0].organisation_id
    funding.ask_withdrawal(
        project_id=project_id,
        payee_id=owner_id,
        amount=Money(1, "CNY"),
        reason="so",
        actor=site.contractor,
        at=when,
    )
    Shortfall.objects.create(
        project_id=project_id,
        employer_id=site.li_wei.employer_id,
        debtor_id=site.li_wei.employer_id,
        amount_minor=1,
        currency="CNY",
        since=when,
        due_at=when,
    )


def _phone(site: Site) -> None:
    """A fence; a phone punch of each worker; a roll call of both."""
    phones.draw_fence(
        site_id=site.place.pk,
        valid_from=START,
        corners=[HERE],
        radius_metres=200,
        actor=site.contractor,
        at=at(START),
    )
    for worker in site.workers:
        phone = Handset(site, worker).register()
        phone.send(phone.punch(at(DAY, 12)), when=at(DAY, 20))
    rollcall.call_roll(
        crew_id=site.crew.pk,
        site_id=site.place.pk,
        on=DAY,
        called=[Called(w.pk) for w in site.workers],
        actor=site.leader,
        at=at(DAY, 20),
    )


def _allow(site: Site, worker: Worker) -> None:
    new = NewAdjustment(
        worker_id=worker.pk,
        project_id=site.project.pk,
        kind="allowance",
        amount_minor=5_000,
        first=DAY,
        last=DAY,
        label="heat",
        reference="H-1",
    )
    adjustments.propose(new=new, actor=site.contractor, at=at(DAY, 20))


def _assign(site: Site) -> None:
    when = at(DAY, 20)
    assignment = scheduling.propose(
        work_package_id=site.package.pk,
        crew_id=site.crew.pk,
        starts_on=DAY,
        ends_on=DAY,
        headcount=2,
        actor=site.contractor,
        at=when,
    )
    scheduling.publish(assignment_id=assignment.pk, actor=site.contractor, at=when)


def _plan(site: Site) -> None:
    """A published plan with an offer to each worker, and what it was made from."""
    when, monday, first = at(DAY, 20), DAY + timedelta(days=7), DAY + timedelta(days=60)
    hands: dict[str, Any] = {"actor": site.contractor, "at": when}
    new = NewPackage("P", "wall", "砌筑", monday, first, days=1, headcount=2)
    package = scheduling.create_package(project_id=site.project.pk, new=new, **hands)
    scheduling.set_rule(
        project_id=site.project.pk,
        site_id=None,
        valid_from=START,
        rule=SiteRule(),
        late_per_day="0",
        **hands,
    )
    scheduling.declare_stop_day(
        project_id=site.project.pk, site_id=None, on=first, why="rain", **hands
    )
    for worker in site.workers:
        qualification = NewQualification(worker.pk, "certificate", "电工证", START)
        terms.qualify(new=qualification, actor=SYSTEM, at=when)
        terms.report_absence(
            worker_id=worker.pk, first_on=first, last_on=first, why="leave", actor=SYSTEM, at=when
        )
    plan = plans.draft(project_id=site.project.pk, only=[package.pk], **hands)
    planner.solve(plan.pk)
    plans.propose(plan_id=plan.pk, **hands)
    plans.publish(plan_id=plan.pk, **hands)


def _object(site: Site, worker: Worker) -> None:
    line = next(n for n in site.lines(worker) if n.on == UNCLEAR)
    actor, when = site.actor(worker), at(DAY, 20)
    case = disputes.file(line_ids=[line.pk], claim="a whole day", actor=actor, at=when)
    attendance.request_correction(
        worker_id=worker.pk,
        project_id=site.project.pk,
        on=UNCLEAR,
        intervals=[(at(UNCLEAR, 8), at(UNCLEAR, 16))],
        reason="no power",
        actor=actor,
        at=when,
    )
    disputes.assign(
        dispute_id=case.pk, user_id=site.arbitrator.user_id, actor=site.operator, at=when
    )
    _conduct(site, case)


def _conduct(site: Site, case: Dispute) -> None:
    """Accepted, suspended once, a hearing set, and a partial award issued: every paper is there."""
    when = at(DAY, 20)
    Dispute.objects.filter(pk=case.pk).update(accepted_at=when, hearing_at=when)
    Suspension.objects.create(dispute=case, reason="expert_report", ordered_by="user:0", since=when)
    CaseClock.objects.create(
        dispute=case,
        name="correction",
        owed_by="claimant",
        rule="CN/correction@2017-07-01",
        source="invented",
        since=when,
        due_at=when,
    )
    decision = Decision.objects.create(
        dispute=case,
        kind="partial",
        final=True,
        assignment=1,
        reasons="so",
        made_by=str(site.arbitrator),
        made_at=when,
    )
    decision.issue(at=when)
    decision.save()


def _fall_silent(site: Site) -> None:
    DeviceAlarm.objects.create(
        device=site.gate,
        silent_since=at(DAY),
        usual_days=9,
        of_days=10,
        state="raised",
        created_at=at(DAY),
    )
    IngestCount.objects.get_or_create(on=DAY, maker="dahua", name="bodies", count=1)


def _park_statement(site: Site) -> None:
    """A statement with a gap, and a difference that waits for somebody."""
    account = WageAccount.objects.get(project=site.project)
    BankStatement.objects.create(
        wage_account=account,
        source="camt.053",
        reference="S-1",
        digest=site.project.code.encode().ljust(32, b"-"),
        opening_minor=0,
        closing_minor=1,
        gap_minor=1,
        reasons=["does_not_foot"],
        state="parked",
        received_at=at(DAY),
    )
    Break.objects.create(
        wage_account=account,
        kind="only_at_bank",
        key="entry:X-1",
        difference_minor=100,
        opened_at=at(DAY),
        act_by=at(DAY),
    )


def _hand_to_the_bank(site: Site) -> None:
    """A file that collects, and what somebody says of a payment without an answer."""
    PayoutBatch.objects.create(
        wage_account=WageAccount.objects.get(project=site.project),
        sequence=1,
        profile="minimal-1",
        file_key=b"k",
        opened_at=at(DAY),
    )
    payout = Payout.objects.filter(project=site.project).latest("pk")
    PayoutResolution.objects.create(
        payout=payout,
        key=payout.key,
        says="paid",
        evidence="letter 7",
        document="0" * 64,
        made_by="user:0",
        made_at=at(DAY),
    )


def _park(site: Site) -> None:
    body = DeviceBody.objects.create(
        device=site.gate,
        kind="hikvision",
        serial=site.gate.serial,
        received_at=at(DAY),
        method="POST",
        path="/",
        body=b"[]",
        digest=digest(b"[]"),
    )
    ParkedEvent.objects.create(
        body=body,
        site=site.place,
        code="unknown_person",
        key="1",
        event={},
        created_at=at(DAY),
    )


def _one(noun: str, site: Site, worker: Worker) -> int:
    """A row of that noun on the site; of nouns that belong to workers, this worker's."""
    here, his = {"project": site.project}, {"project": site.project, "worker": worker}
    rows: dict[str, Any] = {
        "punch": Punch.objects.filter(**his),
        "day_record": DayRecord.objects.filter(**his),
        "correction": Correction.objects.filter(**his),
        "correction_effect": Correction.objects.filter(**his),
        "parked_event": ParkedEvent.objects.filter(site=site.place),
        "task_sheet": TaskSheet.objects.filter(**here),
        "photo": Photo.objects.filter(sheet__project=site.project),
        "milestone": Milestone.objects.filter(**here),
        "milestone_share": MilestoneShare.objects.filter(
            milestone__project=site.project, worker=worker
        ),
        "milestone_part": MilestonePart.objects.filter(milestone__project=site.project),
        "milestone_correction": MilestoneCorrection.objects.filter(milestone__project=site.project),
        "notice": Notice.objects.filter(project_id=site.project.pk),
        "organisation": Organisation.objects.filter(pk=worker.employer_id),
        "user": User.objects.filter(worker_id=worker.pk),
        "worker": Worker.objects.filter(pk=worker.pk),
        "payee_account": PayeeAccount.objects.filter(worker=worker),
        "crew": Crew.objects.filter(pk=site.crew.pk),
        "agreement": Agreement.objects.filter(worker=worker),
        "agreed_rate": AgreedRate.objects.filter(agreement__worker=worker),
        "project": Project.objects.filter(pk=site.project.pk),
        "device": Device.objects.filter(site=site.place),
        "enrolment": Enrolment.objects.filter(site=site.place, worker=worker),
        "device_alarm": DeviceAlarm.objects.filter(device__site=site.place),
        "work_package": WorkPackage.objects.filter(**here),
        "assignment": Assignment.objects.filter(work_package__project=site.project),
        "scheduling_rule": SchedulingRule.objects.filter(**here),
        "stop_day": StopDay.objects.filter(**here),
        "plan": Plan.objects.filter(**here),
        "plan_part": PlanPart.objects.filter(plan__project=site.project),
        "offer": Offer.objects.filter(work_package__project=site.project, worker=worker),
        "pace": Project.objects.filter(pk=site.project.pk),
        "qualification": Qualification.objects.filter(worker=worker),
        "absence": Absence.objects.filter(worker=worker),
        "adjustment": Adjustment.objects.filter(**his),
        "payout_switch": PayoutSwitch.objects.all(),
        "duty": Duty.objects.filter(**here),
        "shortfall": Shortfall.objects.filter(**here),
        "labour_cost_agreement": LabourCostAgreement.objects.filter(**here),
        "security_deposit": SecurityDeposit.objects.filter(**here),
        "withdrawal": Withdrawal.objects.filter(wage_account__project=site.project),
        "wage_account": WageAccount.objects.filter(**here),
        "statement": Statement.objects.filter(**his),
        "statement_line": StatementLine.objects.filter(
            statement__project=site.project, statement__worker=worker, on=UNCLEAR
        ),
        "wage_table": Project.objects.filter(pk=site.project.pk),
        "wage_ledger": Project.objects.filter(pk=site.project.pk),
        "attendance_sheet": Project.objects.filter(pk=site.project.pk),
        "payout": Payout.objects.filter(**his),
        "bank_statement": BankStatement.objects.filter(wage_account__project=site.project),
        "break": Break.objects.filter(wage_account__project=site.project),
        "erasure": Erasure.objects.filter(worker=worker),
        "payout_batch": PayoutBatch.objects.filter(wage_account__project=site.project),
        "payout_resolution": PayoutResolution.objects.filter(payout__project=site.project),
        "decision": Decision.objects.filter(dispute__worker=worker, dispute__project=site.project),
        "dispute": Dispute.objects.filter(**his),
        "gate_code": Place.objects.filter(pk=site.place.pk),
        "roll_call_entry": RollCallEntry.objects.filter(worker=worker),
        "import": Project.objects.filter(pk=site.project.pk),  # approved for a whole project
    }
    return int(rows[noun].order_by("pk").values_list("pk", flat=True)[0])


@pytest.mark.parametrize("role", ROLES)
def test_what_has_no_row_is_refused_whatever_the_object(world, role):
    caller, actor = world.enter(role)

    answers = {
        str(o): o.call(caller, world.id(o, role)).status_code for o in TABLED if not o.whose(actor)
    }

    assert {name: status for name, status in answers.items() if status != 403} == {}
    assert answers != {}, "no role may do everything"


@pytest.mark.parametrize("role", ROLES)
def test_foreign_and_absent_objects_answer_the_same(world, role):
    caller, actor = world.enter(role)

    wrong = []
    for operation in TABLED:
        if not operation.of_one or not operation.whose(actor):
            continue
        absent = operation.call(caller, ABSENT)
        if absent.status_code != 404:
            wrong.append((str(operation), "absent", absent.status_code))
        for pk in world.not_theirs(operation, actor):
            foreign = operation.call(caller, pk)
            if (foreign.status_code, foreign.content) != (404, absent.content):
                wrong.append((str(operation), "foreign", foreign.status_code))

    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_who_has_a_row_reads_the_own_and_no_other(world, role):
    caller, actor = world.enter(role)

    wrong: list[Any] = []
    for operation in TABLED:
        whose = operation.whose(actor)
        if operation.method != "GET" or not whose:
            continue
        answer = operation.call(caller, world.id(operation, role))
        if answer.streaming:
            assert b"".join(answer.streaming_content) != b""
        # A case that was accepted has every paper but one.
        if answer.status_code != (409 if "non-acceptance-notice" in str(operation) else 200):
            wrong.append((str(operation), answer.status_code))
        elif not operation.of_one:
            wrong += [(str(operation), fault) for fault in _faults(answer, whose, actor, world)]

    assert wrong == []


def _faults(answer: Any, whose: set[str], actor: Actor, world: World) -> Iterator[object]:
    """What a list shows too much, or that it shows nothing."""
    items = answer.json()["items"]
    if not items:
        yield "empty"
    for item in items:
        if "all" not in whose and item.get("project_id") == world.foreign.project.pk:
            yield item
        if whose == {"own"} and item.get("worker_id", actor.worker_id) != actor.worker_id:
            yield item
