"""`manage.py machines`: the page `docs/machines.md`, made from the tables themselves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from jianzhu.kernel.machine import Machine, all_machines

PAGE = Path(settings.ROOT) / "docs" / "machines.md"
HEAD = """# Machines

Every state machine of the product, printed from the tables in the code by `manage.py machines`.
PostgreSQL refuses any move that is not here, raw SQL included.
"""


def page() -> str:
    """The whole page as Markdown."""
    return HEAD + "".join(_section(machine) for machine in all_machines())


def _section(machine: Machine) -> str:
    starts = ", ".join(f"`{state}`" for state in machine.starts)
    rows = "".join(
        f"| `{m.verb}` | {', '.join(f'`{s}`' for s in m.sources)} | `{m.target}` | {m.meaning} |\n"
        for m in machine
    )
    return (
        f"\n## {machine.noun}\n\nStarts as {starts}.\n\n"
        f"| verb | from | to | which means |\n|---|---|---|---|\n{rows}"
    )


class Command(BaseCommand):
    help = "Write docs/machines.md from the machines' tables."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="exit 1 when the page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            PAGE.parent.mkdir(exist_ok=True)
            PAGE.write_text(page(), encoding="utf-8")
        elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
            sys.exit("docs/machines.md is stale: run manage.py machines")
