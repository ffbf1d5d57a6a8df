"""One milestone: its terms, what was accepted, who shares how, and what one may say to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.kernel.money import Money
from jianzhu.web.pages import page_actor, signed_in
from projects.sites import queries as sites
from settlements.milestones import commands
from settlements.milestones.models import Milestone, MilestonePart, MilestoneShare
from settlements.pages.sheets import defect_of
from workers_app.people import queries as people


@require_GET
@signed_in
def milestone(request: HttpRequest, milestone_id: int) -> HttpResponse:
    """Terms, decisions, the share-out with every answer, and the parts that were cut."""
    actor = page_actor(request)
    row = _milestone(actor, milestone_id, "read")
    shares = list(row.shares.filter(version=row.share_version).order_by("worker_id"))
    parts = list(row.parts.prefetch_related("shares").order_by("number"))
    inspections = list(row.inspections.order_by("pk"))
    corrections = list(row.corrections.order_by("pk"))
    return render(
        request,
        "settlements/milestone.html",
        {
            "milestone": row,
            "project": sites.project(row.project_id),
            "crew": people.crew_names([row.crew_id])[row.crew_id],
            "shares": _table(shares, parts),
            "parts": parts,
            "inspections": inspections,
            "corrections": corrections,
            "workers": people.names({s.worker_id for s in shares}),
            "names": access.names_of(
                {i.by for i in inspections} | {c.made_by for c in corrections}
            ),
            "worker_id": actor.worker_id,
            "me": str(actor),
            "may": _may(actor, row),
        },
    )


def _table(shares: list[MilestoneShare], parts: list[MilestonePart]) -> list[dict[str, Any]]:
    """A row per sharer: the weight, the amount of each part, the sum, and the answer."""
    amounts = {(p.pk, s.worker_id): s.amount_minor for p in parts for s in p.shares.all()}
    return [
        {
            "share": share,
            "amounts": [amounts.get((p.pk, share.worker_id), 0) for p in parts],
            "total": sum(amounts.get((p.pk, share.worker_id), 0) for p in parts),
        }
        for share in shares
    ]


def _may(actor: Actor, row: Milestone) -> dict[str, bool]:
    """What the page offers; the commands decide."""
    own = str(actor) in (row.made_by, row.submitted_by)
    left = row.accepted_minor < row.labour_minor
    return {
        "submit": policy.may(actor, "milestone", "submit")
        and row.made_by != str(actor)
        and row.state not in ("submitted", "cancelled", "accepted")
        and left,
        "decide": policy.may(actor, "milestone", "accept") and row.state == "submitted" and not own,
        "release": policy.may(actor, "milestone_part", "release"),
        "agree": policy.may(actor, "milestone_correction", "agree"),
    }


def _milestone(actor: Actor, milestone_id: int, verb: str) -> Milestone:
    where = policy.whose(actor, "milestone", verb)
    row = Milestone.objects.filter(where, pk=milestone_id).first()
    if row is None:
        raise NotFound(noun="milestone")
    return row


@require_POST
@signed_in
def move(request: HttpRequest, milestone_id: int, verb: str) -> HttpResponse:
    """One move of the milestone, asked for on its page."""
    if verb not in _MOVES:
        raise NotFound(noun="milestone")
    actor = page_actor(request)
    command, said = _MOVES[verb]
    command(
        milestone_id=milestone_id,
        actor=actor,
        at=clock.now(),
        **said(actor, milestone_id, request.POST),
    )
    return _done(request, milestone_id)


def _part(actor: Actor, milestone_id: int, form: Any) -> dict[str, Any]:
    currency = _milestone(actor, milestone_id, "accept").currency
    try:
        accepted = Money.parse(form.get("accepted", "").strip(), currency).minor
    except ValueError as error:
        raise Invalid(field=_("amount"), problem=_("write an amount like 380.00")) from error
    return {"accepted_minor": accepted, **defect_of(form)}


_MOVES: dict[str, tuple[Callable[..., Any], Callable[[Actor, int, Any], dict[str, Any]]]] = {
    "submission": (commands.submit, lambda actor, pk, form: {}),
    "acceptance": (commands.accept, lambda actor, pk, form: {}),
    "partial-acceptance": (commands.accept_partly, _part),
    "rejection": (commands.reject, lambda actor, pk, form: defect_of(form)),
}


@require_POST
@signed_in
def answer(request: HttpRequest, share_id: int, answer: str) -> HttpResponse:
    """The worker signs the share-out as shown, or objects to the own share."""
    actor, at = page_actor(request), clock.now()
    if answer == "yes":
        seen = request.POST.get("seen", "")[:64]
        share = commands.sign(share_id=share_id, seen=seen, actor=actor, at=at)
    else:
        words = request.POST.get("words", "").strip()[:1_000] or _("I do not agree.")
        share = commands.object_to(share_id=share_id, words=words, actor=actor, at=at)
    return _done(request, share.milestone_id)


@require_POST
@signed_in
def let_go(request: HttpRequest, part_id: int) -> HttpResponse:
    """The accepting side lets a kept part go early."""
    part = commands.let_go(part_id=part_id, actor=page_actor(request), at=clock.now())
    return _done(request, part.milestone_id)


@require_POST
@signed_in
def correction(request: HttpRequest, correction_id: int, answer: str) -> HttpResponse:
    """A second person agrees to a correction, or does not."""
    decide = commands.agree_correction if answer == "yes" else commands.refuse_correction
    row = decide(correction_id=correction_id, actor=page_actor(request), at=clock.now())
    return _done(request, row.milestone_id)


def _done(request: HttpRequest, milestone_id: int) -> HttpResponse:
    messages.success(request, _("Recorded."))
    return redirect("milestone", milestone_id=milestone_id)
