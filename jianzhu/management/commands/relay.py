"""`manage.py relay`: does what is due, and seals the log, looks at the books. Run one or several."""

from __future__ import annotations

import gc
import signal
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections, connection

from jianzhu.audit import commands as audit
from jianzhu.celery import publish
from jianzhu.kernel import clock
from jianzhu.outbox import clocks, regular, relay

SEAL_EVERY_SECONDS = 2.0
WAIT_SECONDS = 0.5
# Until a clock that is off is looked at again.
CLOCKS_SECONDS = 1.0


class Command(BaseCommand):
    help = "Deliver due outbox messages (or publish their ids to the broker) and seal the log."
    stopping = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--drain", action="store_true", help="stop when nothing is due")

    def handle(self, *args: Any, **options: Any) -> None:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._stop)
        # What is loaded stays: it need not be looked through at every collection (a third of the
        # time of pairing a month).
        gc.freeze()
        sealed = 0.0
        self.stdout.write("relay: ready")
        self.stdout.flush()
        while not self.stopping:
            try:
                if not clocks.agree():
                    time.sleep(CLOCKS_SECONDS)
                    continue
                done = self._round()
                if time.monotonic() - sealed > SEAL_EVERY_SECONDS:
                    audit.seal(at=clock.now())
                    sealed = time.monotonic()
                regular.run_due()
                if not done and options["drain"]:
                    return
                if not done:
                    self._wait()
            except OperationalError as error:  # the database is away: it comes back
                self.stderr.write(f"relay: {error}".strip())
                close_old_connections()
                connection.close()
                time.sleep(1)

    def _round(self) -> int:
        claims = relay.claim()
        for one in claims:
            if not publish(one):
                relay.deliver(one.listener, list(one.news))
        return len(claims)

    def _wait(self) -> None:
        """Until something is put, or half a second for what becomes due."""
        with connection.cursor() as cursor:
            cursor.execute("LISTEN outbox")
            for _ in cursor.connection.notifies(timeout=WAIT_SECONDS, stop_after=1):
                pass

    def _stop(self, *_: Any) -> None:
        self.stopping = True
