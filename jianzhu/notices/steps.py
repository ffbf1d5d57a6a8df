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
    Notice.objects.bulk_create(
        [
            Notice(
                project_id=project_id,
                role=one.role,
                worker_id=one.worker_id,
                code=code,
                subject_type=subject_type,
                subject_id=subject_id,
                facts=facts,
                key=f"{code}:{subject_id}:{once}:{one.role or one.worker_id}",
                at=at,
            )
            for one in to
        ],
        ignore_conflicts=True,
        batch_size=1_000,
    )
