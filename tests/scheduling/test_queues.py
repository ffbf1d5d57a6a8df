"""Which queues a Celery worker takes: a search of minutes never stands before a hint about money."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TELL = """
from jianzhu.celery import app
app.Worker(queues={queues!r}, pool="solo")
print(*sorted(app.amqp.queues.consume_from))
"""


@pytest.mark.parametrize(
    ("asked", "taken"),
    [(None, "outbox"), ("plans", "plans"), ("outbox,plans", "outbox plans")],
    ids=["told nothing", "for plans", "for both"],
)
def test_a_worker_takes_searches_only_when_it_was_told_to(asked, taken, tmp_path):
    env = os.environ | {"CELERY_BROKER_URL": "memory://", "JIANZHU_VAR": str(tmp_path)}

    told = subprocess.run(
        [sys.executable, "-c", TELL.format(queues=asked)],
        cwd=ROOT, env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip

    assert told.stdout.split() == taken.split()


def test_whoever_wakes_a_planner_declares_the_queue_as_its_workers_do(tmp_path):
    """Quorum on RabbitMQ, by whichever process: another kind would shut the workers out for good."""
    tell = (
        "from projects.scheduling.tasks import solve\n"
        "print(solve.app.amqp.queues['plans'].queue_arguments)"
    )
    env = os.environ | {
        "CELERY_BROKER_URL": "amqp://nobody@127.0.0.1:1//",
        "JIANZHU_VAR": str(tmp_path),
    }

    told = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", tell],
        cwd=ROOT, env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip

    assert told.stdout.strip() == "{'x-queue-type': 'quorum'}"
