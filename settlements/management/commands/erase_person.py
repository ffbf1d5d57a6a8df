"""`manage.py erase_person`: one operator asks, another confirms, and the person's key is destroyed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jianzhu.access import queries as access
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Refusal
from settlements.evidence import erasure


class Command(BaseCommand):
    help = "Erase a person after the retention time; needs two operators, each with their own name."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("step", choices=["ask", "confirm", "refuse"])
        parser.add_argument("id", type=int, help="of the worker to ask for; else of the erasure")
        parser.add_argument("--by", required=True, help="the operator's user name")
        parser.add_argument("--reason", default="", help="why; needed to ask and to refuse")

    def handle(self, *args: Any, **options: Any) -> None:
        at, why = clock.now(), options["reason"]
        if options["step"] != "confirm" and not why:
            raise CommandError("say why with --reason")
        try:
            actor = access.actor_of_user(access.user_named(options["by"]), at)
            if options["step"] == "ask":
                done = erasure.ask(worker_id=options["id"], reason=why, actor=actor, at=at)
            elif options["step"] == "confirm":
                done = erasure.confirm(erasure_id=options["id"], actor=actor, at=at)
            else:
                done = erasure.refuse(erasure_id=options["id"], answer=why, actor=actor, at=at)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"erasure {done.pk} of worker {done.worker_id}: {done.state}")
