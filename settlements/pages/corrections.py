"""Corrections that wait: what was asked, by whom, what it would do to pay; then a second person's word."""

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
from projects.attendance import commands as attendance
from projects.attendance import queries as days
from projects.sites import queries as sites
from settlements.statements import effects
from workers_app.people import queries as people


@require_GET
@signed_in
def waiting(request: HttpRequest, project_id: int) -> HttpResponse:
    """The project's open corrections, each with old, new and the difference in money."""
    actor = page_actor(request)
    found = sites.projects(policy.whose(actor, "project", "read") & Q(pk=project_id))
    if not found:
        raise NotFound(noun="project")
    where = policy.whose(actor, "correction", "answer") & Q(project_id=project_id)
    asked = days.open_corrections(where)
    known = {e.correction_id: e for e in effects.effects(where, clock.now())}
    return render(
        request,
        "settlements/corrections.html",
        {
            "project": found[0],
            "rows": [(c, known[c.pk]) for c in asked if c.pk in known],
            "workers": people.names({i for c in asked for i in (c.worker_id, c.witness_id) if i}),
            "me": str(actor),
        },
    )


@require_POST
@signed_in
def decide(request: HttpRequest, correction_id: int, answer: str) -> HttpResponse:
    """A second person agrees, or says no; both with their words."""
    act: Callable[..., Any] = (
        attendance.approve_correction if answer == "yes" else attendance.refuse_correction
    )
    words = request.POST.get("words", "").strip()[:500]
    row = act(
        correction_id=correction_id,
        answer=words or (_("agreed") if answer == "yes" else _("refused")),
        actor=page_actor(request),
        at=clock.now(),
    )
    messages.success(request, _("Recorded."))
    return redirect("corrections", project_id=row.project_id)
