"""The arbitration desk as pages: the queue, one case laid open, its papers, the desk's figures."""

from __future__ import annotations

from datetime import date, timedelta
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
from jianzhu.kernel.errors import Invalid, NotFound, Refusal
from jianzhu.kernel.money import Money
from jianzhu.web.pages import page_actor, signed_in
from projects.sites import queries as sites
from settlements.desk import contradictions, papers, queries, rules, timeline, whatif
from settlements.desk.contradictions import SENTENCES
from settlements.desk.papers.words import TITLES, word
from settlements.desk.views import pdf, reader, ruling_of, visible
from settlements.disputes import commands
from settlements.disputes import queries as disputes
from settlements.disputes.commands import looking
from settlements.disputes.models import dispute_machine
from settlements.disputes.queries import Case
from settlements.statements import queries as statements
from settlements.statements.queries import Line
from workers_app.people import queries as people

YEAR = timedelta(days=365)


@require_GET
@signed_in
def queue(request: HttpRequest) -> HttpResponse:
    """Open cases: by clock, then by weight, each with the reasons."""
    actor = page_actor(request)
    rows = queries.queue(policy.whose(actor, "dispute", "read"), clock.now())
    return render(
        request,
        "settlements/desk_queue.html",
        {
            "rows": rows,
            "workers": people.names({r.case.worker_id for r in rows}),
            "sentences": rules.SENTENCES,
            "may_count": policy.may(actor, "case_figure", "read"),
        },
    )


@require_GET
@signed_in
def figures(request: HttpRequest) -> HttpResponse:
    """The year's figures of the cases that one may count."""
    actor, at = page_actor(request), clock.now()
    where = policy.whose(actor, "case_figure", "read")
    found = queries.figures(where, at - YEAR, at)
    return render(request, "settlements/desk_figures.html", {"figures": found})


