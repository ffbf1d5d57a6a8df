"""Neighbourhoods of a running search, solved by whichever planner process has time.

A round's tasks are rows. Whoever takes one holds its row until the answer is written, so a process
that dies leaves it to the next. The one who coordinates takes tasks too: alone it solves them all,
and the answers are the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from django.db import transaction
from django.db.models import QuerySet

from projects.scheduling.plans.models import PlanNeighbourhood
from projects.scheduling.solver.neighbourhood import Answer, Task, improve
from projects.scheduling.solver.rounds import Run
from projects.scheduling.solver.wire import from_json, to_json

POLL_SECONDS = 0.02


@contextmanager
def shared(plan_id: int) -> Iterator[Run]:
    """`run` for a search: puts the tasks of a round where all see them, and waits for the answers."""
    rounds = count(1)
    _of(plan_id).delete()

    def run(tasks: list[Task]) -> list[Answer]:
        number = next(rounds)
        PlanNeighbourhood.objects.bulk_create(
            [
                PlanNeighbourhood(plan_id=plan_id, round=number, number=n, task=to_json(task))
                for n, task in enumerate(tasks)
            ]
        )
        from projects.scheduling import tasks as celery  # its workers import this module

        celery.call_helpers(len(tasks) - 1)
        while _of(plan_id).filter(round=number, answer=None).exists():
            if not help_out(plan_id):
                time.sleep(POLL_SECONDS)
        answers = _of(plan_id).filter(round=number).order_by("number")
        found = [from_json(Answer, answer) for answer in answers.values_list("answer", flat=True)]
        _of(plan_id).delete()
        return found

    try:
        yield run
    finally:
        _of(plan_id).delete()


def help_out(plan_id: int | None = None) -> bool:
    """Solve one task that nobody has taken, of this plan or of any; whether there was one."""
    with transaction.atomic():
        open_ = PlanNeighbourhood.objects.select_for_update(skip_locked=True).filter(answer=None)
        if plan_id is not None:
            open_ = open_.filter(plan_id=plan_id)
        row = open_.order_by("pk").first()
        if row is None:
            return False
        row.answer = to_json(improve(from_json(Task, row.task)))
        row.save(update_fields=["answer"])
    return True


def _of(plan_id: int) -> QuerySet[PlanNeighbourhood]:
    return PlanNeighbourhood.objects.filter(plan_id=plan_id)
