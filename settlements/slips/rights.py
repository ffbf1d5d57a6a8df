"""Whose papers are whose: the table and sheet of a project are rows of projects."""

from django.db.models import Q

from jianzhu.access import policy

for _noun in ("wage_table", "wage_ledger", "attendance_sheet"):
    policy.scope(_noun, project=lambda actor: Q(pk__in=policy.projects(actor)))
