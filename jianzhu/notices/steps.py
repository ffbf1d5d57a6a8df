"""Telling people, within the command whose news it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from jianzhu.kernel.db import step
from jianzhu.notices.models import Notice


class To(NamedTuple):
    """Whoever holds the role on the project, or one worker."""

    role: str = ""
    worker_id: int | None = None


class Said(NamedTuple):
    """One notice to write; see `tell`."""

    code: str
    project_id: int
    to: To
    subject_type: str
    subject_id: int
    once: str
    facts: dict[str, Any]


@step
def tell(
    code: str,
    *,
    project_id: int,
    to: Iterable[To],
    subject_type: str,
    subject_id: int,
    once: str,
    at: datetime,
    **facts: Any,
) -> None:
    """One notice per addressee. `once` names the occasion: the same again is told already."""
    said = [Said(code, project_id, one, subject_type, subject_id, once, facts) for one in to]
    tell_many(said, at=at)


@step
def tell_many(said: Iterable[Said], *, at: datetime) -> None:
    """Notices of many subjects in one statement."""
    Notice.objects.bulk_create(
        [
            Notice(
                project_id=one.project_id,
                role=one.to.role,
                worker_id=one.to.worker_id,
                code=one.code,
                subject_type=one.subject_type,
                subject_id=one.subject_id,
                facts=one.facts,
                key=f"{one.code}:{one.subject_id}:{one.once}:{one.to.role or one.to.worker_id}",
                at=at,
            )
            for one in said
        ],
        ignore_conflicts=True,
        batch_size=1_000,
    )
