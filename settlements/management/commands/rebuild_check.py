"""`manage.py rebuild_check`: every state, content and balance derived from the audit log."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jianzhu.audit import rebuild
from settlements.books.rebuild import balances

SHOWN_MAX = 200


class Command(BaseCommand):
    help = (
        "Compare the live tables with what the audit log says they are; exits 1 and names the rows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--known-until",
            type=int,
            default=0,
            help="an event up to which changes by hand were looked at and are no news",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        hand = rebuild.by_hand(options["known_until"])
        found = [*map(str, rebuild.differences()), *rebuild.illegal_moves(), *balances(), *hand]
        for said in found[:SHOWN_MAX]:
            self.stdout.write(f" - {said}")
        if len(found) > SHOWN_MAX:
            self.stdout.write(f" … and {len(found) - SHOWN_MAX} more")
        self.stdout.write(f"{len(hand)} changes were made in the database without the application")
        if found:
            sys.exit(1)
        self.stdout.write("every row, state and balance is what the log says")
