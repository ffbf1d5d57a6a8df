"""Setting up the sample month from its sheets. Each sheet is one command; loading twice is once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from jianzhu.access import queries as access
from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.access.models import Membership, Organisation, Role, User
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command
from jianzhu.kernel.money import Money
from jianzhu.kernel.sheets import Row
from projects.acceptance import commands as acceptance
from projects.acceptance.models import TaskSheet
from projects.acceptance.steps import Draft
from projects.attendance.models import AttendanceRule
from projects.scheduling.models import Assignment, WorkPackage
from projects.sites.models import Device, Enrolment, Party, Policy, Project, Site
from settlements.funding import steps as funding
from settlements.month import files
from workers_app.people import steps as people
from workers_app.people.models import Crew, CrewMember, Worker
from workers_app.people.steps import NewWorker
from workers_app.terms import steps as terms
from workers_app.terms.steps import NewAgreement, NewRate

# The sites were set up before the month began.
AT = datetime(2026, 9, 28, 1, 0, tzinfo=UTC)


@command
def organisations() -> None:
    """Companies and offices."""
    for row in files.rows("organisations"):
        Organisation.objects.get_or_create(
            code=row.text("code"), defaults={"name": row.text("name"), "created_at": AT}
        )


@command
def projects() -> None:
    """Projects with site, policy and wage account."""
    for row in files.rows("projects"):
        project, new = Project.objects.get_or_create(
            code=row.text("project_code"),
            defaults={
                "name": row.text("project_name"),
                "zone": row.text("zone"),
                "currency": row.text("currency"),
                "rule_set": row.text("rule_set"),
                "region": row.text("region"),
                "created_at": AT,
            },
        )
        if new:
            project.start()
            project.save(update_fields=["state"])
            audit.record("project.start", "project", project.pk, actor=SYSTEM, at=AT)
        Site.objects.get_or_create(
            project=project,
            code=row.text("site_code"),
            defaults={"name": row.text("site_name"), "zone": row.text("zone")},
        )
        Policy.objects.get_or_create(
            project=project,
            valid_from=row.date("policy_from"),
            defaults={
                "silence_days": row.whole("silence_days"),
                "confirm_days": row.whole("confirm_days"),
                "made_by": str(SYSTEM),
            },
        )
        funding.open_wage_account(
            project_id=project.pk,
            rail="sandbox_bank",
            bank_account=row.text("wage_account"),
            currency=project.currency,
            actor=SYSTEM,
            at=AT,
        )


@command
def parties() -> None:
    """Who has which part in a project."""
    for row in files.rows("parties"):
        Party.objects.get_or_create(
            project=_project(row),
            role=row.text("role"),
            organisation=Organisation.objects.get(code=row.text("organisation_code")),
        )


@command
def devices() -> None:
    """Terminals on the allow-list."""
    for row in files.rows("devices"):
        Device.objects.get_or_create(
            kind=row.text("kind"),
            serial=row.text("serial"),
            defaults={
                "site": Site.objects.get(code=row.text("site_code")),
                "name": row.text("name"),
                "direction": row.text("direction"),
                "zone": row.text("zone"),
                "drift_seconds": (row["drift_seconds"] and row.whole("drift_seconds")) or 0,
            },
        )


@command
def workers() -> None:
    """People, their accounts, and their numbers at the gate."""
    for row in files.rows("workers"):
        employer = Organisation.objects.get(code=row.text("employer_code"))
        if Worker.objects.filter(employer=employer, code=row.text("worker_code")).exists():
            continue
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
            actor=SYSTEM,
            at=AT,
        )
        payee = people.propose_payee(
            worker=worker,
            bank_code=row.text("bank_code"),
            bank_name=row.text("bank_name"),
            account=row.text("account_number"),
            actor=SYSTEM,
            at=AT,
        )
        site = Site.objects.get(code=row.text("site_code"))
        people.verify_payee(payee, actor=checker(site.project_id), at=AT)
        Enrolment.objects.create(
            site=site,
            person_no=row.text("person_no"),
            worker=worker,
            valid_from=row.date("enrolled_from"),
        )


@command
def users() -> None:
    """Staff with their roles, before the workers whom they check."""
    _users([row for row in files.rows("users") if not row.text("worker_code")])


@command
def crew_leaders() -> None:
    """Workers who sign in as leaders of their crew: the worker's own user, so one person."""
    _users([row for row in files.rows("users") if row.text("worker_code")])


