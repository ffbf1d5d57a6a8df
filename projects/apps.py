"""The Django app `projects`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "工程"

    def ready(self) -> None:
        """Open each room's ear: its `subscribers` register what they listen to."""
        for room in ROOMS:
            if find_spec(f"projects.{room}.subscribers"):
                import_module(f"projects.{room}.subscribers")


ROOMS: tuple[str, ...] = ("sites", "scheduling", "attendance", "acceptance")
