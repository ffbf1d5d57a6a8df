"""The payments desk: what did not arrive and who has to act, payment files, statements, differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import NotFound
from jianzhu.notices import queries as notices
from jianzhu.web.pages import page_actor, signed_in
from projects.sites import queries as sites
from settlements.halt import commands as halt
from settlements.halt import queries as switch
from settlements.payouts import commands, queries, resolving
from settlements.payouts.resolving import Shown
from workers_app.people import queries as people

# Rows of one list on a page; the API pages through the rest.
SHOWN_MAX = 200
TOLD_MAX = 20


@require_GET
@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """Everything about money on its way that waits for a person, the most urgent first."""
    actor = page_actor(request)
    here = policy.whose(actor, "break", "read")  # who may see differences may see the desk
    waiting = queries.waiting(policy.whose(actor, "payout", "read"))
    open_ = queries.open_resolutions(policy.whose(actor, "payout", "read", on="payout_resolution"))
    batches = queries.batches(_read(actor, "payout_batch"), SHOWN_MAX)
    parked = queries.parked_statements(policy.whose(actor, "bank_statement", "read"))
    breaks = queries.open_breaks(here)
    return render(
        request,
        "settlements/payments.html",
        {
            "now": clock.now(),
            "me": str(actor),
            "switch": switch.switch(),
            "waiting": waiting[:SHOWN_MAX],
            "owners": Counter(p.owner for p in waiting if p.owner).most_common(),
            "resolutions": open_,
            "batches": batches,
            "parked": parked,
            "breaks": breaks[:SHOWN_MAX],
            "accounts": queries.accounts(_bring(actor)),
            "told": notices.notices(_to(actor), TOLD_MAX),
            "may": _may(actor),
            "workers": people.names({p.worker_id for p in waiting}),
            "projects": {p.id: p.name for p in sites.projects(Q())},
            "names": access.names_of({r.made_by for r in open_} | {b.taken_by for b in breaks}),
        },
    )


def _read(actor: Actor, noun: str) -> Q:
    """The rows that one may read; none where one may read none."""
    return policy.whose(actor, noun, "read") if policy.may(actor, noun, "read") else policy.NOTHING


def _to(actor: Actor) -> Q:
    """Notices to the roles that one holds, about money."""
    about = ("payout", "break", "shortfall", "duty", "wage_account")
    return _read(actor, "notice") & Q(role__in=sorted(actor.roles), subject_type__in=about)


def _bring(actor: Actor) -> Q:
    if not policy.may(actor, "bank_statement", "bring"):
        return policy.NOTHING
    return policy.whose(actor, "bank_statement", "bring", on="wage_account")


def _may(actor: Actor) -> dict[str, bool]:
    """What the page offers; the commands decide."""
    return {
        "retry": policy.may(actor, "payout", "retry"),
        "resolve": policy.may(actor, "payout_resolution", "propose"),
        "switch": policy.may(actor, "payout_switch", "read"),
    }


@require_POST
@signed_in
def retry(request: HttpRequest, payout_id: int) -> HttpResponse:
    """What waited for a person goes out again, under a new key."""
    actor = page_actor(request)
    if not commands.retry(payout_ids=[payout_id], actor=actor, at=clock.now()):
        raise NotFound(noun="payout")
    return _done(request)


@require_POST
@signed_in
def resolve(request: HttpRequest, payout_id: int) -> HttpResponse:
    """One person says what became of a payout that no read answered any more."""
    form = request.POST
    entry = form.get("entry", "").strip()
    resolving.propose(
        payout_id=payout_id,
        says=form.get("says", ""),
        shown=Shown(
            form.get("evidence", "").strip()[:500],
            form.get("document", "").strip().lower()[:64],
            int(entry) if entry.isascii() and entry.isdigit() and len(entry) < 19 else None,
        ),
        actor=page_actor(request),
        at=clock.now(),
    )
    return _done(request)


@require_POST
@signed_in
def answer(request: HttpRequest, resolution_id: int, answer: str) -> HttpResponse:
    """A second person saw the evidence, or is not convinced."""
    act: Callable[..., Any] = resolving.agree if answer == "yes" else resolving.refuse
    act(resolution_id=resolution_id, actor=page_actor(request), at=clock.now())
    return _done(request)


@require_GET
@signed_in
def stop_switch(request: HttpRequest) -> HttpResponse:
    """Whether payouts leave; who stopped them and why; two people start them again."""
    actor = page_actor(request)
    policy.whose(actor, "payout_switch", "read")
    row = switch.switch()
    return render(
        request,
        "settlements/payout_switch.html",
        {
            "switch": row,
            "me": str(actor),
            "may_stop": policy.may(actor, "payout_switch", "stop"),
            "names": access.names_of({row.stopped_by, row.asked_by, row.started_by}),
            "waiting": queries.count_stopped(),
        },
    )


@require_POST
@signed_in
def throw(request: HttpRequest, verb: str) -> HttpResponse:
    """Stop; ask to start again; start, by another hand."""
    actor, at = page_actor(request), clock.now()
    if verb == "stop":
        reason = request.POST.get("reason", "").strip()[:200] or _("no reason given")
        halt.stop(reason=reason, actor=actor, at=at)
    elif verb == "ask":
        halt.ask(switch_id=switch.switch().pk, actor=actor, at=at)
    elif verb == "start":
        halt.start(switch_id=switch.switch().pk, actor=actor, at=at)
    else:
        raise NotFound(noun="payout_switch")
    messages.success(request, _("Recorded."))
    return redirect("payout-switch")


def _done(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Recorded."))
    return redirect("payments")
