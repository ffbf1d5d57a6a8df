"""`manage.py migrate`: Django's own, done by the role that owns the tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django_fsm
from django.core.management.commands import migrate
from django.dispatch import Signal

from jianzhu.kernel.roles import as_owner


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as the owner; who serves afterwards is somebody else."""
        with as_owner(), _fields_of_the_past_are_deaf():
            super().handle(*args, **options)


@contextmanager
def _fields_of_the_past_are_deaf() -> Iterator[None]:
    """Every state field listens for the models prepared after it, to collect their transitions.

    Migrations prepare thousands of models, none of which has a transition: all fields hearing of
    all models took three fifths of the whole time.
    """
    heard = django_fsm.class_prepared  # type: ignore[attr-defined]
    django_fsm.class_prepared = Signal()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        django_fsm.class_prepared = heard  # type: ignore[attr-defined]
