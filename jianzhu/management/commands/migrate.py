"""`manage.py migrate`: Django's own, done by the role that owns the tables."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from jianzhu.kernel.roles import as_owner


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as the owner; who serves afterwards is somebody else."""
        with as_owner():
            super().handle(*args, **options)
