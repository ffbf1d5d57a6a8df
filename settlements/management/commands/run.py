"""`manage.py run`: the embedded parts, the sample month, and the site on 127.0.0.1."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.utils import translation

from jianzhu.embedded.postgres import database_urls
from jianzhu.embedded.processes import Supervisor
from jianzhu.kernel.roles import as_owner
from settlements.month import run as month

MANAGE = [sys.executable, str(settings.ROOT / "manage.py")]


class Command(BaseCommand):
    help = "Migrate, start the sandbox bank, run the sample month, then serve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop after the month")
        parser.add_argument("--reset", action="store_true", help="forget everything first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reset"]:
            self._forget()
        call_command("migrate", verbosity=0)
        with Supervisor(settings.VAR) as children:
            children.start("bank", self._bank(), self._environment(), bank_is_ready)
            with translation.override(month.language(os.environ)):
                month.run(self._say)
            # A process of its own, as it is everywhere: the log's owner never holds its key.
            subprocess.run([*MANAGE, "witness", "--once"], check=True, env=self._environment())
            if not options["no_serve"]:
                self._serve(children)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "SANDBOX_BANK_TOKEN": settings.SANDBOX_BANK_TOKEN}

    def _bank(self) -> list[str]:
        port = urlsplit(settings.SANDBOX_BANK_URL).port
        folder = settings.VAR / "bank"
        module = [sys.executable, "-m", "settlements.payouts.sandbox"]
        return [*module, "--port", str(port), "--dir", str(folder)]

    def _forget(self) -> None:
        """The embedded database and the bank's journal; somebody's own server is never emptied."""
        if os.environ.get("DATABASE_URL"):
            sys.exit("RESET works on the embedded PostgreSQL only; drop your own database yourself")
        if bank_is_ready():
            sys.exit("a sandbox bank is still running: stop the other `make run` first")
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.close()
        (settings.VAR / "bank" / "journal.jsonl").unlink(missing_ok=True)
        # The witness would refuse the new log for ever, as it has to.
        shutil.rmtree(settings.WITNESS_DIR, ignore_errors=True)

    def _serve(self, children: Supervisor) -> None:
        port = os.environ.get("PORT") or "8000"
        call_command("collectstatic", verbosity=0, interactive=False)
        connection.close()
        # These have no door to knock at: they count as ready once they were started.
        for name in ("relay", "planner", "witness"):
            started = iter([False])
            children.start(name, [*MANAGE, name], self._environment(), partial(next, started, True))
        web = [sys.executable, "-m", "gunicorn", "jianzhu.wsgi", "--bind", f"127.0.0.1:{port}"]
        children.start(
            "web",
            [*web, "--workers", "2", "--threads", "4", "--log-level", "warning"],
            self._environment(),
            lambda: answers(f"http://127.0.0.1:{port}/healthz"),
        )
        self._say(f"\nserving on http://127.0.0.1:{port} — stop with Ctrl-C")
        # A killed embedded server is started again; somebody's own is theirs to look after.
        revive = (lambda: None) if os.environ.get("DATABASE_URL") else database_urls
        try:
            children.wait(revive, every_seconds=2.0)
        except KeyboardInterrupt:
            self._say("stopping")


def bank_is_ready() -> bool:
    """Whether the sandbox bank answers."""
    return answers(f"{settings.SANDBOX_BANK_URL}/healthz")


def answers(url: str) -> bool:
    """Whether somebody answers there, in whatever mood."""
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own http address
            return True
    except urllib.error.HTTPError:
        return True
    except (urllib.error.URLError, OSError):
        return False
