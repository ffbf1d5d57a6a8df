"""`manage.py rebuild_check`: every state, content and balance derived from the audit log."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from jianzhu.audit import rebuild
from settlements.books.rebuild import balances

SHOWN_MAX = 200


class Command(BaseCommand):
    help = (
        "Compare the live tables with what the audit log says they are; exits 1 and names the rows."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = [*map(str, rebuild.differences()), *rebuild.illegal_moves(), *balances()]
        for said in found[:SHOWN_MAX]:
            self.stdout.write(f" - {said}")
        if len(found) > SHOWN_MAX:
            self.stdout.write(f" … and {len(found) - SHOWN_MAX} more")
        self.stdout.write(
            f"{rebuild.by_hand()} changes were made in the database without the application"
        )
        if found:
            sys.exit(1)
        self.stdout.write("every row, state and balance is what the log says")
