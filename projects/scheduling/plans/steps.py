"""Making plans and moving them, within a command."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import step
from jianzhu.outbox import steps as outbox
from projects.scheduling.plans.models import Plan
from projects.scheduling.plans.problems import Asked

# Moves that keep when they happened.
STAMPED = ("solve", "fail", "publish")


@step
def draft(
    *,
    project_id: int,
    asked: Asked,
    seed: int,
    stop: dict[str, Any],
    based_on: Plan | None,
    causes: list[dict[str, Any]],
    actor: Actor,
    at: datetime,
) -> Plan:
    """A plan to be solved by whoever has time."""
    plan = Plan.objects.create(
        project_id=project_id,
        based_on=based_on,
        causes=causes,
        starts_on=asked.calendar.days[0],
        seed=seed,
        stop=stop,
        problem=asked.document(),
        made_by=str(actor),
        created_at=at,
    )
    tell(plan, "draft", actor, at, packages=len(asked.problem.packages))
    return plan


@step
def move(plan: Plan, verb: str, *, actor: Actor, at: datetime, **values: Any) -> None:
    """One move of the machine; WrongState when it can't be."""
    stamp = {"at": at} if verb in STAMPED else {}
    getattr(plan, verb)(**values, **stamp)
    plan.save(update_fields=["state", "result", "solved_at", "published_at"])
    tell(plan, verb, actor, at)


@step
def tell(plan: Plan, verb: str, actor: Actor, at: datetime, **data: Any) -> None:
    """The log, and whoever listens."""
    audit.record(
        f"plan.{verb}", "plan", plan.pk, actor=actor, at=at, state=plan.state,
        project=plan.project_id, **data,
    )  # fmt: skip
    outbox.put(f"plan.{verb}", plan_id=plan.pk, project_id=plan.project_id)
