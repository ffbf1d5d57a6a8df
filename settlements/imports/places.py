"""Sheets about who is there and where: organisations, projects, parties, devices, users, minimum wages."""

from __future__ import annotations

from jianzhu.access.models import User
from jianzhu.kernel.db import keep
from jianzhu.kernel.money import Money
from jianzhu.kernel.sheets import Row
from jianzhu.web.staff import steps as staff
from projects.sites import steps as sites
from projects.sites.steps import NewDevice, NewPolicy, NewProject
from settlements.funding import steps as funding
from settlements.imports.named import (
    Hand,
    instant_of,
    minor_of,
    organisation_of,
    project_of,
    site_of,
    worker_of,
)
from settlements.statements.models import RegionalValue


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
        organisation_id=organisation_of(row, "organisation_code").pk,
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
    return sites.register_device(site_of(row).pk, new, actor=hand.actor, at=hand.at)[1]


def users(row: Row, hand: Hand) -> bool:
    user = _leader(row) if row.text("worker_code") else _staff(row, hand)
    project = row.text("project_code")
    return staff.grant(
        user_id=user.pk,
        role=row.text("role"),
        organisation_id=organisation_of(row, "organisation_code").pk,
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
    user = User.objects.get(worker_id=worker_of(row, "worker_code").pk)
    if user.username != row.text("username"):
        user.username = row.text("username")
        user.save(update_fields=["username"])
    return user


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


def deposits(row: Row, hand: Hand) -> bool:
    project = project_of(row)
    return funding.record_deposit(
        project_id=project.pk,
        payer_id=organisation_of(row, "payer_code").pk,
        reference=row.text("reference"),
        amount=Money(minor_of(row, "amount"), project.currency),
        actor=hand.actor,
        at=instant_of(row, "at", project),
    )[1]
