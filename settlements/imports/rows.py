"""One function per kind of sheet: takes one row, does it, and says whether it was new.

A row that is there already with the same content changes nothing; with other content it is a fault.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model

from jianzhu.access import queries as access
from jianzhu.access.actor import Actor
from jianzhu.access.models import Organisation, User
from jianzhu.kernel.db import keep, same
from jianzhu.kernel.money import Money
from jianzhu.kernel.sheets import Row
from jianzhu.web.staff import steps as staff
from projects.acceptance import steps as acceptance
from projects.acceptance.models import TaskSheet
from projects.acceptance.steps import Draft
from projects.attendance.models import AttendanceRule
from projects.scheduling import steps as scheduling
from projects.scheduling.models import WorkPackage
from projects.scheduling.steps import NewPackage
from projects.sites import steps as sites
from projects.sites.models import Project, Site
from projects.sites.steps import NewDevice, NewPolicy, NewProject
from settlements.funding import steps as funding
from settlements.imports.errors import BadPoints, Unknown
from settlements.statements.models import RegionalValue
from workers_app.people import steps as people
from workers_app.people.models import Crew, CrewMember, Worker
from workers_app.people.steps import NewWorker
from workers_app.terms import steps as terms
from workers_app.terms.steps import NewAgreement, NewRate

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who sends the sheet, and when."""

    actor: Actor
    at: datetime


Importer = Callable[[Row, Hand], bool]


def organisations(row: Row, hand: Hand) -> bool:
    return staff.create_organisation(
        code=row.text("code"), name=row.text("name"), actor=hand.actor, at=hand.at
    )[1]


def projects(row: Row, hand: Hand) -> bool:
    new = NewProject(
        code=row.text("project_code"),
        name=row.text("project_name"),
        zone=row.text("zone"),
        currency=row.text("currency"),
        rule_set=row.text("rule_set"),
        region=row.text("region"),
    )
    project, made = sites.create_project(new, actor=hand.actor, at=hand.at)
    sites.add_site(
        project_id=project.pk,
        code=row.text("site_code"),
        name=row.text("site_name"),
        zone=row.text("zone"),
        actor=hand.actor,
        at=hand.at,
    )
    agreed = NewPolicy(
        valid_from=row.date("policy_from"),
        silence_days=row.whole("silence_days"),
        confirm_days=row.whole("confirm_days"),
    )
    sites.set_policy(project.pk, agreed, actor=hand.actor, at=hand.at)
    funding.open_wage_account(
        project_id=project.pk,
        rail="sandbox_bank",
        bank_account=row.text("wage_account"),
        currency=project.currency,
        actor=hand.actor,
        at=hand.at,
    )
    return made


def parties(row: Row, hand: Hand) -> bool:
    return sites.add_party(
        project_id=project_of(row).pk,
        role=row.text("role"),
        organisation_id=_organisation(row, "organisation_code").pk,
        actor=hand.actor,
        at=hand.at,
    )[1]


def devices(row: Row, hand: Hand) -> bool:
    drift = row["drift_seconds"] is not None
    new = NewDevice(
        kind=row.text("kind"),
        serial=row.text("serial"),
        name=row.text("name"),
        direction=row.text("direction"),
        zone=row.text("zone"),
        drift_seconds=row.whole("drift_seconds") if drift else 0,
    )
    return sites.register_device(_site(row).pk, new, actor=hand.actor, at=hand.at)[1]


def workers(row: Row, hand: Hand) -> bool:
    employer = _organisation(row, "employer_code")
    site = _site(row)
    worker = Worker.objects.filter(employer=employer, code=row.text("worker_code")).first()
    if worker is not None:
        same(worker, {"name": row.text("name"), "id_number_tail": row.text("id_number")[-4:]})
        return False
    worker = people.register_worker(
        NewWorker(
            employer_id=employer.pk,
            code=row.text("worker_code"),
            name=row.text("name"),
            trade=row.text("trade"),
            id_number=row.text("id_number"),
            phone=row.text("phone"),
            id_kind=row.text("id_kind") or "01",
        ),
        actor=hand.actor,
        at=hand.at,
    )
    people.propose_payee(
        worker=worker,
        bank_code=row.text("bank_code"),
        bank_name=row.text("bank_name"),
        account=row.text("account_number"),
        actor=hand.actor,
        at=hand.at,
    )
    sites.enrol(
        site_id=site.pk,
        person_no=row.text("person_no"),
        worker_id=worker.pk,
        valid_from=row.date("enrolled_from"),
        actor=hand.actor,
        at=hand.at,
    )
    return True


def users(row: Row, hand: Hand) -> bool:
    user = _leader(row) if row.text("worker_code") else _staff(row, hand)
    project = row.text("project_code")
    return staff.grant(
        user_id=user.pk,
        role=row.text("role"),
        organisation_id=_organisation(row, "organisation_code").pk,
        project_id=project_of(row).pk if project else None,
        actor=hand.actor,
        at=hand.at,
    )[1]


