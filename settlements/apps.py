"""The Django app `settlements`."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SettlementsConfig(AppConfig):
    name = "settlements"
    verbose_name = "结算"

    def ready(self) -> None:
        """Open each room's ear: `rights` say whose rows are whose, `subscribers` what is heard."""
        from settlements.ledger import permitted

        post_migrate.connect(permitted.renew, sender=self)
        for room in ROOMS:
            for drawer in ("rights", "subscribers"):
                if find_spec(f"settlements.{room}.{drawer}"):
                    import_module(f"settlements.{room}.{drawer}")


ROOMS: tuple[str, ...] = (
    "ledger",
    "halt",
    "funding",
    "adjustments",
    "slips",
    "milestones",
    "statements",
    "payouts",
    "disputes",
    "evidence",
    "desk",
    "books",
)
