"""The arbitrator's desk: cases by clock, the records side by side, the decision that pays itself."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.access.actor import Actor
from jianzhu.audit.queries import history
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid
from jianzhu.web.pages import page_actor, signed_in
from projects.sites import queries as sites
from settlements.disputes import commands, queries
from settlements.disputes.commands import looking
from settlements.disputes.elements import with_grounds
from settlements.pages import parties
from settlements.statements import queries as statements
from settlements.statements import trace
from workers_app.people import queries as people


@require_GET
@signed_in
def cases(request: HttpRequest) -> HttpResponse:
    """The cases one may see, the nearest clock first."""
    actor = page_actor(request)
    found = queries.cases(policy.whose(actor, "dispute", "read"))
    return render(
        request,
        "settlements/cases.html",
        {
            "cases": found,
            "workers": people.names({c.worker_id for c in found}),
            "may_count": policy.may(actor, "case_figure", "read"),
        },
    )


@require_GET
@signed_in
def case(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """One case: what each record says of each line."""
    actor = page_actor(request)
    where = policy.whose(actor, "dispute", "read")
    found = [looking.look(where, dispute_id, actor=actor, at=clock.now())]
    told = history("dispute", dispute_id)
    lines = statements.lines(Q(pk__in=[n.line_id for n in found[0].lines]))
    people_ = people.names({line.worker_id for line in lines})
    return render(
        request,
        "settlements/case.html",
        {
            "case": found[0],
            "project": sites.project(found[0].project_id),
            "worker": people.worker(found[0].worker_id),
            "traces": [with_grounds(trace.of_line(line)) for line in lines],
            "line_names": {line.id: f"{line.on} · {people_[line.worker_id]}" for line in lines},
            "arbitrators": _arbitrators(actor, found[0].state),
            "told": told,
            "hands": access.names_of({e.actor for e in told}),
            **parties.shown(actor, found[0]),
        },
    )


def _arbitrators(actor: Actor, state: str) -> dict[int, str]:
    """Whom the case may be given to, when it is the actor's to give."""
    if state != "evidence" or not policy.may(actor, "dispute", "assign"):
        return {}
    return access.holders("arbitrator", clock.now())


@require_POST
@signed_in
def assign(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Give the case to an arbitrator."""
    user_id = request.POST.get("user_id", "")
    if not (user_id.isascii() and user_id.isdigit()):
        raise Invalid(field="user_id", problem=_("choose an arbitrator"))
    commands.assign(
        dispute_id=dispute_id, user_id=int(user_id), actor=page_actor(request), at=clock.now()
    )
    messages.success(request, _("Recorded."))
    return redirect("case", dispute_id=dispute_id)
