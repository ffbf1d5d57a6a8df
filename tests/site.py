"""A small building site for tests: parties, a crew with people on terms, a funded wage account.

site = Site.build(workers=2)
site.work(site.li_wei, day)              a clean day of eight hours
sheet = site.sheet(first, last)          submitted by the crew leader
site.accept(sheet)                       by the owner
site.run()                               everything that is due happens
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from jianzhu.access.actor import SYSTEM, Actor, Grant
from jianzhu.access.models import Membership, Organisation, User
from jianzhu.kernel.db import command
from jianzhu.kernel.money import Money
from jianzhu.outbox import relay
from projects.acceptance import commands as acceptance
from projects.acceptance.steps import Draft
from projects.attendance.models import DeviceBody
from projects.attendance.steps import Passage, digest, write_punches
from projects.scheduling.models import WorkPackage
from projects.sites.models import Device, Enrolment, Party, Policy, Project
from projects.sites.models import Site as Place
from settlements.funding import steps as funding
from settlements.statements.models import RegionalValue, StatementLine
from tests import replay
from workers_app.people import steps as people
from workers_app.people.models import Crew, Worker
from workers_app.people.steps import NewWorker
from workers_app.terms.models import AgreedRate, Agreement

# TEST_ZONE: the zone of the process and of every site that says no other (`make zones`).
ZONE = ZoneInfo(os.environ.get("TEST_ZONE") or "Asia/Shanghai")
START = date(2026, 9, 1)
CURRENCY = {"CN": "CNY", "US": "USD", "AU": "AUD"}
# Monday to Friday without a holiday: 8, 9, 10 (a working Saturday), then 12 to 16 October 2026.
DAY = date(2026, 10, 12)
NAMES = ("李伟", "张强", "王芳", "赵敏", "陈刚", "刘洋", "周杰", "吴静", "郑浩", "孙丽")


def at(day: date, hour: int = 8, minute: int = 0) -> datetime:
    """A wall-clock instant on the site."""
    return datetime.combine(day, time(hour, minute), tzinfo=ZONE).astimezone(UTC)


@dataclass
class Site:
    """Handles on everything the set-up made; `rate` is per 工 in fen."""

    project: Project
    place: Place
    gate: Device
    crew: Crew
    package: WorkPackage
    workers: list[Worker]
    leader: Actor
    owner: Actor
    contractor: Actor
    officer: Actor
    arbitrator: Actor
    operator: Actor
    bodies: list[DeviceBody] = field(default_factory=list)

    @property
    def li_wei(self) -> Worker:
        return self.workers[0]

    @property
    def zhang_qiang(self) -> Worker:
        return self.workers[1]

    @classmethod
    def build(
        cls,
        *,
        workers: int = 2,
        rate: int = 40_000,
        funds: int = 100_000_000,
        basis: str = "day",
        code: str = "T-1",
        rule_set: str = "CN",
    ) -> Site:
        asked = {
            "code": code, "workers": workers, "rate": rate,
            "funds": funds, "basis": basis, "rule_set": rule_set,
        }  # fmt: skip
        return replay.again(tuple(asked.values()), lambda: _build(**asked))

    def actor(self, worker: Worker) -> Actor:
        """The worker, signed in."""
        return Actor(kind="user", user_id=worker.user_id, worker_id=worker.pk)

    def punch(self, worker: Worker, moment: datetime, direction: str = "unknown") -> None:
        """One passage through the gate, already understood."""
        _punch(site=self, worker=worker, moment=moment, direction=direction)

    def work(self, worker: Worker, day: date, first: int = 8, last: int = 16) -> None:
        """In at `first`, out at `last`: the default makes eight clean hours."""
        self.punch(worker, at(day, first), "in")
        self.punch(worker, at(day, last), "out")

    def sheet(
        self,
        first: date,
        last: date,
        *,
        submitted: datetime | None = None,
        quantity: int = 10_000,
        piece: bool = False,
        rule: str = "workdays",
        number: str = "",
    ) -> int:
        """A task sheet of the crew, drafted by its leader and handed in; returns its id."""
        when = submitted or at(last, 18)
        sheet = acceptance.draft(
            new=Draft(
                project_id=self.project.pk,
                crew_id=self.crew.pk,
                work_package_id=self.package.pk,
                number=number or f"TS-{first}-{piece}",
                item="砌体",
                building="1号楼",
                floor="3层",
                unit="m3",
                work_from=first,
                work_to=last,
                planned_thousandths=quantity,
                is_piece=piece,
                share_rule=rule,
            ),
            actor=self.leader,
            at=when,
        )
        acceptance.submit(sheet_id=sheet.pk, actor=self.leader, at=when)
        return sheet.pk

    def accept(self, sheet_id: int, when: datetime | None = None) -> None:
        """The owner accepts the whole."""
        acceptance.accept(sheet_id=sheet_id, actor=self.owner, at=when or at(DAY, 19))

    def run(self) -> None:
        """Everything that is due happens, until nothing is."""
        relay.drain()

    def minimum_wage(self, month_minor: int = 100_000) -> Site:
        """The region's minimum wage is on record, so that an award knows whether it is final."""
        RegionalValue.objects.create(
            name="minimum_wage_month",
            region=self.project.region,
            valid_from=date(2026, 1, 1),
            value=month_minor,
            source="invented",
        )
        return self

    def lines(self, worker: Worker | None = None) -> list[StatementLine]:
        rows = StatementLine.objects.filter(statement__project=self.project)
        if worker is not None:
            rows = rows.filter(statement__worker=worker)
        return list(rows.select_related("statement", "payout").order_by("on", "key"))


