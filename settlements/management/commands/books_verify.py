"""`manage.py books_verify`: the eight truths of the rules of pay, and the tie of each worker's wages."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from settlements.books import queries, ties


class Command(BaseCommand):
    help = "Check the eight truths of the rules of pay; exits 1 when one is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for truth in queries.truths():
            mark = "holds" if not truth.faults else f"BROKEN ({len(truth.faults)})"
            self.stdout.write(f"{truth.number}. {truth.promise}: {mark}")
            for fault in truth.faults[:20]:
                self.stdout.write(f"   - {fault}")
            broken += bool(truth.faults)
        for fault in ties.faults():
            self.stdout.write(f"   - {fault}")
            broken += 1
        if broken:
            sys.exit(1)
