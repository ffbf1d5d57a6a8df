"""Whose documents and figures are whose: as the cases that they belong to."""

from django.db.models import Q

from jianzhu.access import policy
from settlements.disputes.models import CaseParty

policy.scope(
    "decision",
    own=lambda actor: Q(
        dispute__in=CaseParty.objects.filter(Q(worker_id=actor.worker_id)).values("dispute_id")
    ),
    project=lambda actor: Q(dispute__project_id__in=policy.projects(actor)),
    case=lambda actor: Q(dispute__assigned_to_id=actor.user_id),
)
policy.scope("case_figure", case=lambda actor: Q(assigned_to_id=actor.user_id))
