"""`manage.py receipt_verify FILE…`: receipts and bundles, offline, with the public keys."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from settlements.evidence.documents import public_keys
from settlements.evidence.verifier import verify_file


class Command(BaseCommand):
    help = (
        "Verify receipts (.json) and bundles (.zip). Needs no database. Exits 1 and names what does "
        "not verify. Without keys this site's own are used."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--log", default="", help="the log's verifier key")
        parser.add_argument("--witness", default="", help="the witness's; a must when it is given")

    def handle(self, *args: Any, **options: Any) -> None:
        log, failed = options["log"] or public_keys()["log"], False
        for file in options["files"]:
            if not file.exists():
                sys.exit(f"{file}: there is no such file")
            report = verify_file(file, log, options["witness"])
            for line in report.lines:
                self.stdout.write(f"{file}: {line}")
            for fault in report.faults:
                self.stdout.write(f"{file}: FAULT {fault}")
            self.stdout.write(f"{file}: " + ("verifies" if report.ok else "does NOT verify"))
            failed |= not report.ok
        if failed:
            sys.exit(1)
