"""Whose erasure is whose: the worker's own; those who keep the records see all."""

from django.db.models import Q

from jianzhu.access import policy

policy.scope("erasure", own=lambda actor: Q(worker_id=actor.worker_id))
