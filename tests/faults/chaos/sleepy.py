"""`celery -A tests.faults.chaos.sleepy worker`: a task that takes its time, over whatever broker."""

import os
import time
from pathlib import Path

from celery import Celery

FOLDER = Path(os.environ["SLEEPY_FOLDER"])
app = Celery("sleepy", broker=os.environ["SLEEPY_BROKER"])
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    broker_transport_options={
        "data_folder_in": str(FOLDER / "queue"),
        "data_folder_out": str(FOLDER / "queue"),
        "control_folder": str(FOLDER / "control"),
    },
)


@app.task
def take_a_while(number: int) -> None:
    """Begun and done, a file each."""
    (FOLDER / f"begun-{number}").touch()
    time.sleep(float(os.environ.get("SLEEPY_SECONDS", "1.5")))  # the work itself
    (FOLDER / f"done-{number}").touch()