@require_GET
@signed_in
def case(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """One case laid open; a question "what if" is asked by the address and stores nothing."""
    actor, at = page_actor(request), clock.now()
    where = policy.whose(actor, "dispute", "read")
    found = looking.look(where, dispute_id, actor=actor, at=at)
    lines = statements.lines(Q(pk__in=[n.line_id for n in found.lines]))
    against = contradictions.told_to(reader(actor), contradictions.found(found))
    answer, refusal = _asked(request, actor, found, lines)
    mine = found.assigned_to_id == actor.user_id and policy.may(actor, "dispute", "decide")
    return render(
        request,
        "settlements/desk_case.html",
        {
            "case": found,
            "project": sites.project(found.project_id),
            "lines": lines,
            "contradictions": [(c, SENTENCES[c.code]) for c in against],
            "timeline": timeline.of(found),
            "workers": people.names(
                {found.worker_id}
                | {n.worker_id for n in lines}
                | {w for c in against for w in c.worker_ids}
            ),
            "rulings": [
                (r, word(TITLES, r.kind, _language(request))) for r in visible(actor, found)
            ],
            "papers": papers.come_to(found),
            "may_draft": mine and found.ended_at is None,
            "may_issue": mine and dispute_machine.may("decide", found.state),
            "live": [n for n in lines if n.id in {d.line_id for d in found.lines if d.live}],
            "may_ask": mine,
            "asked": request.GET,
            "answer": answer,
            "refusal": refusal,
            "candidates": _candidates(actor, found),
        },
    )


def _candidates(actor: Actor, found: Case) -> list[queries.Candidate]:
    if found.ended_at is not None or not policy.may(actor, "dispute", "assign"):
        return []
    return queries.candidates(found.id, clock.now())


def _asked(
    request: HttpRequest, actor: Actor, found: Case, lines: list[Line]
) -> tuple[whatif.Answer | None, Refusal | None]:
    """What the month would come to, where the address asks; a no is shown beside the form."""
    said = request.GET
    if "line" not in said or not policy.may(actor, "dispute", "conduct"):
        return None, None
    try:
        return whatif.ask(found, _fact(said.dict(), found, lines)), None
    except Refusal as refusal:
        return None, refusal


def _fact(said: dict[str, Any], found: Case, lines: list[Line]) -> whatif.Fact:
    line = next((n for n in lines if str(n.id) == said["line"]), None)
    if line is None:
        raise NotFound(noun="statement_line")
    try:
        on = date.fromisoformat(said.get("on") or line.on.isoformat())
        minutes = _minutes(said["hours"]) if said.get("hours") else None
        rate = Money.parse(said["rate"], line.currency).minor if said.get("rate") else None
    except ValueError as error:
        raise Invalid(
            field=_("fact"), problem=_("write hours like 8:30, a rate like 380.00")
        ) from error
    if minutes is not None and rate is not None:
        raise Invalid(field=_("fact"), problem=_("change one fact at a time"))
    return whatif.Fact(line_id=line.id, on=on, minutes=minutes, rate_minor=rate)


def _minutes(text: str) -> int:
    """ "8:30" or "8" as minutes, at most a day."""
    hours, _colon, rest = text.strip().partition(":")
    found = int(hours) * 60 + int(rest or 0)
    if not 0 <= found <= 24 * 60:
        raise ValueError(text)
    return found


@require_POST
@signed_in
def draft(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """Write the decision down, to read it again before it binds."""
    actor = page_actor(request)
    found = disputes.cases(policy.whose(actor, "dispute", "decide") & Q(pk=dispute_id))
    if not found:
        raise NotFound(noun="dispute")
    currency = sites.project(found[0].project_id).currency
    live = [n.line_id for n in found[0].lines if n.live]
    awards = {i: _amount(request.POST.get(f"award-{i}", ""), currency) for i in live}
    reasons = request.POST.get("reasons", "").strip()
    if not reasons:
        raise Invalid(field=_("reasons"), problem=_("say why"))
    commands.draft(
        dispute_id=dispute_id, awards=awards, reasons=reasons, actor=actor, at=clock.now()
    )
    messages.success(request, _("Drafted. Read it as PDF; it binds nobody until it is issued."))
    return redirect("case-desk", dispute_id=dispute_id)


def _amount(text: str, currency: str) -> int:
    try:
        return Money.parse(text.strip(), currency).minor
    except (ValueError, ZeroDivisionError) as error:
        raise Invalid(field=_("award"), problem=_("write an amount like 380.00")) from error


@require_POST
@signed_in
def issue(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """The draft becomes the decision and posts the money itself."""
    if request.POST.get("sure") != "yes":
        raise Invalid(field=_("sure"), problem=_("tick the box: this is not taken back"))
    commands.issue_drafts(dispute_id=dispute_id, actor=page_actor(request), at=clock.now())
    messages.success(request, _("The decision is recorded and posts the money itself."))
    return redirect("case-desk", dispute_id=dispute_id)


@require_GET
@signed_in
def paper(request: HttpRequest, dispute_id: int, kind: str) -> HttpResponse:
    """A notice or an order, in the language that was asked for."""
    if kind not in papers.NOTICES:
        raise NotFound(noun="paper")
    actor, at = page_actor(request), clock.now()
    where = policy.whose(actor, "dispute", "read")
    found = looking.look(where, dispute_id, actor=actor, at=at)
    return pdf(papers.NOTICES[kind](found, _language(request), at))


@require_GET
@signed_in
def ruling(request: HttpRequest, ruling_id: int) -> HttpResponse:
    """裁决书 or 调解书."""
    at = clock.now()
    found, one = ruling_of(page_actor(request), ruling_id, at)
    return pdf(papers.ruling(found, one, _language(request), at))


def _language(request: HttpRequest) -> str:
    said = request.GET.get("language", "")
    if said in papers.LANGUAGES:
        return said
    return "en" if str(getattr(request, "LANGUAGE_CODE", "zh")).startswith("en") else "zh"
