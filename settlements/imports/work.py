"""Sheets about work: when days count, what is to be done, who does it, and that it was accepted."""

from __future__ import annotations

from jianzhu.kernel.db import keep
from jianzhu.kernel.sheets import Row
from projects.acceptance import steps as acceptance
from projects.acceptance.models import TaskSheet
from projects.acceptance.steps import Draft
from projects.attendance.models import AttendanceRule
from projects.scheduling import steps as scheduling
from projects.scheduling.steps import NewPackage
from projects.sites.models import Project
from settlements.imports.named import (
    Hand,
    crew_of,
    instant_of,
    package_named,
    package_of,
    points_of,
    project_of,
    site_of,
    thousandths_of,
    user_of,
)


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


def work_packages(row: Row, hand: Hand) -> bool:
    new = NewPackage(
        code=row.text("code"),
        name=row.text("name"),
        trade=row.text("trade"),
        item=row.text("item"),
        unit=row.text("unit"),
        starts_on=row.date("starts_on"),
        ends_on=row.date("ends_on"),
        planned_thousandths=thousandths_of(row, "planned_quantity") or 0,
        site_id=site_of(row).pk if row.text("site_code") else None,
        days=None if row["days"] is None else row.whole("days"),
        headcount=1 if row["headcount"] is None else row.whole("headcount"),
    )
    package, made = scheduling.create_package(project_of(row).pk, new, actor=hand.actor, at=hand.at)
    before = [package_named(row, "after", code) for code in row.text("after").split()]
    if made and before:
        scheduling.link(package, before, actor=hand.actor, at=hand.at)
    return made


def assignments(row: Row, hand: Hand) -> bool:
    assignment, new = scheduling.propose(
        work_package_id=package_of(row).pk,
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
            measured_thousandths=thousandths_of(row, "measured_quantity") or 0,
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
            accepted_thousandths=thousandths_of(row, "accepted_quantity") or 0,
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
        work_package_id=package_of(row).pk,
        number=row.text("number"),
        item=row.text("item"),
        building=row.text("building"),
        floor=row.text("floor"),
        axis=row.text("axis"),
        unit=row.text("unit"),
        work_from=row.date("work_from"),
        work_to=row.date("work_to"),
        planned_thousandths=thousandths_of(row, "planned_quantity") or 0,
        is_piece=row.text("is_piece") == "yes",
        share_rule=row.text("share_rule"),
        share_points=points_of(row.text("share_points")),
    )
