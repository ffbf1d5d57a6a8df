"""`manage.py ledger_journal export|import FILE`: the ledger as a file of lines, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jianzhu.kernel.errors import Refusal
from settlements.ledger import journal


class Command(BaseCommand):
    help = "Write every account and transfer to a file, or read such a file into an empty ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("way", choices=["export", "import"])
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["way"] == "export":
            with options["file"].open("w") as file:
                count = sum(1 for line in journal.export() if file.write(line + "\n"))
            self.stdout.write(f"{count} records")
            return
        try:
            with options["file"].open() as file:
                self.stdout.write(f"{journal.load(file)} new transfers")
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
