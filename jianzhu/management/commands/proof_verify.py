"""`manage.py proof_verify FILE…`: Merkle proofs as JSON, each valid or not and why."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jianzhu.audit.merkle import BadProof
from jianzhu.audit.vectors import verify_vector


class Command(BaseCommand):
    help = (
        "Verify inclusion and consistency proofs (JSON objects, or lists of them). Exits 1 when one "
        "is not valid; with --expect when one is not as its own wantErr says."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--expect", action="store_true", help="judge against wantErr")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = 0
        for file in options["files"]:
            for said in _proofs(file):
                why = _why_not(said)
                wanted = isinstance(said, dict) and bool(said.get("wantErr"))
                failed += (bool(why) != wanted) if options["expect"] else bool(why)
                self.stdout.write(f"{file}: " + (f"refused: {why}" if why else "ok"))
        if failed:
            sys.exit(1)


def _proofs(file: Path) -> list[Any]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"{file}: {error}")
    return said if isinstance(said, list) else [said]


def _why_not(said: Any) -> str:
    try:
        verify_vector(said)
    except BadProof as why:
        return str(why)
    return ""