def _actor(user: User, role: str, organisation: Organisation) -> Actor:
    Membership.objects.create(user=user, organisation=organisation, role=role, valid_from=at(START))
    return Actor(
        kind="user",
        user_id=user.pk,
        worker_id=user.worker_id,
        grants=(Grant(role, organisation.pk, None),),
    )


def _user(name: str, code: str) -> User:
    return User.objects.create(username=f"{name}-{code}", name=name, created_at=at(START))


@command
def _build(*, code: str, workers: int, rate: int, funds: int, basis: str, rule_set: str) -> Site:
    currency, region = CURRENCY[rule_set], f"{rule_set}-99"
    start = at(START)
    owner, gc, sub, court = (
        Organisation.objects.create(code=f"99{code}{i}", name=name, created_at=start)
        for i, name in enumerate(("临澜建设", "临澜总包", "临澜劳务", "临澜仲裁院"))
    )
    project = Project.objects.create(
        code=code,
        name="试验楼",
        zone=ZONE.key,
        currency=currency,
        rule_set=rule_set,
        region=region,
        created_at=start,
    )
    project.start()
    project.save()
    for organisation, role in (
        (owner, "owner"),
        (gc, "general_contractor"),
        (sub, "subcontractor"),
    ):
        Party.objects.create(project=project, organisation=organisation, role=role)
    Policy.objects.create(project=project, valid_from=START, made_by="system")
    place = Place.objects.create(project=project, code="A", name="A区", zone=ZONE.key)
    gate = Device.objects.create(
        site=place, kind="hikvision", serial=f"gate-{code}", name="大门", zone=ZONE.key
    )
    contractor = _actor(_user("contractor", code), "general_contractor", gc)
    people_ = [
        _worker(code, i, sub, project, place, rate, basis, start, contractor)
        for i in range(workers)
    ]
    crew = people.create_crew(
        employer_id=sub.pk,
        code=f"C-{code}",
        name="砌筑班",
        trade="砌筑",
        leader_id=people_[0].pk,
        actor=SYSTEM,
        at=start,
    )
    for worker in people_:
        people.join_crew(
            crew_id=crew.pk,
            worker_id=worker.pk,
            valid_from=START,
            valid_to=None,
            actor=SYSTEM,
            at=start,
        )
    package = WorkPackage.objects.create(
        project=project,
        code="WP",
        name="3层墙",
        trade="砌筑",
        item="砌体",
        unit="m3",
        starts_on=START,
        ends_on=date(2026, 12, 31),
    )
    funding.open_wage_account(
        project_id=project.pk,
        rail="sandbox_bank",
        bank_account=f"9999{code}",
        currency=currency,
        actor=SYSTEM,
        at=start,
    )
    if funds:
        funding.record_deposit(
            project_id=project.pk,
            payer_id=owner.pk,
            reference=f"D-{code}",
            amount=Money(funds, currency),
            actor=SYSTEM,
            at=start,
        )
    return Site(
        project=project,
        place=place,
        gate=gate,
        crew=crew,
        package=package,
        workers=people_,
        leader=_actor(User.objects.get(pk=people_[0].user_id), "crew_leader", sub),
        owner=_actor(_user("owner", code), "owner", owner),
        contractor=contractor,
        officer=_actor(_user("officer", code), "labour_officer", gc),
        arbitrator=_actor(_user("arbitrator", code), "arbitrator", court),
        operator=_actor(_user("operator", code), "operator", court),
    )


