"""The second look at terms and accounts, and the crew's answer to the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.kernel import clock
from jianzhu.kernel.errors import NotFound
from jianzhu.web.pages import page_actor, signed_in
from projects.scheduling import commands as scheduling
from projects.scheduling import queries as plans
from projects.scheduling.plans import queries as offers
from projects.sites import queries as sites
from workers_app.people import commands as people
from workers_app.people import queries as persons
from workers_app.terms import commands as terms
from workers_app.terms import queries as agreed

WHY = "said no on the page"
OFFERS_SHOWN = 100


@require_GET
@signed_in
def approvals(request: HttpRequest, project_id: int) -> HttpResponse:
    """Proposed rates and pending accounts of a project, made by somebody else."""
    actor = page_actor(request)
    found = sites.projects(policy.whose(actor, "project", "read") & Q(pk=project_id))
    if not found:
        raise NotFound(noun="project")
    rates = agreed.proposed(policy.whose(actor, "agreed_rate", "agree"), project_id)
    workers = agreed.workers_of(project_id)
    payees = persons.pending(policy.whose(actor, "payee_account", "verify"), workers)
    names = persons.names({r.worker_id for r in rates} | {p.worker_id for p in payees})
    return render(
        request,
        "settlements/approvals.html",
        {
            "project": found[0],
            "rates": rates,
            "payees": payees,
            "workers": names,
            "me": str(actor),
        },
    )


@require_POST
@signed_in
def payee(request: HttpRequest, payee_id: int, answer: str) -> HttpResponse:
    """The worker's own account, or not."""
    actor, at = page_actor(request), clock.now()
    if answer == "yes":
        people.verify_payee(payee_id=payee_id, actor=actor, at=at)
    else:
        people.refuse_payee(payee_id=payee_id, reason=WHY, actor=actor, at=at)
    return _back(request)


@require_POST
@signed_in
def rate(request: HttpRequest, rate_id: int, answer: str) -> HttpResponse:
    """Agreed, or not."""
    decide: Callable[..., Any] = terms.agree_rate if answer == "yes" else terms.refuse_rate
    decide(rate_id=rate_id, actor=page_actor(request), at=clock.now())
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Recorded."))
    project = request.POST.get("project", "")
    if project.isascii() and project.isdigit():
        return redirect("approvals", project_id=int(project))
    return redirect("projects")


@require_GET
@signed_in
def assignments(request: HttpRequest) -> HttpResponse:
    """What one's crews are asked to do, and what they have said."""
    actor = page_actor(request)
    return render(
        request,
        "settlements/assignments.html",
        {
            "rows": plans.assignments(policy.whose(actor, "assignment", "read")),
            "may_answer": policy.may(actor, "assignment", "accept"),
            "offers": offers.offers(policy.whose(actor, "offer", "read"), OFFERS_SHOWN),
            "worker_id": actor.worker_id,
        },
    )


@require_POST
@signed_in
def answer(request: HttpRequest, assignment_id: int, answer: str) -> HttpResponse:
    """The crew will do it, or not."""
    actor, at = page_actor(request), clock.now()
    if answer == "yes":
        scheduling.accept(assignment_id=assignment_id, actor=actor, at=at)
    else:
        reason = request.POST.get("reason", "").strip()[:200] or _("no reason given")
        scheduling.decline(assignment_id=assignment_id, reason=reason, actor=actor, at=at)
    messages.success(request, _("Recorded."))
    return redirect("assignments")
