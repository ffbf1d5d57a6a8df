"""`manage.py planner`: solves the plans that wait. Run one or several; none is needed beside Celery."""

from __future__ import annotations

import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, connection

from projects.scheduling.plans import neighbourhoods, planner

WAIT_SECONDS = 0.1


class Command(BaseCommand):
    help = "Solve the plans that wait, and parts of those that other planners solve."
    stopping = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--drain", action="store_true", help="stop when nothing waits")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        self.stdout.write("planner: ready")
        self.stdout.flush()
        while not self.stopping:
            try:
                done = neighbourhoods.help_out() or planner.run_once()
            except OperationalError as error:  # the database is away: it comes back
                self.stderr.write(f"planner: {error}".strip())
                connection.close()
                time.sleep(1)
                continue
            if not done and options["drain"]:
                return
            if not done:
                time.sleep(WAIT_SECONDS)

    def _stop(self, *_: Any) -> None:
        self.stopping = True
