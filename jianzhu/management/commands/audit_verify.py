"""`manage.py audit_verify`: every event against its leaf, every head against its leaves and keys, and
all of it against what the witness remembers."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from jianzhu.audit import commands, queries
from jianzhu.kernel import clock


class Command(BaseCommand):
    help = "Prove the audit log unbroken; exits 1 and names the row when it is not."

    def handle(self, *args: Any, **options: Any) -> None:
        while commands.seal(at=clock.now()):
            pass
        folder = settings.WITNESS_DIR
        found = queries.verify(folder if (folder / "heads").exists() else None)
        self.stdout.write(
            f"{found.events} events, {found.leaves} leaves, {found.seals} sealed heads "
            f"({found.witnessed} countersigned), {found.unsealed} not sealed yet; root {found.root}"
        )
        for fault in found.faults:
            self.stdout.write(f" - {fault}")
        if found.faults:
            sys.exit(1)
        self.stdout.write("unbroken")
