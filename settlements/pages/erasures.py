"""Erasing a person: who waits, for whom the time has come, and the worker's own wish."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid
from jianzhu.web.pages import page_actor, signed_in
from settlements.evidence import erasure, queries
from workers_app.people import queries as people


@require_GET
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """What was asked and answered; for who keeps the records also whose time is over."""
    actor = page_actor(request)
    rows = queries.erasures(policy.whose(actor, "erasure", "read"))
    answers = policy.may(actor, "erasure", "answer")
    over = queries.over(clock.now()) if answers else []
    asked = {e.worker_id for e in rows if e.state != "refused"}
    own = queries.kept(actor.worker_id) if actor.worker_id else None
    hands = {e.made_by for e in rows} | {e.checked_by for e in rows}
    return render(
        request,
        "settlements/erasures.html",
        {
            "rows": rows,
            "over": over,
            "own": own,
            "own_asked": own is not None and own.worker_id in asked,
            "own_over": own is not None and own.until is not None and own.until <= clock.now(),
            "may_answer": answers,
            "me": str(actor),
            "workers": people.names({e.worker_id for e in rows} | {k.worker_id for k in over}),
            "hands": access.names_of(hands),
        },
    )


@require_POST
@signed_in
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for an erasure: a worker for the own, an operator for anybody's."""
    said = request.POST.get("worker", "")
    if not (said.isascii() and said.isdigit() and len(said) < 19):
        raise Invalid(field=_("worker"), problem=_("write the worker's number"))
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        raise Invalid(field=_("reason"), problem=_("say why"))
    erasure.ask(worker_id=int(said), reason=reason, actor=page_actor(request), at=clock.now())
    messages.success(request, _("Recorded. A second person has to agree."))
    return redirect("erasures")


@require_POST
@signed_in
def decide(request: HttpRequest, erasure_id: int, answer: str) -> HttpResponse:
    """A second person agrees, with a tick, or says no and why."""
    actor, at = page_actor(request), clock.now()
    words = request.POST.get("words", "").strip()[:200]
    if answer == "yes":
        if request.POST.get("sure") != "yes":
            raise Invalid(field=_("sure"), problem=_("tick the box: this is not taken back"))
        erasure.confirm(erasure_id=erasure_id, actor=actor, at=at)
        messages.success(request, _("The key is destroyed. Every proof still verifies."))
    else:
        if not words:
            raise Invalid(field=_("reason"), problem=_("say why"))
        erasure.refuse(erasure_id=erasure_id, answer=words, actor=actor, at=at)
        messages.success(request, _("Recorded."))
    return redirect("erasures")
