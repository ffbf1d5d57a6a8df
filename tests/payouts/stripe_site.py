"""A site that pays by Stripe: each worker has a connected account at the stand-in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel import clock
from jianzhu.kernel.db import command
from jianzhu.outbox.models import OutboxMessage
from settlements.funding.models import WageAccount
from settlements.payouts import subscribers
from settlements.payouts.models import Payout
from settlements.payouts.rails.stripe import StripeConnect
from tests.site import DAY, Site
from tests.stripe_stand_in import StripeStandIn
from workers_app.people import steps as people
from workers_app.people.models import Worker

SECRET = "whsec_for-tests-only"


@dataclass
class StripeSite:
    site: Site
    stripe: StripeStandIn
    rail: StripeConnect
    accounts: dict[int, str]

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.stripe.world.now, UTC)

    def earn(self, *workers: Worker) -> list[Payout]:
        """A day each, accepted, released and handed to the rail; payouts in the order of workers."""
        for worker in workers:
            self.site.work(worker, DAY)
        self.site.accept(self.site.sheet(DAY, DAY))
        self.site.run()
        return [Payout.objects.get(worker=w) for w in workers]

    def make_due(self, topic: str = "") -> None:
        """Every clock (of one topic) that was set for later runs out, and what was due happens."""
        rows = OutboxMessage.objects.filter(done_at=None, topic__startswith=topic)
        rows.update(due_at=datetime.now(UTC) - timedelta(seconds=1), leased_until=None)
        self.site.run()


@command
def _connect(*, site: Site, accounts: dict[int, str], at: datetime) -> None:
    for worker_id, account in accounts.items():
        payee = people.propose_payee(
            worker=Worker.objects.get(pk=worker_id),
            bank_code="stripe",
            bank_name="Stripe",
            account=account,
            actor=SYSTEM,
            at=at,
        )
        people.verify_payee(payee, actor=site.contractor, at=at)


def stripe_site(monkeypatch, stripe: StripeStandIn, workers: int = 2) -> StripeSite:
    monkeypatch.setattr(clock, "now", lambda: datetime.fromtimestamp(stripe.world.now, UTC))
    site = Site.build(workers=workers, rule_set="US", basis="hour", rate=5_000)
    WageAccount.objects.update(rail="stripe")
    rail = StripeConnect("sk_test_nobody", stripe.url, now=lambda: clock.now(), rate=10_000)
    monkeypatch.setattr(subscribers, "rail_named", lambda name: rail)
    monkeypatch.setattr(subscribers, "stripe_rail", lambda: rail)
    accounts = {}
    for worker in site.workers:
        made = stripe._account({"country": "US"})
        accounts[worker.pk] = str(made["id"])
    _connect(site=site, accounts=accounts, at=clock.now() - timedelta(days=4))
    return StripeSite(site, stripe, rail, accounts)
