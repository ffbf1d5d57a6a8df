"""Whose cases are whose: the claimants' own, the parties' projects', the arbitrator's assigned.

An arbitrator sees the lines under the own cases, and nothing else.
"""

from django.db.models import Q

from jianzhu.access import policy
from settlements.disputes.models import CaseParty, DisputedLine
from workers_app.people import queries as people

policy.scope(
    "dispute",
    own=lambda actor: (
        Q(worker_id=actor.worker_id)
        | Q(pk__in=CaseParty.objects.filter(Q(worker_id=actor.worker_id)).values("dispute_id"))
    ),
    project=lambda actor: Q(project_id__in=policy.projects(actor)),
    case=lambda actor: Q(assigned_to_id=actor.user_id),
)
policy.scope(
    "statement_line",
    crew=lambda actor: Q(statement__worker_id__in=people.led_by(actor.worker_id)),
    case=lambda actor: Q(
        pk__in=DisputedLine.objects.filter(dispute__assigned_to_id=actor.user_id).values("line_id")
    ),
)
