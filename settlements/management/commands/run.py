"""`manage.py run`: the embedded parts, the sample month, and the site on 127.0.0.1."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from settlements.month import run as month

READY_SECONDS_MAX = 20.0


class Command(BaseCommand):
    help = "Migrate, start the sandbox bank, run the sample month, then serve."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop after the month")
        parser.add_argument("--reset", action="store_true", help="forget everything first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reset"]:
            self._forget()
        call_command("migrate", verbosity=0)
        children = [bank] if (bank := self._bank(forget=options["reset"])) else []
        try:
            month.run(self._say)
            if not options["no_serve"]:
                self._serve(children)
        finally:
            for child in children:
                child.terminate()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _forget(self) -> None:
        """Everything of the embedded database; somebody's own server is never emptied."""
        if os.environ.get("DATABASE_URL"):
            sys.exit("RESET works on the embedded PostgreSQL only; drop your own database yourself")
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.close()

    def _bank(self, *, forget: bool) -> subprocess.Popen[bytes] | None:
        """The sandbox bank's process; None when one runs already."""
        folder = settings.VAR / "bank"
        journal = folder / "journal.jsonl"
        if self._bank_is_ready():
            if forget:
                sys.exit("a sandbox bank is still running: stop the other `make run` first")
            return None
        if forget:
            journal.unlink(missing_ok=True)
        port = urlsplit(settings.SANDBOX_BANK_URL).port
        child = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "settlements.payouts.sandbox",
                "--port",
                str(port),
                "--dir",
                str(folder),
            ],
            cwd=settings.ROOT,
            stdout=subprocess.DEVNULL,
            env=os.environ | {"SANDBOX_BANK_TOKEN": settings.SANDBOX_BANK_TOKEN},
        )
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not self._bank_is_ready():
            if child.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"the sandbox bank did not start on port {port}: is the port taken?")
            time.sleep(0.05)
        return child

    def _bank_is_ready(self) -> bool:
        try:
            url = f"{settings.SANDBOX_BANK_URL}/healthz"
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own http address
                return True
        except (urllib.error.URLError, OSError):
            return False

    def _serve(self, children: list[subprocess.Popen[bytes]]) -> None:
        port = os.environ.get("PORT") or "8000"
        call_command("collectstatic", verbosity=0, interactive=False)
        manage = [sys.executable, str(settings.ROOT / "manage.py")]
        children.append(subprocess.Popen([*manage, "relay"], cwd=settings.ROOT))
        web = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "jianzhu.wsgi",
                "--bind",
                f"127.0.0.1:{port}",
                "--workers",
                "2",
                "--log-level",
                "warning",
            ],
            cwd=settings.ROOT,
        )
        children.append(web)
        self._say(f"\nserving on http://127.0.0.1:{port} — stop with Ctrl-C")
        try:
            web.wait()
        except KeyboardInterrupt:
            self._say("stopping")
