"""Papers as files that stream, in the language asked for: for the API and for pages alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.http import FileResponse
from django.utils import translation

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.access.actor import Actor
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.web.pagination import ID_MAX
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.slips import commands, pdf, queries, xlsx

FORMS = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
LANGUAGES = {"zh": "zh-hans", "en": "en"}
# Above this the file waits on disk, not in memory.
MEMORY_MAX = 2 * 1024 * 1024

Asked = Mapping[str, str]
Writer = Callable[[IO[bytes], date], None]


def pay_slip(*, actor: Actor, statement_id: int, asked: Asked, at: datetime) -> FileResponse:
    """The slip of one statement; NotFound for what the actor may not read."""
    where = policy.whose(actor, "statement", "read") & Q(pk=statement_id)
    project = queries.project_of(where)

    def write(file: IO[bytes], on: date) -> None:
        pdf.pay_slip(file, queries.pay_slip(where), on)

    return _answer(f"pay-slip-{statement_id}", "pdf", project, asked, at, write)


def wage_table(
    *, actor: Actor, project_id: int, form: str, asked: Asked, at: datetime
) -> FileResponse:
    """The wage table of the month asked for, every employer of the project."""
    project = _project(actor, "wage_table", project_id)
    month, crew, maker = _month(project, asked), _crew(asked), _maker(actor)

    def write(file: IO[bytes], on: date) -> None:
        tables = queries.wage_tables(project.id, month, crew)
        (xlsx if form == "xlsx" else pdf).wage_table(file, tables, maker, on)

    return _answer(f"wages-{project.code}-{month:%Y-%m}", form, project, asked, at, write)


def wage_ledger(
    *, actor: Actor, project_id: int, form: str, reason: str, asked: Asked, at: datetime
) -> FileResponse:
    """The wage table with whole identities, for a reason that the audit log keeps and the paper shows."""
    project = _project(actor, "wage_ledger", project_id, "open")
    month, crew = _month(project, asked), _crew(asked)
    tables = commands.open_ledger(
        project_id=project.id, month=month, crew_id=crew, reason=reason, actor=actor, at=at
    )
    maker = f"{_maker(actor)} ({reason.strip()})"

    def write(file: IO[bytes], on: date) -> None:
        (xlsx if form == "xlsx" else pdf).wage_table(file, tables, maker, on)

    return _answer(f"ledger-{project.code}-{month:%Y-%m}", form, project, asked, at, write)


def attendance_sheet(
    *, actor: Actor, project_id: int, form: str, asked: Asked, at: datetime
) -> FileResponse:
    """The attendance sheet of the month asked for, every crew of the project."""
    project = _project(actor, "attendance_sheet", project_id)
    month, crew, maker = _month(project, asked), _crew(asked), _maker(actor)

    def write(file: IO[bytes], on: date) -> None:
        sheets = queries.attendance_sheets(project.id, month, crew)
        (xlsx if form == "xlsx" else pdf).attendance_sheet(file, sheets, maker, on)

    return _answer(f"attendance-{project.code}-{month:%Y-%m}", form, project, asked, at, write)


def _project(actor: Actor, noun: str, project_id: int, verb: str = "read") -> ProjectFacts:
    found = sites.projects(policy.whose(actor, noun, verb) & Q(pk=project_id))
    if not found:
        raise NotFound(noun="project")
    return found[0]


def _month(project: ProjectFacts, asked: Asked) -> date:
    """The month asked for, or the newest one with wages."""
    said = asked.get("month")
    if said is None:
        return queries.newest_month(project.id)
    if not MONTH.fullmatch(said):
        raise Invalid(field="month", problem="a month like 2026-10 is expected")
    return date.fromisoformat(f"{said}-01")


def _crew(asked: Asked) -> int | None:
    said = asked.get("crew_id")
    if said is None:
        return None
    if not re.fullmatch(r"[0-9]{1,16}", said) or not 0 < int(said) <= ID_MAX:
        raise Invalid(field="crew_id", problem="a number is expected")
    return int(said)


def _maker(actor: Actor) -> str:
    """Whose name stands on the paper."""
    return access.name_of(actor.user_id) if actor.user_id else ""


def _answer(
    name: str, form: str, project: ProjectFacts, asked: Asked, at: datetime, write: Writer
) -> FileResponse:
    """What `write` writes, in the language asked for, else in that of the project's law."""
    language = asked.get("language", "zh" if project.region.startswith("CN") else "en")
    if language not in LANGUAGES:
        raise Invalid(field="language", problem=f"one of {', '.join(LANGUAGES)}")
    spool: Any = SpooledTemporaryFile(max_size=MEMORY_MAX)  # noqa: SIM115 - the answer closes it
    with translation.override(LANGUAGES[language]):
        write(spool, at.astimezone(ZoneInfo(project.zone)).date())
    spool.seek(0)
    return FileResponse(
        spool, as_attachment=True, filename=f"{name}.{form}", content_type=FORMS[form]
    )
