"""`manage.py deadline_quote FILE.json`: by when something has to happen (docs/disputes.md)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jianzhu.kernel.errors import Refusal
from settlements.disputes.quotes import quote


class Command(BaseCommand):
    help = "Reckon a deadline quote without storing anything; exits 2 when it is refused."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a quote as JSON, or - for standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["file"]
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
            answer = quote(json.loads(text))
        except (OSError, ValueError) as error:
            self.stderr.write(f"{name}: {error}")
            sys.exit(2)
        except Refusal as refusal:
            self.stderr.write(f"{name}: {refusal.code}: {refusal}")
            sys.exit(2)
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
