"""What somebody was told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    """The notice's sentence in the reader's language; the bare code where no room knows it.

    A fact called `sentence` is a sentence of its own and is translated too.
    """
    if code not in _sentences:
        return code
    inner = {"sentence": _(facts["sentence"])} if facts.get("sentence") else {}
    return _(_sentences[code]) % {**facts, **inner}


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


def newest(subject_type: str, subject_ids: Iterable[int], code: str) -> list[Notice]:
    """The last notice of a code that was told about each of these subjects."""
    rows = Notice.objects.filter(
        subject_type=subject_type, subject_id__in=list(subject_ids), code=code
    )
    return list(rows.order_by("subject_id", "-at", "-pk").distinct("subject_id"))
