"""The Django app `jianzhu`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class JianzhuConfig(AppConfig):
    name = "jianzhu"
    verbose_name = "建筑"

    def ready(self) -> None:
        """Open each room's ear: its `subscribers` register what they listen to."""
        for room in ROOMS:
            if find_spec(f"jianzhu.{room}.subscribers"):
                import_module(f"jianzhu.{room}.subscribers")


ROOMS: tuple[str, ...] = ()
