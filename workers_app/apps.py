"""The Django app `workers_app`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "workers_app"
    verbose_name = "人员"

    def ready(self) -> None:
        """Open each room's ear: its `subscribers` register what they listen to."""
        for room in ROOMS:
            if find_spec(f"workers_app.{room}.subscribers"):
                import_module(f"workers_app.{room}.subscribers")


ROOMS: tuple[str, ...] = ("people", "terms")
