"""`manage.py database_roles`: the application's and the auditor's role on a server of one's own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError, connection

from jianzhu import environment as env
from jianzhu.kernel import roles


class Command(BaseCommand):
    help = (
        "Make the roles where they are missing and grant each what it may do; run it as often as "
        "you like. DATABASE_OWNER_URL names the owner, DATABASE_URL the application's role with "
        "its password, AUDITOR_PASSWORD (optional) lets the auditor in."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sql", action="store_true", help="only print what would be run")

    def handle(self, *args: Any, **options: Any) -> None:
        served = settings.DATABASES["default"]
        app, auditor = roles.app_role(), settings.DATABASE_AUDITOR_ROLE
        own = served["USER"] != settings.DATABASE_OWNER["USER"]
        with roles.as_owner():
            made = roles.make(
                str(served["PASSWORD"]) if own else None, env.text("AUDITOR_PASSWORD", "")
            )
            granted = roles.grants(app, auditor)
            if options["sql"]:
                for statement in (*made, *granted):
                    self.stdout.write(statement.as_string(connection.connection) + ";")
                return
            try:
                roles.run(made)
            except ProgrammingError as error:
                raise CommandError(f"{error}: let a superuser run the output of --sql") from error
            roles.run(granted)
        self.stdout.write(f"{app} serves, {auditor} reads")
