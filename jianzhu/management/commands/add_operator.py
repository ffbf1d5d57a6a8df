"""The first person of a new installation; everybody else is added by them."""

from __future__ import annotations

import os
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from jianzhu.access.actor import SYSTEM
from jianzhu.access.models import Role
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Refusal
from jianzhu.web.staff import commands


class Command(BaseCommand):
    help = "Add an operator. The password is asked for, or taken from OPERATOR_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="", help="shown to others; the user name if missing")
        parser.add_argument("--organisation", required=True, help="code of the operating company")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the organisation where missing, the user, and the role."""
        at, username, code = clock.now(), options["username"], options["organisation"]
        password = os.environ.get("OPERATOR_PASSWORD") or getpass("password: ")
        try:
            user = commands.create_user(
                username=username,
                name=options["name"] or username,
                password=password,
                language="zh-hans",
                actor=SYSTEM,
                at=at,
            )
            office = commands.find_or_create_organisation(code=code, actor=SYSTEM, at=at)
            commands.grant(
                user_id=user.pk,
                organisation_id=office.pk,
                role=Role.OPERATOR,
                actor=SYSTEM,
                at=at,
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{username} may sign in and add everybody else.")
