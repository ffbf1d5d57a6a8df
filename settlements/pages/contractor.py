"""The contractor's desk: what is clean needs no click; what is not has a cause, an owner, a clock."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.web.pages import page_actor, signed_in
from projects.attendance import queries as attendance
from projects.sites import closing
from projects.sites import commands as site_commands
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.funding import queries as funding
from settlements.funding.coverage import coverage
from settlements.payouts import queries as payouts
from settlements.statements import queries
from workers_app.people import queries as people

# Rows of one list on a page; the API pages through the rest.
SHOWN_MAX = 200


@require_GET
@signed_in
def projects(request: HttpRequest) -> HttpResponse:
    """The projects one has a part in, with what their wage accounts hold."""
    actor = page_actor(request)
    rows = sites.projects(policy.whose(actor, "project", "read"))
    return render(
        request,
        "settlements/projects.html",
        {
            "rows": [{"project": p, "fund": funding.fund(p.id)} for p in rows],
            "may_pay": policy.may(actor, "break", "read"),
        },
    )


@require_GET
@signed_in
def project(request: HttpRequest, project_id: int) -> HttpResponse:
    """One project: the fund, the month in sums, and every line that waits."""
    actor = page_actor(request)
    found = sites.projects(policy.whose(actor, "project", "read") & Q(pk=project_id))
    if not found:
        raise NotFound(noun="project")
    held = queries.lines(
        Q(statement__project_id=project_id, state__in=["held", "disputed"]), SHOWN_MAX
    )
    sent = payouts.payouts(Q(project_id=project_id))
    unclear = attendance.days(Q(project_id=project_id, state="exception"))
    asked = queries.asked(Q(statement__project_id=project_id), "labour_officer")
    workers = people.names(
        {a.worker_id for a in asked}
        | {n.worker_id for n in held}
        | {p.worker_id for p in sent}
        | {d.worker_id for d in unclear}
    )
    return render(
        request,
        "settlements/project.html",
        {
            "project": found[0],
            "fund": funding.fund(project_id),
            "coverage": coverage(project_id, clock.now()),
            "duties": funding.duties(project_id),
            "shortfalls": funding.shortfalls(project_id),
            "held": held,
            "asked": asked[:SHOWN_MAX],
            "papers": _papers(actor, project_id),
            "keeps_ledger": _ledger(actor),
            "may_confirm": policy.may(actor, "statement", "confirm"),
            "may_approve": policy.may(actor, "agreed_rate", "agree"),
            "reasons": Counter(n.reason for n in held).most_common(),
            "payouts": sent[:SHOWN_MAX],
            "payout_states": Counter(p.state for p in sent).most_common(),
            "exceptions": unclear[:SHOWN_MAX],
            "may_see_gates": policy.may(actor, "device", "read"),
            "may_ask": policy.may(actor, "correction", "request"),
            "may_correct": policy.may(actor, "correction", "answer"),
            "corrections": attendance.open_corrections(Q(project_id=project_id)),
            "parked": _parked(actor, project_id),
            "workers": workers,
            **_ending(actor, found[0]),
        },
    )


def _ending(actor: Actor, project: ProjectFacts) -> dict[str, Any]:
    """How the project may end, for who may say so, and what stands against closing it."""
    may = policy.may(actor, "project", "change")
    over = project.state == "completed"
    return {
        "may_complete": may and project.state in ("running", "suspended"),
        "may_close": may and over,
        "against": closing.against(project.id) if may and over else [],
    }


@require_POST
@signed_in
def end(request: HttpRequest, project_id: int, verb: str) -> HttpResponse:
    """The works are done, or everything is settled; said with a tick, for neither is taken back."""
    if verb not in ("complete", "close"):
        raise NotFound(noun="page")
    if request.POST.get("sure") != "yes":
        raise Invalid(field=_("sure"), problem=_("tick the box: this is not taken back"))
    site_commands.move_project(
        project_id=project_id, verb=verb, actor=page_actor(request), at=clock.now()
    )
    messages.success(request, _("Recorded."))
    return redirect("project", project_id=project_id)


def _parked(actor: Actor, project_id: int) -> list[Any]:
    """Events that wait, for who may see them: those of strange terminals only for the operator."""
    if not policy.may(actor, "parked_event", "read"):
        return []
    where = policy.whose(actor, "parked_event", "read")
    here = Q(site__project_id=project_id) | Q(site=None)
    return attendance.parked(where & here)[:SHOWN_MAX]


def _ledger(actor: Actor) -> bool:
    """Whether the actor keeps the ledger with whole identities."""
    return policy.may(actor, "wage_ledger", "open")


def _papers(actor: Actor, project_id: int) -> date | None:
    """The newest month with wages, for who may have its table."""
    months = queries.months(project_id) if policy.may(actor, "wage_table", "read") else []
    return months[-1] if months else None