def _staff(row: Row, hand: Hand) -> User:
    return staff.create_staff(
        username=row.text("username"),
        name=row.text("name"),
        language=row.text("language") or "zh-hans",
        password="",  # whoever it is for sets one before signing in
        actor=hand.actor,
        at=hand.at,
    )[0]


def _leader(row: Row) -> User:
    """A crew leader is a worker: the same account, so that both see one person."""
    user = User.objects.get(worker_id=_worker(row, "worker_code").pk)
    if user.username != row.text("username"):
        user.username = row.text("username")
        user.save(update_fields=["username"])
    return user


def crews(row: Row, hand: Hand) -> bool:
    employer, leader = _organisation(row, "employer_code"), _worker(row, "leader_code")
    crew = Crew.objects.filter(employer=employer, code=row.text("crew_code")).first()
    if crew is not None:
        same(crew, {"name": row.text("name"), "leader_id": leader.pk})
        return False
    people.create_crew(
        employer_id=employer.pk,
        code=row.text("crew_code"),
        name=row.text("name"),
        trade=row.text("trade"),
        leader_id=leader.pk,
        actor=hand.actor,
        at=hand.at,
    )
    return True


def crew_members(row: Row, hand: Hand) -> bool:
    crew, worker = crew_of(row), _worker(row, "worker_code")
    found = CrewMember.objects.filter(
        crew=crew, worker=worker, valid_from=row.date("valid_from")
    ).first()
    if found is not None:
        same(found, {"valid_to": _until(row)})
        return False
    people.join_crew(
        crew_id=crew.pk,
        worker_id=worker.pk,
        valid_from=row.date("valid_from"),
        valid_to=_until(row),
        actor=hand.actor,
        at=hand.at,
    )
    return True


def agreements(row: Row, hand: Hand) -> bool:
    worker, project = _worker(row, "worker_code"), project_of(row)
    agreement, _ = terms.sign_agreement(
        NewAgreement(
            worker_id=worker.pk,
            project_id=project.pk,
            employer_id=worker.employer_id,
            trade=row.text("trade"),
            rule_set=row.text("rule_set"),
            region=row.text("region"),
            currency=row.text("currency"),
            pay_day=row.whole("pay_day"),
            signed_on=row.date("signed_on"),
        ),
        actor=hand.actor,
        at=hand.at,
    )
    return terms.propose_rate(
        agreement,
        NewRate(
            basis=row.text("basis"),
            item=row.text("item"),
            unit=row.text("unit"),
            rate_minor=minor_of(row, "rate"),
            workday_minutes=row.whole("workday_minutes"),
            valid_from=row.date("valid_from"),
            valid_to=_until(row),
        ),
        actor=hand.actor,
        at=hand.at,
    )[1]


def attendance_rules(row: Row, hand: Hand) -> bool:
    names = ("kind", "starts", "ends", "break_minutes", "day_starts", "workday_minutes")
    return keep(
        AttendanceRule,
        {
            "project": project_of(row),
            "valid_from": row.date("valid_from"),
            "crew": crew_of(row) if row.text("crew_code") else None,
        },
        {"document": {name: row[name] for name in names}},
        {"made_by": str(hand.actor)},
    )[1]


def minimum_wages(row: Row, hand: Hand) -> bool:
    new = False
    for name, column in (("minimum_wage_month", "per_month"), ("minimum_wage_hour", "per_hour")):
        if row[column] is not None:
            _, made = keep(
                RegionalValue,
                {"name": name, "region": row.text("region"), "valid_from": row.date("valid_from")},
                {"value": minor_of(row, column)},
                {"source": row.text("source")},
            )
            new |= made
    return new


def work_packages(row: Row, hand: Hand) -> bool:
    new = NewPackage(
        code=row.text("code"),
        name=row.text("name"),
        trade=row.text("trade"),
        item=row.text("item"),
        unit=row.text("unit"),
        starts_on=row.date("starts_on"),
        ends_on=row.date("ends_on"),
        planned_thousandths=_thousandths(row, "planned_quantity") or 0,
    )
    return scheduling.create_package(project_of(row).pk, new, actor=hand.actor, at=hand.at)[1]


def assignments(row: Row, hand: Hand) -> bool:
    assignment, new = scheduling.propose(
        work_package_id=_package(row).pk,
        crew_id=crew_of(row).pk,
        starts_on=row.date("starts_on"),
        ends_on=row.date("ends_on"),
        headcount=row.whole("headcount"),
        actor=hand.actor,
        at=hand.at,
    )
    if new:
        scheduling.move(assignment, "publish", actor=hand.actor, at=hand.at)
        declined = row.text("answer") == "declined"
        said = {"reason": row.text("reason")} if declined else {}
        verb = "decline" if declined else "accept"
        scheduling.answer(assignment, verb, actor=hand.actor, at=hand.at, **said)
    return new


def deposits(row: Row, hand: Hand) -> bool:
    project = project_of(row)
    return funding.record_deposit(
        project_id=project.pk,
        payer_id=_organisation(row, "payer_code").pk,
        reference=row.text("reference"),
        amount=Money(minor_of(row, "amount"), project.currency),
        actor=hand.actor,
        at=instant_of(row, "at", project),
    )[1]