def _users(rows: list[Row]) -> None:
    for row in rows:
        worker_code = row.text("worker_code")
        if worker_code:
            user = User.objects.get(worker_id=Worker.objects.get(code=worker_code).pk)
            if user.username != row.text("username"):
                user.username = row.text("username")
                user.save(update_fields=["username"])
        else:
            user, _ = User.objects.get_or_create(
                username=row.text("username"),
                defaults={
                    "name": row.text("name"),
                    "created_at": AT,
                    "language": row.text("language") or "zh-hans",
                },
            )
        project = row.text("project_code")
        Membership.objects.get_or_create(
            user=user,
            role=row.text("role"),
            valid_to=None,
            organisation=Organisation.objects.get(code=row.text("organisation_code")),
            project_id=Project.objects.get(code=project).pk if project else None,
            defaults={"valid_from": AT},
        )


@command
def crews() -> None:
    """Crews and who leads them."""
    for row in files.rows("crews"):
        employer = Organisation.objects.get(code=row.text("employer_code"))
        if not Crew.objects.filter(employer=employer, code=row.text("crew_code")).exists():
            people.create_crew(
                employer_id=employer.pk,
                code=row.text("crew_code"),
                name=row.text("name"),
                trade=row.text("trade"),
                leader_id=Worker.objects.get(code=row.text("leader_code")).pk,
                actor=SYSTEM,
                at=AT,
            )


@command
def crew_members() -> None:
    """Who was in which crew, and when."""
    for row in files.rows("crew_members"):
        crew = Crew.objects.get(code=row.text("crew_code"))
        worker = Worker.objects.get(code=row.text("worker_code"))
        found = CrewMember.objects.filter(
            crew=crew, worker=worker, valid_from=row.date("valid_from")
        )
        if not found.exists():
            people.join_crew(
                crew_id=crew.pk,
                worker_id=worker.pk,
                valid_from=row.date("valid_from"),
                valid_to=_until(row),
                actor=SYSTEM,
                at=AT,
            )


@command
def agreements() -> None:
    """Work agreements with their rate versions, agreed by a second person."""
    for row in files.rows("agreements"):
        worker = Worker.objects.get(code=row.text("worker_code"))
        project = _project(row)
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
            actor=SYSTEM,
            at=AT,
        )
        rate, new = terms.propose_rate(
            agreement,
            NewRate(
                basis=row.text("basis"),
                item=row.text("item"),
                unit=row.text("unit"),
                rate_minor=Money.parse(str(row.decimal("rate")), row.text("currency")).minor,
                workday_minutes=row.whole("workday_minutes"),
                valid_from=row.date("valid_from"),
                valid_to=_until(row),
            ),
            actor=SYSTEM,
            at=AT,
        )
        if new:
            terms.agree_rate(rate, actor=checker(project.pk), at=AT)


@command
def attendance_rules() -> None:
    """By which rule punches become a day."""
    for row in files.rows("attendance_rules"):
        crew = row.text("crew_code")
        AttendanceRule.objects.get_or_create(
            project=_project(row),
            valid_from=row.date("valid_from"),
            crew=Crew.objects.get(code=crew) if crew else None,
            defaults={
                "made_by": str(SYSTEM),
                "document": {
                    name: row[name]
                    for name in (
                        "kind",
                        "starts",
                        "ends",
                        "break_minutes",
                        "day_starts",
                        "workday_minutes",
                    )
                },
            },
        )


@command
def work_packages() -> None:
    """What is to be done."""
    for row in files.rows("work_packages"):
        WorkPackage.objects.get_or_create(
            project=_project(row),
            code=row.text("code"),
            defaults={
                "name": row.text("name"),
                "trade": row.text("trade"),
                "item": row.text("item"),
                "unit": row.text("unit"),
                "starts_on": row.date("starts_on"),
                "ends_on": row.date("ends_on"),
                "planned_thousandths": _thousandths(row, "planned_quantity") or 0,
            },
        )


@command
def assignments() -> None:
    """Which crew was asked to do what, and its answer."""
    for row in files.rows("assignments"):
        project = _project(row)
        assignment, new = Assignment.objects.get_or_create(
            work_package=WorkPackage.objects.get(
                project=project, code=row.text("work_package_code")
            ),
            crew=Crew.objects.get(code=row.text("crew_code")),
            starts_on=row.date("starts_on"),
            defaults={
                "ends_on": row.date("ends_on"),
                "headcount": row.whole("headcount"),
                "created_at": AT,
            },
        )
        if not new:
            continue
        assignment.publish()
        assignment.save()
        if row.text("answer") == "declined":
            assignment.decline(at=AT, reason=row.text("reason"))
        else:
            assignment.accept(at=AT)
        assignment.save()
        audit.record(
            f"assignment.{assignment.state}",
            "assignment",
            assignment.pk,
            actor=SYSTEM,
            at=AT,
            state=assignment.state,
        )


