"""Whose payouts are whose."""

from django.db.models import Q

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from settlements.funding.models import WageAccount

policy.scope(
    "payout",
    own=lambda actor: Q(worker_id=actor.worker_id),
    project=lambda actor: Q(project_id__in=policy.projects(actor)),
)


def _of_account(actor: Actor) -> Q:
    accounts = WageAccount.objects.filter(project_id__in=policy.projects(actor))
    return Q(wage_account_id__in=accounts.values("pk"))


policy.scope(
    "payout_resolution", project=lambda actor: Q(payout__project_id__in=policy.projects(actor))
)
for _noun in ("bank_statement", "break", "payout_batch"):
    policy.scope(_noun, project=_of_account)
