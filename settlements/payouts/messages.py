"""Text messages about wages, each in the language of the worker who reads it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import override

from jianzhu.notices import queries as notices
from jianzhu.web.accounts.senders import say
from workers_app.people import queries as people


def send(*, payout_ids: Iterable[int], code: str) -> None:
    """The newest notice of this code about each payout, to the number on record."""
    for notice in notices.newest("payout", payout_ids, code):
        assert notice.worker_id is not None  # notices of this code go to workers
        phone, language = people.reached(notice.worker_id)
        with override(language):
            say(phone, notices.text_of(notice.code, notice.facts))
