"""`manage.py statement_recompute`: every line again, bit for bit, from the inputs kept with it."""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from settlements.statements import kept, recompute

SHOWN_MAX = 50


class Command(BaseCommand):
    help = "Compute statements again from their kept inputs; exits 1 when a line says otherwise."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("statement", nargs="*", type=int, help="ids; none means all")
        parser.add_argument("--project", help="the project's code")
        parser.add_argument("--month", help="like 2026-10")
        parser.add_argument(
            "--records", action="store_true", help="compare with the records of today as well"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        where = _where(options)
        checked = kept.recompute(where)
        faults = recompute.differences(where) if options["records"] else checked.faults
        self.stdout.write(
            f"{checked.statements} statements, {checked.lines} lines computed again: "
            + (f"{len(faults)} differences" if faults else "the same, bit for bit")
        )
        for fault in faults[:SHOWN_MAX]:
            self.stdout.write(f"  - {fault}")
        if len(faults) > SHOWN_MAX:
            self.stdout.write(f"  … and {len(faults) - SHOWN_MAX} more")
        if faults:
            sys.exit(1)


def _where(options: dict[str, Any]) -> Q:
    where = Q()
    if options["statement"]:
        where &= Q(pk__in=options["statement"])
    if options["project"]:
        where &= Q(project__code=options["project"])
    if options["month"]:
        try:
            where &= Q(month=date.fromisoformat(f"{options['month']}-01"))
        except ValueError:
            raise CommandError(f"--month: {options['month']} is no month like 2026-10") from None
    return where
