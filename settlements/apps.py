"""The Django app `settlements`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class SettlementsConfig(AppConfig):
    name = "settlements"
    verbose_name = "结算"

    def ready(self) -> None:
        """Open each room's ear: its `subscribers` register what they listen to."""
        for room in ROOMS:
            if find_spec(f"settlements.{room}.subscribers"):
                import_module(f"settlements.{room}.subscribers")


ROOMS: tuple[str, ...] = ("ledger", "funding", "statements", "payouts", "disputes")
