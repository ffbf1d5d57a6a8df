"""Shapes on the wire that several rooms take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class ReasonAsked(serializers.Serializer[Any]):
    """Why; kept with the act."""

    reason = serializers.CharField(max_length=200)