@command
def deposits() -> None:
    """Money that owner and contractor paid in, as the bank reported it."""
    for row in files.rows("deposits"):
        project = _project(row)
        funding.record_deposit(
            project_id=project.pk,
            payer_id=Organisation.objects.get(code=row.text("payer_code")).pk,
            reference=row.text("reference"),
            amount=Money.parse(str(row.decimal("amount")), row.text("currency")),
            actor=checker(project.pk),
            at=_instant(row, "at", project),
        )


def task_sheets() -> None:
    """Task sheets and what became of them, each step by the hand that took it."""
    for row in files.rows("task_sheets"):
        project = _project(row)
        sheet = acceptance.draft(new=_draft(row, project), actor=_user(row, "submitted_by"), at=AT)
        if sheet.state == "drafted":
            acceptance.submit(
                sheet_id=sheet.pk,
                actor=_user(row, "submitted_by"),
                at=_instant(row, "submitted_at", project),
            )
        sheet = TaskSheet.objects.get(pk=sheet.pk)
        if sheet.state == "submitted" and row["inspected_at"] is not None:
            acceptance.inspect(
                sheet_id=sheet.pk,
                actor=_user(row, "decided_by"),
                measured_thousandths=_thousandths(row, "measured_quantity") or 0,
                at=_instant(row, "inspected_at", project),
            )
        sheet = TaskSheet.objects.get(pk=sheet.pk)
        if sheet.state in ("submitted", "inspected") and row.text("decision"):
            _decide(sheet.pk, row, project)


def _draft(row: Row, project: Project) -> Draft:
    points = dict(part.split("=") for part in row.text("share_points").split(";") if part)
    return Draft(
        project_id=project.pk,
        crew_id=Crew.objects.get(code=row.text("crew_code")).pk,
        work_package_id=WorkPackage.objects.get(
            project=project, code=row.text("work_package_code")
        ).pk,
        number=row.text("number"),
        item=row.text("item"),
        place=" ".join(filter(None, (row.text(n) for n in ("building", "floor", "axis")))),
        unit=row.text("unit"),
        work_from=row.date("work_from"),
        work_to=row.date("work_to"),
        planned_thousandths=_thousandths(row, "planned_quantity") or 0,
        is_piece=row.text("is_piece") == "yes",
        share_rule=row.text("share_rule"),
        share_points={
            str(Worker.objects.get(code=code).pk): int(share) for code, share in points.items()
        },
    )


def _decide(sheet_id: int, row: Row, project: Project) -> None:
    actor, at = _user(row, "decided_by"), _instant(row, "decided_at", project)
    if row.text("decision") == "accepted":
        acceptance.accept(sheet_id=sheet_id, actor=actor, at=at)
    elif row.text("decision") == "partly_accepted":
        acceptance.accept_partly(
            sheet_id=sheet_id,
            accepted_thousandths=_thousandths(row, "accepted_quantity") or 0,
            defect=row.text("defect"),
            cure_by=row.date("cure_by"),
            actor=actor,
            at=at,
        )
    else:
        acceptance.reject(
            sheet_id=sheet_id,
            defect=row.text("defect"),
            cure_by=row.date("cure_by"),
            actor=actor,
            at=at,
        )


def checker(project_id: int) -> Actor:
    """The second person: somebody of the project's general contractor."""
    parties = Party.objects.filter(project_id=project_id, role="general_contractor")
    member = Membership.objects.filter(
        organisation__in=parties.values("organisation"), role=Role.GENERAL_CONTRACTOR
    ).first()
    if member is None:
        raise LookupError(f"project {project_id} has nobody of the general contractor")
    return access.actor_of(member.user, AT)


def _user(row: Row, column: str) -> Actor:
    user = User.objects.get(username=row.text(column))
    return access.actor_of(user, AT)


def _until(row: Row) -> date | None:
    return None if row["valid_to"] is None else row.date("valid_to")


def _project(row: Row) -> Project:
    return Project.objects.get(code=row.text("project_code"))


def _instant(row: Row, column: str, project: Project) -> datetime:
    value = row.datetime(column)
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(project.zone))


def _thousandths(row: Row, column: str) -> int | None:
    value = row[column]
    return None if value is None else int(row.decimal(column) * 1_000)


STEPS: tuple[Callable[[], None], ...] = (
    organisations,
    projects,
    parties,
    devices,
    users,
    workers,
    crew_leaders,
    crews,
    crew_members,
    agreements,
    attendance_rules,
    work_packages,
    assignments,
    deposits,
    task_sheets,
)
