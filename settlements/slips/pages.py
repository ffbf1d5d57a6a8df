"""The slip as a page, and papers for who is signed in to the pages."""

from __future__ import annotations

from typing import cast

from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.kernel import clock
from jianzhu.web.pages import page_actor, signed_in
from settlements.slips import files, queries
from settlements.slips.capitals import capitals
from settlements.slips.files import FORMS

PAPERS = {"wage-table": files.wage_table, "attendance-sheet": files.attendance_sheet}


@require_GET
@signed_in
def slip(request: HttpRequest, statement_id: int) -> HttpResponse:
    """One month: every sum with its arithmetic and article, and how far its money is."""
    actor = page_actor(request)
    found = queries.pay_slip(policy.whose(actor, "statement", "read") & Q(pk=statement_id))
    shown = {"slip": found, "capitals": capitals(found.sums.net, found.currency)}
    return render(request, "settlements/slip.html", shown)


@require_GET
@signed_in
def slip_file(request: HttpRequest, statement_id: int) -> HttpResponse:
    """The same to take along."""
    made = files.pay_slip(
        actor=page_actor(request),
        statement_id=statement_id,
        asked=request.GET.dict() if request.GET else {"language": _language(request)},
        at=clock.now(),
    )
    return _page(made)


@require_GET
@signed_in
def paper(request: HttpRequest, project_id: int, name: str, form: str) -> HttpResponse:
    """Wage table or attendance sheet of a project."""
    if name not in PAPERS or form not in FORMS:
        raise Http404
    made = PAPERS[name](
        actor=page_actor(request),
        project_id=project_id,
        form=form,
        asked=request.GET.dict(),
        at=clock.now(),
    )
    return _page(made)


@require_POST
@signed_in
def ledger(request: HttpRequest, project_id: int) -> HttpResponse:
    """The wage table with whole identities, for the reason that was given."""
    said = request.POST
    form = "xlsx" if said.get("form") == "xlsx" else "pdf"
    made = files.wage_ledger(
        actor=page_actor(request),
        project_id=project_id,
        form=form,
        reason=said.get("reason", ""),
        asked={"month": said["month"]} if said.get("month") else {},
        at=clock.now(),
    )
    return _page(made)


def _page(made: FileResponse) -> HttpResponse:
    """A file is a response like any other, but Django's types know no common name that pages use."""
    return cast("HttpResponse", made)


def _language(request: HttpRequest) -> str:
    return "en" if str(getattr(request, "LANGUAGE_CODE", "zh")).startswith("en") else "zh"
