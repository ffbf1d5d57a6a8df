"""Task sheets and milestones at a glance, and one task sheet with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.access import queries as access
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.notices import queries as notices
from jianzhu.web.pages import page_actor, signed_in
from projects.acceptance import commands, errors, photos, signing
from projects.acceptance import queries as acceptance
from projects.acceptance.models import FINAL_STATES, WAITING_STATES, Photo, TaskSheet
from projects.acceptance.photos import Picture
from projects.acceptance.views import photo_file
from projects.sites import queries as sites
from settlements.milestones import queries as milestones
from workers_app.people import queries as people

# Rows of one list on a page; the API pages through the rest.
SHOWN_MAX = 200
# What a browser puts around a picture.
FORM_MAX = 64 * 1024


@require_GET
@signed_in
def overview(request: HttpRequest) -> HttpResponse:
    """The sheets and milestones one may see: what waits comes first."""
    actor = page_actor(request)
    sheets = acceptance.sheets(policy.whose(actor, "task_sheet", "read"))
    found = milestones.milestones(policy.whose(actor, "milestone", "read"))
    crews = people.crew_names({s.crew_id for s in sheets} | {m.crew_id for m in found})
    return render(
        request,
        "settlements/acceptance.html",
        {
            "sheets": sorted(sheets, key=lambda s: s.state not in WAITING_STATES)[:SHOWN_MAX],
            "milestones": sorted(found, key=lambda m: m.state != "submitted")[:SHOWN_MAX],
            "crews": crews,
            "may_draft": policy.may(actor, "task_sheet", "draft"),
            "may_plan": policy.may(actor, "milestone", "plan"),
            "notices": notices.notices(policy.whose(actor, "notice", "read"), SHOWN_MAX),
        },
    )


@require_GET
@signed_in
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """One sheet: figures, every inspection, pictures, signatures, and what one may do now."""
    actor = page_actor(request)
    row = TaskSheet.objects.filter(policy.whose(actor, "task_sheet", "read"), pk=sheet_id).first()
    if row is None:
        raise NotFound(noun="task_sheet")
    signatures, inspections = row.signatures.order_by("pk"), row.inspections.order_by("pk")
    pictures = row.photos.order_by("pk")
    return render(
        request,
        "settlements/task_sheet.html",
        {
            "sheet": row,
            "project": sites.project(row.project_id),
            "crew": people.crew_names([row.crew_id])[row.crew_id],
            "inspections": inspections,
            "photos": pictures,
            "signatures": signatures,
            "digest": signing.digest(row),
            "names": access.names_of(
                {s.by for s in signatures} | {i.by for i in inspections} | {p.by for p in pictures}
            ),
            "grades": TaskSheet.GRADES,
            "may": _may(actor, row),
        },
    )


def _may(actor: Actor, row: TaskSheet) -> dict[str, bool]:
    """What the page offers; the commands decide."""
    waits = row.state in WAITING_STATES
    own = row.made_by == str(actor)
    here = policy.may(actor, "task_sheet", "accept") and waits and not own
    return {
        "decide": here,
        "submit": policy.may(actor, "task_sheet", "submit")
        and row.state in ("drafted", "rejected", "partly_accepted"),
        "sign": policy.may(actor, "task_sheet", "sign")
        and not row.signatures.filter(by=str(actor), digest=signing.digest(row)).exists(),
        "attach": policy.may(actor, "task_sheet", "attach") and row.state not in FINAL_STATES,
    }


@require_POST
@signed_in
def move(request: HttpRequest, sheet_id: int, verb: str) -> HttpResponse:
    """One move of the sheet, asked for on its page."""
    if verb not in _MOVES:
        raise NotFound(noun="task_sheet")
    what = {"sheet_id": sheet_id, "actor": page_actor(request), "at": clock.now()}
    command, said = _MOVES[verb]
    command(**what, **said(request.POST))
    messages.success(request, _("Recorded."))
    return redirect("task-sheet", sheet_id=sheet_id)


def _measured(form: Any) -> dict[str, Any]:
    return {"measured_thousandths": thousandths(form, "measured"), "grade": _grade(form)}


def _seen(form: Any) -> dict[str, Any]:
    return {"seen": form.get("seen", "")[:64]}


def _part(form: Any) -> dict[str, Any]:
    accepted = thousandths(form, "accepted")
    return {"accepted_thousandths": accepted, **defect_of(form), **_seen(form), **_graded(form)}


def _graded(form: Any) -> dict[str, Any]:
    return {"grade": _grade(form)}


def _grade(form: Any) -> str:
    grade = form.get("grade", "")
    return grade if grade in dict(TaskSheet.GRADES) else ""


def defect_of(form: Any) -> dict[str, Any]:
    """What is wrong, and until when it may be cured; Invalid when either is missing."""
    defect = form.get("defect", "").strip()[:500]
    if not defect:
        raise Invalid(field=_("defect"), problem=_("say what is wrong"))
    try:
        return {"defect": defect, "cure_by": date.fromisoformat(form.get("cure_by", ""))}
    except ValueError as error:
        raise Invalid(field=_("cure by"), problem=_("choose a day")) from error


def thousandths(form: Any, name: str) -> int:
    """A quantity as people write it, in thousandths."""
    try:
        value = Decimal(form.get(name, "").strip()) * 1000
    except InvalidOperation as error:
        raise Invalid(field=_("quantity"), problem=_("write a quantity like 12.5")) from error
    if not value.is_finite() or value % 1 or not 0 <= value < 10**15:
        raise Invalid(field=_("quantity"), problem=_("write a quantity like 12.5"))
    return int(value)


_MOVES: dict[str, tuple[Callable[..., Any], Callable[[Any], dict[str, Any]]]] = {
    "submission": (commands.submit, lambda form: {}),
    "inspection": (commands.inspect, _measured),
    "acceptance": (commands.accept, lambda form: {**_seen(form), **_graded(form)}),
    "partial-acceptance": (commands.accept_partly, _part),
    "rejection": (commands.reject, lambda form: {**defect_of(form), **_graded(form)}),
    "signature": (commands.sign, _seen),
}


@csrf_exempt  # checked below, after the size and before the body is read
@require_POST
def attach(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """A picture from a form; what says it is too large is refused before it is read."""
    return too_large(request) if is_too_large(request) else _attach(request, sheet_id)


def is_too_large(request: HttpRequest) -> bool:
    """Whether a form with a picture says that it is larger than any may be, or nothing at all."""
    length = request.META.get("CONTENT_LENGTH", "")
    return not length.isdigit() or int(length) > photos.SIZE_MAX + FORM_MAX


def too_large(request: HttpRequest) -> HttpResponse:
    """Refused before it is read."""
    refusal = errors.PhotoTooLarge(most=photos.SIZE_MAX >> 20)
    return render(request, "refusal.html", {"refusal": refusal}, status=refusal.status)


@csrf_protect
@signed_in
def _attach(request: HttpRequest, sheet_id: int) -> HttpResponse:
    file = request.FILES.get("photo")
    if file is None:
        raise errors.PhotoRefused
    commands.attach(
        sheet_id=sheet_id,
        picture=Picture.read(file.read(photos.SIZE_MAX + 1)),
        caption=request.POST.get("caption", "").strip()[:200],
        actor=page_actor(request),
        at=clock.now(),
    )
    messages.success(request, _("Recorded."))
    return redirect("task-sheet", sheet_id=sheet_id)


@require_GET
@signed_in
def photo(request: HttpRequest, photo_id: int) -> HttpResponse:
    """A picture as a file to keep."""
    where = policy.whose(page_actor(request), "photo", "read") & Q(pk=photo_id)
    row = Photo.objects.filter(where).first()
    if row is None:
        raise NotFound(noun="photo")
    return photo_file(row.digest)
