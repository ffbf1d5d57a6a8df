"""Planning by Celery workers: hints on a queue of its own, so that a long search holds up no wage."""

from __future__ import annotations

import logging

from django.conf import settings

from jianzhu.celery import app
from projects.scheduling.plans import neighbourhoods, planner

log = logging.getLogger(__name__)
# Known by the project's own app: published by another, the queue would be declared in another way.
QUEUE = "plans"


@app.task(name="jianzhu.scheduling.solve")  # type: ignore[untyped-decorator]
def solve(plan_id: int) -> None:
    """Solve a plan, unless somebody does already."""
    planner.solve(plan_id)


@app.task(name="jianzhu.scheduling.help")  # type: ignore[untyped-decorator]
def help_out() -> None:
    """Solve neighbourhoods as long as there are any."""
    while neighbourhoods.help_out():
        pass


def call_planner(plan_id: int) -> None:
    """Wake a worker for a plan; without a broker `manage.py planner` finds it by itself."""
    _hint(solve, plan_id)


def call_helpers(count: int) -> None:
    """Wake workers for the tasks of a round."""
    for _ in range(min(count, settings.PLANNER_HELPERS)):
        _hint(help_out)


def _hint(task: object, *args: int) -> None:
    if not settings.CELERY_BROKER_URL:
        return
    try:
        task.apply_async(args=list(args), queue=QUEUE, retry=False)  # type: ignore[attr-defined]
    except solve.OperationalError:
        log.warning("the broker is away: plans wait for a planner that looks by itself")
