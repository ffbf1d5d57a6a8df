"""What a correction (补卡) is checked against, and how it is put over the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import step
from jianzhu.kernel.errors import NotFound
from projects.attendance import day_rows, days, errors
from projects.attendance.day_rows import DayRow
from projects.attendance.days import Read
from projects.attendance.models import Correction, DayRecord
from projects.attendance.rules import Span
from projects.sites import queries as sites
from workers_app.people import queries as people
from workers_app.terms import queries as terms

HOURS_MAX = timedelta(hours=24)


def check_person(actor: Actor, worker_id: int, project_id: int, on: date) -> None:
    """Whether the actor may name this worker on that day; absent and not-yours refuse alike.

    Only a day with terms on the project can be corrected. A worker names the own days, a crew leader
    those of whoever is in the crew that day, the office everybody's on its projects.
    """
    own = actor.worker_id == worker_id and policy.may(actor, "correction", "request")
    if not own:
        if "worker" in actor.roles and len(actor.roles) == 1:
            raise NotFound(noun="worker")
        policy.require(actor, "correction", "request", project_id=project_id)
        if not _in_the_office(actor, project_id) and not _leads(actor, worker_id, on):
            raise NotFound(noun="worker")
    if not terms.rates([worker_id], project_id, on, on):
        raise NotFound(noun="project")


def check_witness(witness_id: int, worker_id: int, project_id: int, on: date) -> None:
    """A witness is another worker with terms on the project that day."""
    if witness_id == worker_id or not terms.rates([witness_id], project_id, on, on):
        raise errors.NoWitness(on=on)


def _in_the_office(actor: Actor, project_id: int) -> bool:
    lines = policy.rows(actor, "correction", "request")
    return actor.is_system or any(
        line.role not in ("worker", "crew_leader")
        and (line.whose == "all" or policy.reaches(actor, line.role, project_id))
        for line in lines
    )


def _leads(actor: Actor, worker_id: int, on: date) -> bool:
    crew_ids = people.crew_ids([worker_id], on, on)
    return actor.worker_id is not None and people.leads(actor.worker_id, crew_ids)


def check_intervals(
    on: date, intervals: Sequence[tuple[datetime, datetime]], *, zone: str, at: datetime
) -> None:
    """Refuse what can't be one day's work: backwards, overlapping, elsewhere, or still to come."""
    previous = None
    for start, end in sorted(intervals):
        if end <= start:
            raise errors.BadIntervals(on=on, problem=_("an interval ends before it begins"))
        if previous is not None and start < previous:
            raise errors.BadIntervals(on=on, problem=_("two intervals overlap"))
        if start.astimezone(ZoneInfo(zone)).date() != on and start == min(intervals)[0]:
            raise errors.BadIntervals(on=on, problem=_("the work begins on another day"))
        previous = end
    if previous is not None and previous - min(intervals)[0] > HOURS_MAX:
        raise errors.BadIntervals(on=on, problem=_("more than 24 hours"))
    if previous is not None and previous > at:
        raise errors.FutureDay(on=on)


def day_as_corrected(correction: Correction) -> DayRow:
    """The day with the correction over it, in memory: what it would be, or will be, in figures."""
    project, worker_id, on = (
        sites.project(correction.project_id),
        correction.worker_id,
        correction.on,
    )
    crews = people.crews_on([worker_id], on, on).get(worker_id)
    crew_id = crews.on(on) if crews else None
    rule_id, reader = days.rules_of(project).on(crew_id, on)
    standing = day_rows.read(project.id, [worker_id], on, on)
    row = standing.get((worker_id, on)) or DayRow(worker_id=worker_id, on=on)
    told = days.read_days(project, [worker_id], on, on).get((worker_id, on))

    days.fill(row, Read(reader.measure(on, _spans(correction.intervals)), crew_id, rule_id))
    # The day shows both: the corrected figures, and the passages that it was told by.
    row.punch_ids = list(told.fact.punch_ids) if told else []
    row.late_punch_ids, row.answer_due_on = [], None
    row.correction_id = correction.pk
    row.move("correct")
    return row


@step
def correct(correction: Correction, *, at: datetime) -> None:
    """Put an approved correction over the day; the punches and the former figures stay on record."""
    DayRecord.objects.get_or_create(  # nobody may have been recorded that day
        worker_id=correction.worker_id,
        project_id=correction.project_id,
        on=correction.on,
        defaults={"updated_at": at},
    )
    day_rows.write(correction.project_id, [], [day_as_corrected(correction)], at)


def _spans(intervals: Sequence[Sequence[str]]) -> list[Span]:
    return [(_seconds(a), _seconds(b)) for a, b in intervals]


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())
