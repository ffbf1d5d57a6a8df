"""`manage.py import_sheet KIND FILE [--dry-run]`: all rows or none, each fault with its place."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel import clock
from settlements.imports.commands import import_sheet
from settlements.imports.milestones import KINDS


class Command(BaseCommand):
    help = "Import a sheet (columns: examples/month/README.md); exits 2 when a row is at fault."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        report = import_sheet(
            kind=options["kind"],
            name=file.name,
            content=file.read_bytes(),
            actor=SYSTEM,
            at=clock.now(),
            dry_run=options["dry_run"],
        )
        for fault in report.faults:
            self.stderr.write(str(fault))
        said = "nothing written" if not report.done else "written"
        self.stdout.write(
            f"{report.name}: {report.rows} rows, {report.new} new, {report.same} there already, "
            f"{len(report.faults)} faults; {said}"
        )
        if report.faults:
            sys.exit(2)
