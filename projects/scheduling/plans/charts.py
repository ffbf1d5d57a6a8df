"""A plan's chart, from its rows."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from projects.scheduling.plans import gantt, queries
from projects.scheduling.plans.models import Plan
from projects.sites import queries as sites


def chart(plan: Plan, *, by: str, crew_id: int | None, at: datetime) -> str:
    """SVG by "package" or by "worker", of the whole project or of one crew."""
    project = sites.project(plan.project_id)
    parts = queries.lanes(queries.parts(plan), crew_id)
    rows = gantt.by_worker(parts, crew_id) if by == "worker" else gantt.by_package(parts)
    today = at.astimezone(ZoneInfo(project.zone)).date()
    return gantt.svg(
        rows, title=f"{project.name} · {plan.pk}", country=project.country, today=today
    )
