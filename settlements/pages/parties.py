"""What the parties of a case do on its page: say, answer an offer, call the next stage, go to court."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid
from jianzhu.web.pages import page_actor, signed_in
from settlements.disputes import commands, queries
from settlements.disputes.models.case import BEFORE_ARBITRATION
from settlements.disputes.queries import Case
from settlements.pages import moves
from workers_app.people import queries as people


def shown(actor: Actor, case: Case) -> dict[str, Any]:
    """What the page shows of a case to this reader, and what the reader may do there."""
    mine = any(p.worker_id == actor.worker_id for p in case.claimants if p.worker_id)
    company = policy.organisations(actor) & {p.organisation_id for p in case.parties}
    reads_all = bool(company or {"arbitrator", "operator"} & actor.roles)
    side = "claimant" if mine else "respondent" if company else ""
    record = queries.record(case.id, only_worker=None if reads_all else actor.worker_id)
    return {
        "record": record,
        "forms": moves.offered(actor, case, record, side),
        "live": {n.line_id for n in case.lines if n.live} - moves.decided(record),
        "side": side,
        "stances": {"claimant": ("claims", "admits"), "respondent": ("admits", "denies")}.get(side),
        "claimants": [p for p in case.claimants if reads_all or p.worker_id == actor.worker_id],
        "claimant_names": people.names({p.worker_id for p in case.claimants if p.worker_id}),
        "may_escalate": side == "claimant" and case.state in BEFORE_ARBITRATION,
    }


@require_POST
@signed_in
def say(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """One side's word on one element."""
    minutes = request.POST.get("minutes", "")
    commands.say(
        dispute_id=dispute_id,
        line_id=_number(request.POST.get("line", "")),
        element=request.POST.get("element", ""),
        stance=request.POST.get("stance", ""),
        words=request.POST.get("words", "").strip()[:1_000],
        minutes=_number(minutes) if minutes else None,
        actor=page_actor(request),
        at=clock.now(),
    )
    return _back(request, dispute_id)


@require_POST
@signed_in
def answer_offer(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Yes or no to an offered result."""
    commands.answer_offer(
        dispute_id=dispute_id,
        offer_id=_number(request.POST.get("offer", "")),
        yes=request.POST.get("answer") == "yes",
        actor=page_actor(request),
        at=clock.now(),
    )
    return _back(request, dispute_id)


@require_POST
@signed_in
def escalate(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """The claimant calls the next stage."""
    to = request.POST.get("to", "")
    commands.escalate(dispute_id=dispute_id, to=to, actor=page_actor(request), at=clock.now())
    return _back(request, dispute_id)


@require_POST
@signed_in
def withdraw(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """The claimant takes the own objection back."""
    commands.withdraw(dispute_id=dispute_id, actor=page_actor(request), at=clock.now())
    return _back(request, dispute_id)


def _back(request: HttpRequest, dispute_id: int) -> HttpResponse:
    messages.success(request, _("Recorded."))
    return redirect("case", dispute_id=dispute_id)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid(field="number", problem=text[:30])
    return int(text)
