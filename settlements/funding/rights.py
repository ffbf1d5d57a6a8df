"""Whose wage accounts are whose."""

from django.db.models import Q

from jianzhu.access import policy

policy.scope("wage_account", project=lambda actor: Q(project_id__in=policy.projects(actor)))
policy.scope(
    "deposit", project=lambda actor: Q(wage_account__project_id__in=policy.projects(actor))
)
policy.scope("duty", project=lambda actor: Q(project_id__in=policy.projects(actor)))
policy.scope("shortfall", project=lambda actor: Q(project_id__in=policy.projects(actor)))
policy.scope(
    "labour_cost_agreement", project=lambda actor: Q(project_id__in=policy.projects(actor))
)
policy.scope("security_deposit", project=lambda actor: Q(project_id__in=policy.projects(actor)))
policy.scope(
    "withdrawal", project=lambda actor: Q(wage_account__project_id__in=policy.projects(actor))
)
