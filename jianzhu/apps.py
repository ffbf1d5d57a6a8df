"""The Django app `jianzhu`."""

import gc
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate

# django-pgtrigger lets a session switch triggers off by a setting. Our triggers are the wall against
# hand-written SQL, so the question "should I be ignored?" is answered no, once and for all.
_NO_BACK_DOOR = """
    CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name NAME)
    RETURNS BOOLEAN AS 'SELECT FALSE' LANGUAGE sql IMMUTABLE
"""


# A chunk of a month's wages makes some hundred thousand objects and drops them at its end; looking for
# cycles after every 700 of them, as Python does by itself, took a third of its time (measured).
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


class JianzhuConfig(AppConfig):
    name = "jianzhu"
    verbose_name = "建筑"

    def ready(self) -> None:
        """Open each room's ear; after every migration shut the triggers' back door, bring the
        journal's triggers in step with the models, and renew the roles' grants."""
        from jianzhu.kernel import roles

        gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 10, 10)
        post_migrate.connect(_shut_back_door, sender=self)
        post_migrate.connect(_install_journal, sender=self)
        post_migrate.connect(roles.renew, sender=self)
        for room in ROOMS:
            for drawer in ("rights", "subscribers"):
                if find_spec(f"jianzhu.{room}.{drawer}"):
                    import_module(f"jianzhu.{room}.{drawer}")


ROOMS: tuple[str, ...] = ("access", "notices", "web")


def _shut_back_door(**_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NO_BACK_DOOR)


def _install_journal(**_: Any) -> None:
    # Models are known only once every app is there.
    from jianzhu.audit import journal

    journal.install()
