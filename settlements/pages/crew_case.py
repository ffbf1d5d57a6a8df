"""A crew's leader objects for the crew: lines of its members in one month, ticked on one page."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.web.pages import page_actor, signed_in
from projects.sites import queries as sites
from settlements.disputes import commands, queries
from settlements.statements import queries as statements
from workers_app.people import queries as people


@require_http_methods(["GET", "POST"])
@signed_in
def file(request: HttpRequest) -> HttpResponse:
    """The members' lines that wait, by project, without amounts: what each earns is their own."""
    actor, at = page_actor(request), clock.now()
    where = policy.whose(actor, "statement_line", "dispute")
    crews = people.crews_led(actor.worker_id) if actor.worker_id else {}
    if not crews:
        raise NotFound(noun="crew")
    said = request.POST if request.method == "POST" else request.GET
    crew_id = next((pk for pk in crews if str(pk) == said.get("crew")), min(crews))
    first, last = _month(said.get("month", ""), at.date())
    if request.method == "POST":
        case_id = _file(request, actor, crew_id, (first, last))
        messages.success(request, _("Filed. Only these lines wait; all others are paid."))
        return redirect("case", dispute_id=case_id)
    lines = statements.lines(Q(pk__in=queries.of_crew(where, crew_id, first, last)))
    return render(
        request,
        "settlements/crew_case.html",
        {
            "crews": crews,
            "crew_id": crew_id,
            "month": f"{first:%Y-%m}",
            "projects": [
                (sites.project(ident), [n for n in lines if n.project_id == ident])
                for ident in sorted({n.project_id for n in lines})
            ],
            "workers": people.names({n.worker_id for n in lines}),
        },
    )


def _file(request: HttpRequest, actor: Actor, crew_id: int, span: tuple[date, date]) -> Any:
    ticked = [t for t in request.POST.getlist("line") if t.isascii() and t.isdigit()]
    claim = request.POST.get("claim", "").strip()[:1_000]
    if not ticked or not claim:
        raise Invalid(
            field=_("Claim"), problem=_("tick the lines and say what should be otherwise")
        )
    case = commands.file_for_crew(
        crew_id=crew_id,
        work_from=span[0],
        work_to=span[1],
        claim=claim,
        line_ids=[int(t) for t in ticked if len(t) < 19],
        actor=actor,
        at=clock.now(),
    )
    return case.pk


def _month(text: str, today: date) -> tuple[date, date]:
    """First and last day of "2026-10"; of the month of today where nothing is said."""
    try:
        first = date.fromisoformat(f"{text}-01") if text else today.replace(day=1)
    except ValueError as error:
        raise Invalid(field=_("month"), problem=text[:20]) from error
    return first, first.replace(day=monthrange(first.year, first.month)[1])
