"""The Django app `workers_app`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "workers_app"
    verbose_name = "人员"

    def ready(self) -> None:
        """Open each room's ear: `rights` say whose rows are whose, `subscribers` what is heard."""
        for room in ROOMS:
            for drawer in ("rights", "subscribers"):
                if find_spec(f"workers_app.{room}.{drawer}"):
                    import_module(f"workers_app.{room}.{drawer}")


ROOMS: tuple[str, ...] = ("people", "terms")
