"""With a broker two workers solve one plan between them; without it the same plan is found alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jianzhu.audit import rebuild
from projects.scheduling.plans import planner, queries
from projects.scheduling.plans.models import Plan
from projects.scheduling.solver.stop import StopRule
from tests.brokers import broker
from tests.database import url as database_url
from tests.scheduling.ground import Ground, faults_of

ROOT = Path(__file__).resolve().parents[2]
SECONDS_MAX = 120
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("brokers")]
WAKE = "from projects.scheduling import tasks; tasks.call_planner({pk})"


def places(plan):
    return [
        (p.package_id, p.starts_on, [s.worker_id for s in p.seats]) for p in queries.parts(plan)
    ]


def test_two_workers_find_the_plan_that_one_finds(transactional_db, tmp_path):
    ground = Ground(workers=20, packages=14)
    stop = StopRule(seconds=None, work=30.0, rounds=2)
    alone, shared = (ground.draft(stop=stop, seed=5) for _ in range(2))
    planner.solve(alone.pk)

    with broker("redis") as url:
        env = os.environ | {
            "DATABASE_URL": database_url(),
            "CELERY_BROKER_URL": url,
            "PLANNER_HELPERS": "1",
            "JIANZHU_VAR": str(tmp_path),
        }
        worker = [sys.executable, "-m", "celery", "-A", "jianzhu", "worker", "--pool=solo",
                  "-Q", "plans", "--without-gossip", "--without-mingle", "--loglevel=INFO"]  # fmt: skip
        with (tmp_path / "printed").open("ab") as printed:
            workers = [
                subprocess.Popen([*worker, "-n", f"w{n}"], cwd=ROOT, env=env, stdout=printed,
                                 stderr=printed)
                for n in range(2)
            ]  # fmt: skip
            try:
                wake = [sys.executable, "manage.py", "shell", "-c", WAKE.format(pk=shared.pk)]
                subprocess.run(wake, cwd=ROOT, env=env, check=True, capture_output=True)
                wait_until_solved(shared.pk, tmp_path / "printed")
            finally:
                for process in workers:
                    process.kill()
                    process.wait()

    shared.refresh_from_db()
    assert faults_of(shared) == []
    assert places(shared) == places(alone)
    assert "jianzhu.scheduling.help" in (tmp_path / "printed").read_text()
    nobodys = [said for said in rebuild.by_hand() if "projects_plan" in said]
    assert nobodys == [], "each change of a plan is told by an event of its search"


def wait_until_solved(pk, printed):
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline:
        if Plan.objects.get(pk=pk).state != "draft":
            return
        time.sleep(0.2)
    raise AssertionError(f"not solved: {printed.read_text()[-3_000:]}")
