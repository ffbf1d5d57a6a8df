"""`manage.py witness`: countersigns the log's heads with a key and a memory of its own."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, connection

from jianzhu.audit import commands
from jianzhu.audit.keys import log_key, log_signer
from jianzhu.audit.merkle import EMPTY_ROOT
from jianzhu.audit.models import AuditLeaf, AuditSeal
from jianzhu.audit.notes import BadNote
from jianzhu.audit.witness import Inconsistent, Witness
from jianzhu.kernel import clock

LOOK_EVERY_SECONDS = 2.0


class Command(BaseCommand):
    help = "Look at each new head of the audit log and countersign it, or refuse it and say why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once; exit 1 on a refusal")

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        if not options["once"]:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stopping.set())
        witness = Witness.enter(settings.WITNESS_DIR, settings.WITNESS_NAME)
        witness.pin(log_key())
        self._say(f"witness: ready, {witness.size} leaves seen; {witness.signer.public}")
        while not stopping.is_set():
            refused = self._look(witness)
            if options["once"]:
                sys.exit(1 if refused else 0)
            stopping.wait(LOOK_EVERY_SECONDS)

    def _look(self, witness: Witness) -> bool:
        """Whether the newest head was refused. Each refusal is said once, and kept in the folder."""
        try:
            look(witness)
        except (Inconsistent, BadNote) as error:
            if str(error) != getattr(self, "_said", ""):
                self._said = str(error)
                self.stderr.write(f"witness: REFUSED: {error}")
            return True
        except DatabaseError as error:  # the database is away: it comes back
            self.stderr.write(f"witness: {error}".strip())
            connection.close()
        return False

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def look(witness: Witness) -> bool:
    """Countersign the newest head; False when there is none that we have not signed."""
    seal = AuditSeal.objects.order_by("-tree_size").first()
    size, root = (seal.tree_size, bytes(seal.root)) if seal else (0, EMPTY_ROOT)
    if (size, root) == (witness.size, witness.frontier.root):
        return False
    leaves = AuditLeaf.objects.filter(pk__gte=witness.size, pk__lt=size).order_by("pk")
    at = clock.now()
    note = seal.note if seal else log_signer().note(0, EMPTY_ROOT)
    line = witness.see(note, map(bytes, leaves.values_list("hash", flat=True)), at)
    commands.cosign(tree_size=size, line=line, witness=witness.signer.public, at=at)
    return True
