"""What somebody was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from jianzhu.notices.models import Notice

# code -> sentence over the notice's facts; each room adds its own.
_sentences: dict[str, str] = {}


def sentences(of: Mapping[str, str]) -> None:
    """A room says how its notices read (marked for translation with `gettext_noop`)."""
    _sentences.update(of)


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as pages and the API show it; `text` in the reader's language."""

    id: int
    project_id: int
    code: str
    text: str
    subject_type: str
    subject_id: int
    at: datetime


def text_of(code: str, facts: Mapping[str, Any]) -> str:
    """The notice's sentence in the reader's language; the bare code where no room knows it."""
    return _(_sentences[code]) % facts if code in _sentences else code


def notices(where: Q, limit: int) -> list[Told]:
    """Notices by a filter, newest first."""
    return [
        Told(
            n.pk,
            n.project_id,
            n.code,
            text_of(n.code, n.facts),
            n.subject_type,
            n.subject_id,
            n.at,
        )
        for n in Notice.objects.filter(where).order_by("-at", "-pk")[:limit]
    ]
