"""What people do to agreements and rates."""

from __future__ import annotations

from datetime import datetime

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import NotFound
from workers_app.people.models import Worker
from workers_app.terms import steps
from workers_app.terms.models import AgreedRate, Agreement
from workers_app.terms.steps import NewAgreement, NewRate


@command
def sign_agreement(*, new: NewAgreement, actor: Actor, at: datetime) -> Agreement:
    """Write down the agreement of a worker with their employer on a project."""
    policy.require_organisation(actor, "agreement", "sign", organisation_id=new.employer_id)
    if not Worker.objects.filter(pk=new.worker_id, employer_id=new.employer_id).exists():
        raise NotFound(noun="worker")
    return steps.sign_agreement(new, actor=actor, at=at)[0]


@command
def propose_rate(*, agreement_id: int, new: NewRate, actor: Actor, at: datetime) -> AgreedRate:
    """Write down a rate version; it counts when a second person has agreed."""
    where = policy.whose(actor, "agreed_rate", "propose", on="agreement")
    agreement = lock(Agreement, agreement_id, where)
    return steps.propose_rate(agreement, new, actor=actor, at=at)[0]


@command
def agree_rate(*, rate_id: int, actor: Actor, at: datetime) -> AgreedRate:
    """Agree: it counts from its first day on."""
    rate = lock(AgreedRate, rate_id, policy.whose(actor, "agreed_rate", "agree"))
    steps.agree_rate(rate, actor=actor, at=at)
    return rate


@command
def refuse_rate(*, rate_id: int, actor: Actor, at: datetime) -> AgreedRate:
    """Don't agree; the former version goes on."""
    rate = lock(AgreedRate, rate_id, policy.whose(actor, "agreed_rate", "refuse"))
    steps.refuse_rate(rate, actor=actor, at=at)
    return rate
