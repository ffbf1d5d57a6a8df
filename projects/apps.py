"""The Django app `projects`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "工程"

    def ready(self) -> None:
        """Open each room's ear: `rights` say whose rows are whose, `subscribers` what is heard."""
        for room in ROOMS:
            for drawer in ("rights", "subscribers"):
                if find_spec(f"projects.{room}.{drawer}"):
                    import_module(f"projects.{room}.{drawer}")


ROOMS: tuple[str, ...] = ("sites", "scheduling", "attendance", "acceptance")
