"""The job: takes plans that wait, solves them, tells how far it is, and keeps the answer.

A plan that is being solved is held by a lock of the process's own session: PostgreSQL lets it go when
the process dies, and the next planner begins again. So any number of planners may run, with a broker
(`tasks`) or without one (`manage.py planner`).
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection

from jianzhu.kernel import clock
from projects.scheduling.plans import commands, neighbourhoods
from projects.scheduling.plans.models import Plan, PlanProgress
from projects.scheduling.plans.problems import Asked
from projects.scheduling.plans.searching import Found, Search, search
from projects.scheduling.solver.clash import Infeasible
from projects.scheduling.solver.plan import Progress
from projects.scheduling.solver.stop import StopRule

log = logging.getLogger(__name__)

# The first half of the lock's key; the second is the plan.
LOCK = 20_714
# How often news is written and the cancel button looked at.
LOOK_SECONDS = 0.5
NOTE_MAX = 120


def waiting() -> list[int]:
    """Plans that nobody has solved yet, the oldest first."""
    return list(Plan.objects.filter(state="draft").order_by("pk").values_list("pk", flat=True))


def run_once() -> int:
    """Solve every plan that waits and that nobody else is solving; how many were."""
    return sum(solve(plan_id) for plan_id in waiting())


def solve(plan_id: int) -> bool:
    """Solve one plan, unless somebody else does."""
    with _held(plan_id) as held:
        if not held:
            return False
        plan = commands.begin(plan_id=plan_id, at=clock.now())
        if plan is None:
            return False
        try:
            answer = answered(plan)
        except Exception as error:
            log.exception("plan %s broke", plan_id)
            commands.break_off(plan_id=plan_id, error=repr(error), at=clock.now())
            return True
        commands.keep_answer(plan_id=plan_id, answer=answer, at=clock.now())
    return True


def answered(plan: Plan) -> Found | Infeasible:
    """The search for a plan, as its row asks for it."""
    with Desk(plan.pk) as desk, neighbourhoods.shared(plan.pk) as run:
        how = Search(
            stop=StopRule(**plan.stop),
            seed=plan.seed,
            cores=settings.PLANNER_CORES,
            watch=desk.tell,
            cancelled=desk.pressed.is_set,
            run=run if settings.PLANNER_HELPERS else None,
        )
        return search(Asked.read(plan.problem), how)


@contextmanager
def _held(plan_id: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, plan_id % 2**31])
        (held,) = cursor.fetchone()
    try:
        yield bool(held)
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, plan_id % 2**31])


class Desk:
    """Where a running search tells how far it is, and where somebody may press cancel.

    The solver calls from threads of its own, which must not open connections: news waits in a list,
    and one thread here writes it down and looks at the button.
    """

    def __init__(self, plan_id: int) -> None:
        self.pressed = threading.Event()
        self._plan_id, self._news = plan_id, deque[tuple[datetime, Progress]]()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=f"plan {plan_id}", daemon=True)

    def __enter__(self) -> Desk:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def tell(self, news: Progress) -> None:
        """One line of news."""
        self._news.append((clock.now(), news))

    def _keep(self) -> None:
        try:
            over = False
            while not over:
                over = self._over.wait(LOOK_SECONDS)
                self._look()
        finally:
            connection.close()

    def _look(self) -> None:
        """News is no record: where it can't be written the search goes on all the same."""
        try:
            self._write()
            rows = Plan.objects.filter(pk=self._plan_id)
            if rows.exclude(state="draft", cancel_asked_at=None).exists():
                self.pressed.set()
        except DatabaseError:
            log.warning("progress of plan %s could not be kept", self._plan_id)
            connection.close()

    def _write(self) -> None:
        news = [self._news.popleft() for _ in range(len(self._news))]
        PlanProgress.objects.bulk_create(
            [
                PlanProgress(
                    plan_id=self._plan_id,
                    at=at,
                    seconds=one.seconds,
                    phase=one.phase[:40],
                    objective=one.objective,
                    bound=one.bound,
                    note=one.note[:NOTE_MAX],
                )
                for at, one in news
            ]
        )
