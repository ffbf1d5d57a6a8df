"""`manage.py payout_batch list|make|release|answer`: files for banks that take files (docs/rails.md)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jianzhu.access.models import User
from jianzhu.access.queries import actor_of
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Refusal
from jianzhu.kernel.money import Money
from settlements.payouts import batches
from settlements.payouts.models import PayoutBatch


class Command(BaseCommand):
    help = "Make a payment file, hand it out by a second person, and read the bank's result."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("list", "make", "release", "answer"))
        parser.add_argument("batch", nargs="?", type=int, help="the id that list shows")
        parser.add_argument("--user", help="user name of the operator who acts")
        parser.add_argument("--file", type=Path, help="where the file goes, or the result to read")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "list":
            self._list()
            return
        user = User.objects.filter(username=options["user"] or "", is_active=True).first()
        if user is None or options["batch"] is None:
            raise CommandError("name the batch, and the operator who acts with --user")
        at = clock.now()
        try:
            self._act(options, actor_of(user, at), at)
        except Refusal as refusal:
            self.stderr.write(f"{refusal.code}: {refusal}")
            sys.exit(2)

    def _act(self, options: dict[str, Any], actor: Any, at: Any) -> None:
        what, batch_id, path = options["what"], options["batch"], options["file"]
        if what == "make":
            batches.make(batch_id=batch_id, actor=actor, at=at)
        elif path is None:
            raise CommandError("name the file with --file")
        elif what == "release":
            path.write_bytes(batches.release(batch_id=batch_id, actor=actor, at=at))
            path.chmod(0o600)  # it names accounts in clear
        else:
            batches.answer(batch_id=batch_id, body=path.read_bytes(), actor=actor, at=at)
        self._list()

    def _list(self) -> None:
        for one in PayoutBatch.objects.select_related("wage_account").order_by("pk"):
            total = Money(one.total_minor, one.wage_account.currency)
            self.stdout.write(
                f"{one.pk}\t{one.name}\t{one.profile}\t{one.state}\t{one.lines_count}\t{total}"
            )
