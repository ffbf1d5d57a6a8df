"""Sheets about people: workers with identity and account, crews, who was in them, and their terms."""

from __future__ import annotations

from jianzhu.kernel.db import same
from jianzhu.kernel.sheets import Row
from projects.sites import steps as sites
from settlements.imports.errors import OnlyWith
from settlements.imports.named import (
    Hand,
    crew_of,
    minor_of,
    organisation_of,
    project_of,
    site_of,
    until_of,
    worker_of,
)
from workers_app.people import steps as people
from workers_app.people.models import Crew, CrewMember, Worker
from workers_app.people.steps import NewWorker
from workers_app.terms import steps as terms
from workers_app.terms.steps import NewAgreement, NewRate

# The engine's name of each amount of a determination, and the column that says it.
DETERMINED = {
    "basic_minor": "basic_rate",
    "fringe_minor": "fringe_rate",
    "plan_minor": "fringe_to_plan",
    "cash_minor": "fringe_in_cash",
}
ASKED = ("basic_rate", "fringe_rate")


def workers(row: Row, hand: Hand) -> bool:
    employer = organisation_of(row, "employer_code")
    site = site_of(row)
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


def crews(row: Row, hand: Hand) -> bool:
    employer, leader = organisation_of(row, "employer_code"), worker_of(row, "leader_code")
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
    crew, worker = crew_of(row), worker_of(row, "worker_code")
    found = CrewMember.objects.filter(
        crew=crew, worker=worker, valid_from=row.date("valid_from")
    ).first()
    if found is not None:
        same(found, {"valid_to": until_of(row)})
        return False
    people.join_crew(
        crew_id=crew.pk,
        worker_id=worker.pk,
        valid_from=row.date("valid_from"),
        valid_to=until_of(row),
        actor=hand.actor,
        at=hand.at,
    )
    return True


def agreements(row: Row, hand: Hand) -> bool:
    worker, project = worker_of(row, "worker_code"), project_of(row)
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
            valid_to=until_of(row),
            night_percent=row.whole("night_percent") if row["night_percent"] is not None else 0,
            salary_per=row.text("salary_per") or "week",
            covers_minutes=_covers(row),
            guarantee_minor=_guarantee(row),
            prevailing=_determination(row),
        ),
        actor=hand.actor,
        at=hand.at,
    )[1]


def _covers(row: Row) -> int | None:
    """The weekly minutes that a salary pays for; what is said of another basis is refused."""
    for column in ("salary_per", "covers_minutes"):
        if row[column] is not None and row.text("basis") != "salary":
            raise OnlyWith(column=column, other="basis = salary")
    return None if row["covers_minutes"] is None else row.whole("covers_minutes")


def _guarantee(row: Row) -> int | None:
    if row["guarantee"] is None:
        return None
    if row.text("basis") != "piece":
        raise OnlyWith(column="guarantee", other="basis = piece")
    return minor_of(row, "guarantee")


def _determination(row: Row) -> dict[str, str | int] | None:
    """The wage determination as the engine takes it: its reference and amounts an hour."""
    if row["determination"] is None:
        for column in DETERMINED.values():
            if row[column] is not None:
                raise OnlyWith(column=column, other="determination")
        return None
    amounts = {
        name: minor_of(row, column) if column in ASKED or row[column] is not None else 0
        for name, column in DETERMINED.items()
    }
    return {"id": row.text("determination"), **amounts}
