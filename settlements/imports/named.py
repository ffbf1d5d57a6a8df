"""What a row names: rows of other rooms by their codes, instants, amounts and quantities."""

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
from jianzhu.kernel.money import Money
from jianzhu.kernel.sheets import Row
from projects.scheduling.models import WorkPackage
from projects.sites.models import Project, Site
from settlements.imports.errors import BadPoints, Unknown
from workers_app.people.models import Crew, Worker

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who sends the sheet, and when."""

    actor: Actor
    at: datetime


def points_of(text: str) -> dict[str, int]:
    """ "W-A-032=12;W-A-033=10" as points by worker id."""
    points = {}
    for part in filter(None, text.split(";")):
        code, equals, share = part.partition("=")
        if not (equals and share.isascii() and share.isdigit()):
            raise BadPoints(column="share_points", value=part[:40])
        points[str(one_of(Worker, "share_points", code, code=code).pk)] = int(share)
    return points


def one_of(model: type[M], noun: str, name: str, **key: Any) -> M:
    found = model._default_manager.filter(**key).first()
    if found is None:
        raise Unknown(noun=noun, name=name)
    return found


def organisation_of(row: Row, column: str) -> Organisation:
    return one_of(Organisation, column, row.text(column), code=row.text(column))


def project_of(row: Row) -> Project:
    """The project that the row names; Unknown when there is none."""
    code = row.text("project_code")
    return one_of(Project, "project_code", code, code=code)


def site_of(row: Row) -> Site:
    code = row.text("site_code")
    return one_of(Site, "site_code", code, code=code)


def worker_of(row: Row, column: str) -> Worker:
    return one_of(Worker, column, row.text(column), code=row.text(column))


def crew_of(row: Row) -> Crew:
    """The crew that the row names."""
    code = row.text("crew_code")
    return one_of(Crew, "crew_code", code, code=code)


def package_of(row: Row) -> WorkPackage:
    return package_named(row, "work_package_code", row.text("work_package_code"))


def package_named(row: Row, column: str, code: str) -> WorkPackage:
    """A package of the row's project, named in a column; Unknown when there is none."""
    return one_of(WorkPackage, column, code, code=code, project=project_of(row))


def user_of(row: Row, column: str, hand: Hand) -> Actor:
    """The user of the column, with the roles held when the sheet was taken."""
    name = row.text(column)
    return access.actor_of(one_of(User, column, name, username=name), hand.at)


def until_of(row: Row) -> date | None:
    return None if row["valid_to"] is None else row.date("valid_to")


def instant_of(row: Row, column: str, project: Project) -> datetime:
    """An instant; without an offset it is the project's wall clock."""
    value = row.datetime(column)
    return value if value.tzinfo else value.replace(tzinfo=ZoneInfo(project.zone))


def minor_of(row: Row, column: str) -> int:
    """Minor units of an amount in the row's own currency."""
    return Money.parse(str(row.decimal(column)), row.text("currency")).minor


def thousandths_of(row: Row, column: str) -> int | None:
    return None if row[column] is None else int(row.decimal(column) * 1_000)


Importer = Callable[[Row, Hand], bool]
