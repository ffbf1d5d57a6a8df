"""What goes to the bank as a file and what comes back: payment files, statements, differences."""

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
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.web.files import file_of, uploading
from jianzhu.web.pages import page_actor, signed_in
from projects.sites import queries as sites
from settlements.payouts import batches, breaks, lost, queries, reconciliation
from settlements.payouts.batch_views import file_answer
from settlements.payouts.models import BankStatement, Break, PayoutBatch
from workers_app.people import queries as people
from workers_app.terms import queries as terms

# Rows of one list on a page; the API pages through the rest.
SHOWN_MAX = 200


@require_GET
@signed_in
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One file: its sum, who made and who handed it out, each line with the bank's word."""
    actor = page_actor(request)
    where = policy.whose(actor, "payout_batch", "read")
    row = PayoutBatch.objects.filter(where, pk=batch_id).select_related("wage_account").first()
    if row is None:
        raise NotFound(noun="payout_batch")
    lines = list(row.lines.order_by("number", "pk").select_related("payout"))
    return render(
        request,
        "settlements/payment_file.html",
        {
            "batch": row,
            "project": sites.project(row.wage_account.project_id),
            "lines": lines[:SHOWN_MAX],
            "lines_count": len(lines),
            "total": sum(n.amount_minor for n in lines),
            "counts": Counter(n.status for n in lines).most_common(),
            "workers": people.names({n.payout.worker_id for n in lines[:SHOWN_MAX]}),
            "names": access.names_of({row.made_by, row.released_by}),
            "digest": bytes(row.digest or b"").hex(),
            "me": str(actor),
            "may": {v: policy.may(actor, "payout_batch", v) for v in ("make", "release", "answer")},
        },
    )


@require_POST
@signed_in
def make_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The lines are fixed and the file is written."""
    batches.make(batch_id=batch_id, actor=page_actor(request), at=clock.now())
    messages.success(request, _("The file is written. Somebody else hands it out."))
    return redirect("payment-file", batch_id=batch_id)


@require_POST
@signed_in
def hand_out(request: HttpRequest, batch_id: int) -> HttpResponse:
    """A second person takes the file along; asked again by the same, the same bytes."""
    body = batches.release(batch_id=batch_id, actor=page_actor(request), at=clock.now())
    return file_answer(PayoutBatch.objects.get(pk=batch_id).file_name, body)


@uploading
def result(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The bank's result file; each line's word is written down."""
    batches.answer(
        batch_id=batch_id, body=file_of(request), actor=page_actor(request), at=clock.now()
    )
    messages.success(request, _("The bank's result is written down."))
    return redirect("payment-file", batch_id=batch_id)


@uploading
def bring(request: HttpRequest) -> HttpResponse:
    """A statement as a camt file; what can't be believed is parked."""
    account = request.POST.get("account", "")
    if not (account.isascii() and account.isdigit() and len(account) < 19):
        raise Invalid(field=_("Wage account"), problem=account)
    ids = batches.bring_statements(
        wage_account_id=int(account),
        body=file_of(request),
        actor=page_actor(request),
        at=clock.now(),
    )
    if len(ids) == 1:
        return redirect("bank-statement", statement_id=ids[0])
    messages.success(request, _("%(count)s statements were brought.") % {"count": len(ids)})
    return redirect("payments")


@require_GET
@signed_in
def statement(request: HttpRequest, statement_id: int) -> HttpResponse:
    """One statement; a parked one with its gap, what that means, and what to do."""
    actor = page_actor(request)
    where = policy.whose(actor, "bank_statement", "read")
    rows = BankStatement.objects.filter(where, pk=statement_id).select_related("wage_account")
    row = rows.first()
    if row is None:
        raise NotFound(noun="bank_statement")
    return render(
        request,
        "settlements/bank_statement.html",
        {
            "statement": row,
            "project": sites.project(row.wage_account.project_id),
            "entries": row.entries[:SHOWN_MAX],
            "sum": sum(e["amount_minor"] for e in row.entries),
            "cursor": queries.closing_of(row.wage_account_id),
            "classes": queries.classes_of(row),
            "names": access.names_of({row.decided_by}),
            "may": {v: policy.may(actor, "bank_statement", v) for v in ("take", "dismiss")},
            "has_sums": not set(row.reasons) - reconciliation.SUMS,
        },
    )


@require_POST
@signed_in
def decide(request: HttpRequest, statement_id: int, verb: str) -> HttpResponse:
    """A parked statement is taken all the same, or not; with the reason."""
    acts: dict[str, Callable[..., Any]] = {
        "take": reconciliation.take_parked,
        "dismiss": reconciliation.dismiss_parked,
    }
    if verb not in acts:
        raise NotFound(noun="bank_statement")
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        raise Invalid(field=_("reason"), problem=_("say why"))
    acts[verb](statement_id=statement_id, reason=reason, actor=page_actor(request), at=clock.now())
    messages.success(request, _("Recorded."))
    return redirect("bank-statement", statement_id=statement_id)


@require_GET
@signed_in
def difference(request: HttpRequest, break_id: int) -> HttpResponse:
    """One difference between bank and books: both sides, who works on it, what shows it."""
    actor = page_actor(request)
    where = policy.whose(actor, "break", "read")
    rows = Break.objects.filter(where, pk=break_id)
    row = rows.select_related("wage_account", "payout", "entry__payee").first()
    if row is None:
        raise NotFound(noun="break")
    theirs = _whose_wage(row)
    return render(
        request,
        "settlements/break.html",
        {
            "row": row,
            "project": sites.project(row.wage_account.project_id),
            "names": access.names_of({row.taken_by, row.explained_by, row.closed_by}),
            "me": str(actor),
            "workers": theirs,
            "shown": row.entry.payee if row.entry else None,
            "may": {
                v: policy.may(actor, "break", v) for v in ("take", "explain", "reject", "close")
            },
        },
    )


def _whose_wage(row: Break) -> list[people.Person]:
    """Whose wage a payment can be that only the bank knows: whom it shows, or anybody of the project."""
    if not lost.adoptable(row):
        return []
    if row.entry is not None and row.entry.payee is not None:
        return [people.worker(row.entry.payee.worker_id)]
    if row.payout is not None:
        return [people.worker(row.payout.worker_id)]
    agreed = terms.workers_of(row.wage_account.project_id)
    return people.workers(Q(pk__in=agreed))


@require_POST
@signed_in
def work_on(request: HttpRequest, break_id: int, verb: str) -> HttpResponse:
    """Take, explain, send back, or close a difference."""
    what: dict[str, Any] = {"break_id": break_id, "actor": page_actor(request), "at": clock.now()}
    if verb == "explain":
        whose = request.POST.get("worker", "")
        breaks.explain(
            evidence=request.POST.get("evidence", "").strip()[:500],
            worker_id=int(whose)
            if whose.isascii() and whose.isdigit() and len(whose) < 19
            else None,
            **what,
        )
    else:
        acts: dict[str, Callable[..., Any]] = {
            "take": breaks.take,
            "return": breaks.reject,
            "close": breaks.close,
        }
        if verb not in acts:
            raise NotFound(noun="break")
        acts[verb](**what)
    messages.success(request, _("Recorded."))
    return redirect("break", break_id=break_id)
