"""The clocks of a case, within a command: started by their event, met, stopped by an order, resumed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import step
from jianzhu.outbox import steps as outbox
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.disputes.models import CaseClock, Dispute
from settlements.disputes.rules import published
from settlements.disputes.rules.calendars import Calendar, split
from settlements.disputes.rules.clock import Clock, Pause, Place, deadline

# The clock of the stage as a whole: what the desk sorts cases by.
OF_STAGE = ("expedited", "talk", "mediation", "intake", "correction", "award", "award_simple")
# The windows for a court outlive the case.
OF_COURT = ("sue", "set_aside")


@step
def start(
    case: Dispute,
    name: str,
    *,
    at: datetime,
    since: datetime | None = None,
    key: str = "",
    owed_by: str = "",
) -> CaseClock | None:
    """Start a clock from its event (`since`, or now); None where the place's law knows no such
    clock. Starting it again under the same key finds it."""
    project = sites.project(case.project_id)
    local = at.astimezone(ZoneInfo(project.zone)).date()
    rule = published.clock_of(name, case.region or project.region, local)
    if rule is None:
        return None
    moment = since or at
    due_at = _due(case, rule, project, moment)
    standing = case.suspended_at is not None and rule.pausable
    row, new = CaseClock.objects.get_or_create(
        dispute=case,
        name=name,
        key=key,
        defaults={
            "owed_by": owed_by or rule.owed_by,
            "rule": rule.stamp,
            "source": rule.cited,
            "on_silence": rule.on_silence,
            "since": moment,
            "due_at": due_at or moment,
        },
    )
    if new:
        tell(row, "start", SYSTEM, at)
        _wake(row)
        if name in OF_STAGE:
            case.due_at = row.due_at
            case.save(update_fields=["due_at"])
        if standing:
            row.pause()
            row.save(update_fields=["state"])
    return row


def place_of(rule: Clock, project: ProjectFacts) -> Place:
    """Where the clock runs: the days of the region, where the library keeps them by region."""
    name = rule.calendar or project.region
    try:
        split(name)
    except ValueError:
        name = project.country
    return Place(project.zone, Calendar(name, closed=rule.closed))


def _due(
    case: Dispute, rule: Clock, project: ProjectFacts, since: datetime, extended: int = 0
) -> datetime | None:
    pauses = [
        Pause(s.since, s.until, f"suspension:{s.pk}")
        for s in case.suspensions.order_by("since", "pk")
        if s.until is None or s.until > since
    ]
    place = place_of(rule, project)
    due = deadline(
        rule,
        {rule.after: since},
        place,
        pauses=pauses if rule.pausable else (),
        extended=extended,
    )
    return due.due_at


@step
def meet(case: Dispute, name: str, *, at: datetime, key: str | None = None) -> None:
    """What was waited for was done; nothing happens where nothing was waited for."""
    _end(case, "meet", [name], at, key)


@step
def drop(case: Dispute, *names: str, at: datetime, key: str | None = None) -> None:
    """What these clocks waited for is gone; without names, of every clock but the court's."""
    _end(case, "drop", names, at, key)


def _end(case: Dispute, verb: str, names: Iterable[str], at: datetime, key: str | None) -> None:
    rows = case.clocks.select_for_update(no_key=True).filter(state__in=("running", "paused"))
    rows = rows.filter(name__in=list(names)) if names else rows.exclude(name__in=OF_COURT)
    if key is not None:
        rows = rows.filter(key=key)
    for row in rows.order_by("pk"):
        getattr(row, verb)(at=at)
        row.save(update_fields=["state", "ended_at"])
        tell(row, verb, SYSTEM, at)


@step
def pause(case: Dispute, *, actor: Actor, at: datetime) -> None:
    """An order stops every clock of the case that an order can stop."""
    for row in case.clocks.select_for_update(no_key=True).filter(state="running").order_by("pk"):
        if _rule(row).pausable:
            row.pause()
            row.save(update_fields=["state"])
            tell(row, "pause", actor, at)


@step
def resume(case: Dispute, *, actor: Actor, at: datetime) -> None:
    """The order ended: each clock runs on for the days that it had left."""
    project = sites.project(case.project_id)
    for row in case.clocks.select_for_update(no_key=True).filter(state="paused").order_by("pk"):
        due_at = _due(case, _rule(row), project, row.since, row.extended)
        row.resume(due_at=due_at or at)
        row.save(update_fields=["state", "due_at"])
        tell(row, "resume", actor, at)
        _wake(row)
        if row.name in OF_STAGE:
            case.due_at = row.due_at
            case.save(update_fields=["due_at"])


@step
def extend(row: CaseClock, case: Dispute, count: int, *, actor: Actor, at: datetime) -> None:
    """Approval in writing adds days; ValueError when the law allows fewer."""
    row.extended += count
    project = sites.project(case.project_id)
    due_at = _due(case, _rule(row), project, row.since, row.extended)
    row.due_at = due_at or row.due_at
    row.save(update_fields=["extended", "due_at"])
    tell(row, "extend", actor, at)
    _wake(row)
    if row.name in OF_STAGE:
        case.due_at = row.due_at
        case.save(update_fields=["due_at"])


def _rule(row: CaseClock) -> Clock:
    """The dated clock that the row was started by."""
    return next(one for one in published.clocks() if one.stamp == row.rule)


def _wake(row: CaseClock) -> None:
    """At its end somebody looks whether it was met; a clock that moved wakes twice, and once too
    early tells nothing."""
    outbox.put(
        "case_clock.due",
        due_at=row.due_at,
        key=f"case_clock:{row.pk}:{row.due_at.isoformat()}",
        clock_ids=[row.pk],
    )


@step
def tell(row: CaseClock, verb: str, actor: Actor, at: datetime) -> None:
    """Into the log."""
    audit.record(
        f"case_clock.{verb}",
        "dispute",
        row.dispute_id,
        actor=actor,
        at=at,
        clock=row.name,
        key=row.key,
        state=row.state,
        due=row.due_at.isoformat(),
    )
