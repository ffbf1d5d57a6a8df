"""`manage.py ledger_quote FILE`: play ledger cases on trial accounts; stores nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jianzhu.kernel import clock
from settlements.ledger import quotes


class Command(BaseCommand):
    help = (
        "Print what each ledger case of a JSON file comes to; exit 1 when one is not as expected."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        at, wrong = clock.now(), 0
        for case in quotes.cases(json.loads(options["file"].read_text())):
            answer = quotes.ask(case, at)
            wrong += answer["agrees"] is False
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if wrong:
            raise SystemExit(1)