def task_sheets(row: Row, hand: Hand) -> bool:
    """Each step by the hand that took it; what the sheet tells again was done before."""
    project = project_of(row)
    sheet, new = acceptance.draft(
        _draft(row, project), actor=user_of(row, "submitted_by", hand), at=hand.at
    )
    if sheet.state == "drafted":
        acceptance.submit(
            sheet,
            actor=user_of(row, "submitted_by", hand),
            at=instant_of(row, "submitted_at", project),
        )
    if sheet.state == "submitted" and row["inspected_at"] is not None:
        acceptance.inspect(
            sheet,
            measured_thousandths=_thousandths(row, "measured_quantity") or 0,
            actor=user_of(row, "decided_by", hand),
            at=instant_of(row, "inspected_at", project),
        )
    if sheet.state in ("submitted", "inspected") and row.text("decision"):
        _decide(sheet, row, project, hand)
    return new


def _decide(sheet: TaskSheet, row: Row, project: Project, hand: Hand) -> None:
    actor, at = user_of(row, "decided_by", hand), instant_of(row, "decided_at", project)
    if row.text("decision") == "accepted":
        acceptance.accept(sheet, actor=actor, at=at)
    elif row.text("decision") == "partly_accepted":
        acceptance.accept_partly(
            sheet,
            accepted_thousandths=_thousandths(row, "accepted_quantity") or 0,
            defect=row.text("defect"),
            cure_by=row.date("cure_by"),
            actor=actor,
            at=at,
        )
    else:
        acceptance.reject(
            sheet, defect=row.text("defect"), cure_by=row.date("cure_by"), actor=actor, at=at
        )


def _draft(row: Row, project: Project) -> Draft:
    return Draft(
        project_id=project.pk,
        crew_id=crew_of(row).pk,
        work_package_id=_package(row).pk,
        number=row.text("number"),
        item=row.text("item"),
        building=row.text("building"),
        floor=row.text("floor"),
        axis=row.text("axis"),
        unit=row.text("unit"),
        work_from=row.date("work_from"),
        work_to=row.date("work_to"),
        planned_thousandths=_thousandths(row, "planned_quantity") or 0,
        is_piece=row.text("is_piece") == "yes",
        share_rule=row.text("share_rule"),
        share_points=points_of(row.text("share_points")),
    )


def points_of(text: str) -> dict[str, int]:
    """ "W-A-032=12;W-A-033=10" as points by worker id."""
    points = {}
    for part in filter(None, text.split(";")):
        code, equals, share = part.partition("=")
        if not (equals and share.isascii() and share.isdigit()):
            raise BadPoints(column="share_points", value=part[:40])
        points[str(_one(Worker, "share_points", code, code=code).pk)] = int(share)
    return points


def _one(model: type[M], noun: str, name: str, **key: Any) -> M:
    found = model._default_manager.filter(**key).first()
    if found is None:
        raise Unknown(noun=noun, name=name)
    return found


def _organisation(row: Row, column: str) -> Organisation:
    return _one(Organisation, column, row.text(column), code=row.text(column))


def project_of(row: Row) -> Project:
    """The project that the row names; Unknown when there is none."""
    code = row.text("project_code")
    return _one(Project, "project_code", code, code=code)


def _site(row: Row) -> Site:
    code = row.text("site_code")
    return _one(Site, "site_code", code, code=code)


def _worker(row: Row, column: str) -> Worker:
    return _one(Worker, column, row.text(column), code=row.text(column))


def crew_of(row: Row) -> Crew:
    """The crew that the row names."""
    code = row.text("crew_code")
    return _one(Crew, "crew_code", code, code=code)


def _package(row: Row) -> WorkPackage:
    code = row.text("work_package_code")
    return _one(WorkPackage, "work_package_code", code, code=code, project=project_of(row))


def user_of(row: Row, column: str, hand: Hand) -> Actor:
    """The user of the column, with the roles held when the sheet was taken."""
    name = row.text(column)
    return access.actor_of(_one(User, column, name, username=name), hand.at)


def _until(row: Row) -> date | None:
    return None if row["valid_to"] is None else row.date("valid_to")


def instant_of(row: Row, column: str, project: Project) -> datetime:
    """An instant; without an offset it is the project's wall clock."""
    value = row.datetime(column)
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(project.zone))


def minor_of(row: Row, column: str) -> int:
    """Minor units of an amount in the row's own currency."""
    return Money.parse(str(row.decimal(column)), row.text("currency")).minor


def _thousandths(row: Row, column: str) -> int | None:
    return None if row[column] is None else int(row.decimal(column) * 1_000)


# In the order in which a new site's sheets build on each other.
KINDS: dict[str, Importer] = {
    f.__name__: f
    for f in (
        organisations,
        projects,
        parties,
        devices,
        workers,
        users,
        crews,
        crew_members,
        agreements,
        attendance_rules,
        minimum_wages,
        work_packages,
        assignments,
        deposits,
        task_sheets,
    )
}
