"""Asking twice is asking once: the answer to a write is kept under the caller's own key.

The answer is stored in the transaction of the work itself: both are there or neither, whoever dies
when, and also when only the answer to COMMIT got lost. Of two requests with one key at the same time
one works and the other is told so at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from jianzhu.kernel import clock
from jianzhu.kernel.db import one_commit
from jianzhu.kernel.errors import Refusal
from jianzhu.web.models import IdempotentAnswer
from jianzhu.web.problems import handler as problem_of

if TYPE_CHECKING:
    from jianzhu.web.views import NounView

KEY_MAX = 64
# Answers that say nothing about the work itself are not kept.
NOT_KEPT = (401, 403, 404, 409)


class KeyMissing(Refusal):
    code = "idempotency_key_missing"
    status = 400
    sentence = _("A write needs an Idempotency-Key header of 1 to 64 visible characters.")


class KeyReused(Refusal):
    code = "idempotency_key_reused"
    status = 422
    sentence = _("This Idempotency-Key was used for another request.")


class InProgress(Refusal):
    code = "in_progress"
    status = 409
    sentence = _("The first request with this Idempotency-Key is still running; ask again.")


def once(view: NounView, work: Callable[..., Response]) -> Callable[..., HttpResponseBase]:
    """The handler, run at most once per key."""

    def run(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = request.headers.get("Idempotency-Key", "")
        if not key.isascii() or not key.isprintable() or not 0 < len(key) <= KEY_MAX:
            raise KeyMissing
        with one_commit():
            if not _is_ours(request, key):
                raise InProgress
            said = _request(request)
            kept = IdempotentAnswer.objects.filter(user=request.user, key=key).first()
            if kept is not None:
                return _again(kept, said)
            try:
                answer = work(request, *args, **kwargs)
            except Exception as error:  # noqa: BLE001 - a refusal is an answer, and a bug gets one too
                answer = problem_of(error, {"view": view})
            if answer.status_code >= 500:
                transaction.set_rollback(True)  # a bug leaves nothing half done
            elif answer.status_code not in NOT_KEPT:
                _keep(request, key, said, answer)
            return answer

    return run


def forget(*, before: datetime) -> int:
    """Drop the answers that were kept before this instant; returns how many."""
    count, _by_model = IdempotentAnswer.objects.filter(created_at__lt=before).delete()
    return count


def _is_ours(request: Any, key: str) -> bool:
    """Whether nobody else is at work under this key; ours until the transaction ends."""
    with connection.cursor() as cursor:
        name = f"idempotency:{request.user.pk}:{key}"
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        (ours,) = cursor.fetchone()
    return bool(ours)


def _request(request: Any) -> tuple[str, bytes]:
    """What was asked: method with path, and a digest of the body."""
    body = json.dumps(request.data, sort_keys=True, default=str).encode()
    return f"{request.method} {request.path}"[:200], hashlib.sha256(body).digest()


def _again(kept: IdempotentAnswer, said: tuple[str, bytes]) -> HttpResponse:
    if (kept.request, bytes(kept.body_digest)) != said:
        raise KeyReused
    answer = HttpResponse(bytes(kept.answer), status=kept.status, content_type=kept.content_type)
    answer["Idempotent-Replayed"] = "true"
    return answer


def _keep(request: Any, key: str, said: tuple[str, bytes], answer: Response) -> None:
    IdempotentAnswer.objects.create(
        user=request.user,
        key=key,
        request=said[0],
        body_digest=said[1],
        status=answer.status_code,
        answer=JSONRenderer().render(answer.data),
        content_type=answer.content_type or JSONRenderer.media_type,
        created_at=clock.now(),
    )
