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
