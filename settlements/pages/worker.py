"""The worker's pages: today, this month, and each line opened to everything it came from."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.kernel import clock
from jianzhu.kernel.errors import NotFound
from jianzhu.notices import queries as notices
from jianzhu.web.pages import page_actor, signed_in
from projects.attendance import queries as attendance
from projects.attendance.phones import queries as phones
from projects.sites import queries as sites
from settlements.disputes import commands as disputes
from settlements.disputes import queries as cases
from settlements.disputes.commands import looking
from settlements.milestones import queries as milestones
from settlements.payouts import connected
from settlements.payouts import queries as payouts
from settlements.payouts.rails import stripe_client
from settlements.statements import commands as statements
from settlements.statements import queries, trace
from workers_app.people import queries as people

# The newest notices; the API has them all.
TOLD_MAX = 8


@require_GET
@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """Today's punches and days, and the month's lines: worked → accepted → released → paid."""
    actor = page_actor(request)
    slips = queries.slips(policy.whose(actor, "statement", "read") & Q(worker_id=actor.worker_id))
    return render(
        request,
        "settlements/me.html",
        {
            "worker": people.worker(actor.worker_id) if actor.worker_id else None,
            "slips": [
                {"slip": slip, "project": sites.project(slip.project_id)} for slip in slips[:12]
            ],
            "today": attendance.today(actor.worker_id, clock.now()) if actor.worker_id else [],
            "asked": {
                a.statement_id: a
                for a in queries.asked(Q(statement__worker_id=actor.worker_id), "worker")
            },
            "days": attendance.days(Q(worker_id=actor.worker_id))[:7],
            "leads": bool(people.crews_led(actor.worker_id)),
            "cases": cases.cases(Q(worker_id=actor.worker_id)),
            "to_sign": milestones.to_sign(actor.worker_id),
            "told": notices.notices(Q(worker_id=actor.worker_id), TOLD_MAX),
            "service": payouts.provider_account(actor.worker_id) if actor.worker_id else None,
        },
    )


@require_GET
@signed_in
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One line from the punch to the bank's reference."""
    actor = page_actor(request)
    found = queries.lines(policy.whose(actor, "statement_line", "read") & Q(pk=line_id))
    if not found:
        raise NotFound(noun="statement_line")
    looking.look_at_line(line_id, actor=actor, at=clock.now())
    return render(
        request,
        "settlements/line.html",
        {
            "trace": trace.of_line(found[0]),
            "project": sites.project(found[0].project_id),
            "worker": people.worker(found[0].worker_id),
            "may_object": actor.worker_id == found[0].worker_id and found[0].state != "disputed",
        },
    )


@require_GET
@signed_in
def punch(request: HttpRequest, punch_id: int) -> HttpResponse:
    """The way back: from a punch to the lines and payments it led to."""
    actor = page_actor(request)
    found = attendance.punches(policy.whose(actor, "punch", "read") & Q(pk=punch_id))
    if not found:
        raise NotFound(noun="punch")
    return render(
        request,
        "settlements/punch.html",
        {
            "punch": found[0],
            "worker": people.worker(found[0].worker_id),
            "lines": trace.lines_of_punch(punch_id),
            "trust": phones.trusted([punch_id]).get(punch_id),
        },
    )


@require_GET
@signed_in
def payout(request: HttpRequest, payout_id: int) -> HttpResponse:
    """The way back from the bank: one payment, its reference, and the lines it carried."""
    actor = page_actor(request)
    found = payouts.payouts(policy.whose(actor, "payout", "read") & Q(pk=payout_id))
    if not found:
        raise NotFound(noun="payout")
    return render(
        request,
        "settlements/payout.html",
        {
            "payout": found[0],
            "worker": people.worker(found[0].worker_id),
            "lines": queries.lines(Q(payout_id=payout_id)),
            "bank": payouts.at_bank([payout_id]),
        },
    )


@require_POST
@signed_in
def payment_service(request: HttpRequest) -> HttpResponse:
    """To the provider's own form, where the worker says who they are and which account is theirs."""
    actor = page_actor(request)
    address = connected.onboard(
        worker_id=actor.worker_id or 0,
        country=payouts.provider_country(actor.worker_id or 0),
        page=request.build_absolute_uri("/me/"),
        rail=stripe_client(),
        actor=actor,
        at=clock.now(),
    )
    return redirect(address)


@require_POST
@signed_in
def object_to(request: HttpRequest, line_id: int) -> HttpResponse:
    """One tap: object to a line. It alone waits."""
    disputes.file(
        line_ids=[line_id],
        claim=request.POST.get("claim", "").strip()[:1_000] or _("I do not agree."),
        actor=page_actor(request),
        at=clock.now(),
    )
    messages.success(request, _("Your objection is recorded. Only this line waits."))
    return redirect("line", line_id=line_id)


@require_POST
@signed_in
def confirm(request: HttpRequest, statement_id: int) -> HttpResponse:
    """Somebody who was asked looked, and found it right."""
    actor = page_actor(request)
    row = statements.confirm(statement_id=statement_id, actor=actor, at=clock.now())
    messages.success(request, _("Confirmed. The wages go out by themselves."))
    if actor.worker_id == row.worker_id:
        return redirect("me")
    return redirect("project", project_id=row.project_id)
