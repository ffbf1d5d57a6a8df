"""Asking twice is asking once: the answer to a write is kept under the caller's own key.

The key is reserved before the work and the answer stored after it. If we die between the command's
commit and storing the answer, the reservation's lease runs out and the work is tried again; commands
that create something are idempotent by their own natural key, so nothing is made twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from jianzhu.kernel import clock
from jianzhu.kernel.errors import Refusal
from jianzhu.web.models import IdempotentAnswer
from jianzhu.web.problems import handler as problem_of

if TYPE_CHECKING:
    from jianzhu.web.views import NounView

LEASE = timedelta(seconds=60)
KEY_MAX = 64
# Answers that say nothing about the work itself are not kept.
NOT_KEPT = (401, 403, 404, 409, 500)


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
        kept = _reserve(request, key)
        if kept.status is not None:
            said = HttpResponse(
                bytes(kept.answer), status=kept.status, content_type=kept.content_type
            )
            said["Idempotent-Replayed"] = "true"
            return said
        try:
            answer = work(request, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - the answer to a bug is kept too, or taken back
            answer = problem_of(error, {"view": view})
        _keep(kept, answer)
        return answer

    return run


def _reserve(request: Any, key: str) -> IdempotentAnswer:
    digest = hashlib.sha256(json.dumps(request.data, sort_keys=True, default=str).encode()).digest()
    said = {"request": f"{request.method} {request.path}"[:200], "body_digest": digest}
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(
                user=request.user, key=key, created_at=clock.now(), **said
            )
    except IntegrityError:
        kept = IdempotentAnswer.objects.get(user=request.user, key=key)
    if (kept.request, bytes(kept.body_digest)) != (said["request"], digest):
        raise KeyReused
    if kept.status is None:
        # The lease of a dead request ran out: exactly one of those who ask takes it over.
        took = IdempotentAnswer.objects.filter(
            pk=kept.pk, status=None, created_at__lt=clock.now() - LEASE
        ).update(created_at=clock.now())
        if not took:
            raise InProgress
    return kept


def _keep(kept: IdempotentAnswer, answer: Response) -> None:
    if answer.status_code in NOT_KEPT:
        kept.delete()
        return
    IdempotentAnswer.objects.filter(pk=kept.pk).update(
        status=answer.status_code,
        answer=JSONRenderer().render(answer.data),
        content_type=answer.content_type or JSONRenderer.media_type,
    )
