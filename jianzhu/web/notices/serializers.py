"""A notice on the wire."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from jianzhu.notices.models import Notice
from jianzhu.notices.queries import text_of
from jianzhu.web.fields import InstantField


class NoticeShown(serializers.Serializer[Any]):
    """What was told: `code` is stable, `text` is the sentence in the asker's language."""

    id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    worker_id = serializers.IntegerField(allow_null=True)
    role = serializers.CharField()
    code = serializers.CharField()
    text = serializers.SerializerMethodField()
    subject_type = serializers.CharField()
    subject_id = serializers.IntegerField()
    at = InstantField()

    def get_text(self, row: Notice) -> str:
        return text_of(row.code, row.facts)
