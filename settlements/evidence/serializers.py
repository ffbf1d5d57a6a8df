"""Erasures on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.web.fields import InstantField
from jianzhu.web.pagination import ID_MAX
from settlements.evidence import queries
from workers_app.people import queries as people


class ErasureShown(serializers.Serializer[Any]):
    """A person's fields are made unreadable when a second person has agreed."""

    id = serializers.IntegerField()
    worker_id = serializers.IntegerField()
    state = serializers.CharField()
    reason = serializers.SerializerMethodField()
    made_by = serializers.CharField()
    checked_by = serializers.CharField()
    answer = serializers.SerializerMethodField()
    asked_at = InstantField()
    answered_at = InstantField(allow_null=True)

    def get_reason(self, row: Any) -> str:
        return _opened(row, row.reason, queries.reason_of(row.pk))

    def get_answer(self, row: Any) -> str:
        return _opened(row, row.answer, queries.answer_of(row.pk))


def _opened(row: Any, said: str, place: str) -> str:
    return people.opened_all([(row.worker_id, said, place)])[place]


class ErasureAsked(serializers.Serializer[Any]):
    worker_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    reason = serializers.CharField(max_length=200)


class ErasureRefused(serializers.Serializer[Any]):
    """Why not."""

    answer = serializers.CharField(max_length=200)