def _worker(
    code: str,
    number: int,
    employer: Organisation,
    project: Project,
    place: Place,
    rate: int,
    basis: str,
    start: datetime,
    checker: Actor,
) -> Worker:
    worker = people.register_worker(
        NewWorker(
            employer_id=employer.pk,
            code=f"W-{number}",
            name=NAMES[number % len(NAMES)],
            trade="砌筑",
            id_number=f"99{code}{number:012d}",
            phone=f"100{code}{number:06d}",
        ),
        actor=SYSTEM,
        at=start,
    )
    payee = people.propose_payee(
        worker=worker,
        bank_code="105",
        bank_name="临澜银行",
        account=f"9999{code}{number:08d}",
        actor=SYSTEM,
        at=start,
    )
    people.verify_payee(payee, actor=checker, at=start)
    Enrolment.objects.create(
        site=place, person_no=f"{number + 1:03d}", worker=worker, valid_from=START
    )
    agreement = Agreement.objects.create(
        worker=worker,
        project_id=project.pk,
        employer=employer,
        trade="砌筑",
        rule_set=project.rule_set,
        region=project.region,
        currency=project.currency,
        pay_day=15,
        signed_on=START,
        created_at=start,
    )
    _agree(agreement, start, basis=basis, rate_minor=rate)
    return worker


def _agree(agreement: Agreement, when: datetime, **terms: object) -> AgreedRate:
    rate = AgreedRate.objects.create(
        agreement=agreement, valid_from=START, made_by="system", created_at=when, **terms
    )
    rate.agree(by="user:0")
    rate.save()
    return rate


@command
def agree_piece(*, site: Site, worker: Worker, item: str, unit: str, price: int) -> AgreedRate:
    """A piece price for one worker."""
    agreement = Agreement.objects.get(worker=worker, project_id=site.project.pk)
    return _agree(agreement, at(START), basis="piece", item=item, unit=unit, rate_minor=price)


@command
def _punch(*, site: Site, worker: Worker, moment: datetime, direction: str) -> None:
    body = DeviceBody.objects.create(
        device=site.gate,
        kind="hikvision",
        serial=site.gate.serial,
        received_at=moment,
        method="POST",
        path="/devices/hikvision",
        body=b"{}",
        digest=digest(b"{}"),
        understood_at=moment,
    )
    write_punches(
        [
            Passage(
                body_id=body.pk,
                device_id=site.gate.pk,
                site_id=site.place.pk,
                project_id=site.project.pk,
                worker_id=worker.pk,
                at=moment,
                device_at=moment,
                received_at=moment,
                told_on=moment.date(),
                direction=direction,
                method="face",
                source="device",
                key=f"{worker.pk}-{moment.isoformat()}-{direction}",
            )
        ],
        at=moment + timedelta(seconds=1),
    )
