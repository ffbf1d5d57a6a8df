"""A new task sheet, written by the crew's leader where the work stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jianzhu.access import policy
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound, Refusal
from jianzhu.web.pages import page_actor, signed_in
from projects.acceptance import commands
from projects.acceptance.steps import Draft
from projects.scheduling import queries as scheduling
from projects.scheduling.queries import Package
from settlements.pages.sheets import thousandths
from workers_app.people import queries as people


@require_http_methods(["GET", "POST"])
@signed_in
def draft(request: HttpRequest) -> HttpResponse:
    """The form, and on the same page what was wrong with it; the same sheet sent twice is one."""
    actor = page_actor(request)
    crews = people.crews(policy.whose(actor, "task_sheet", "draft", on="crew"))
    packages = scheduling.packages(policy.whose(actor, "work_package", "read"))
    refusal = None
    if request.method == "POST":
        try:
            new = _read(request.POST, crews, packages)
            sheet = commands.draft(new=new, actor=actor, at=clock.now())
            messages.success(request, _("Drafted. Add pictures, then hand it in."))
            return redirect("task-sheet", sheet_id=sheet.pk)
        except Refusal as said:
            refusal = said
    return render(
        request,
        "settlements/task_sheet_draft.html",
        {
            "crews": crews,
            "packages": packages,
            "form": request.POST,
            "refusal": refusal,
        },
        status=refusal.status if refusal else 200,
    )


def _read(form: Mapping[str, str], crews: Mapping[int, str], packages: list[Package]) -> Draft:
    package = next((p for p in packages if str(p.id) == form.get("package")), None)
    crew = next((pk for pk in crews if str(pk) == form.get("crew")), None)
    if package is None or crew is None:
        raise NotFound(noun="crew" if crew is None else "work_package")
    number = form.get("number", "").strip()[:40]
    if not number:
        raise Invalid(field=_("Number"), problem=_("give the sheet a number"))
    first, last = days_of(form)
    rule = form.get("share_rule", "workdays")
    return Draft(
        project_id=package.project_id,
        crew_id=crew,
        work_package_id=package.id,
        number=number,
        item=package.item,
        unit=package.unit,
        work_from=first,
        work_to=last,
        planned_thousandths=_planned(form),
        is_piece=form.get("is_piece") == "yes",
        share_rule=rule if rule in ("workdays", "equal") else "workdays",
        **_place(form),
    )


def _place(form: Mapping[str, str]) -> dict[str, Any]:
    return {name: form.get(name, "").strip()[:60] for name in ("building", "floor", "axis")}


def _planned(form: Mapping[str, str]) -> int:
    planned = thousandths(form, "planned")
    if planned <= 0:
        raise Invalid(field=_("quantity"), problem=_("write a quantity like 12.5"))
    return planned


def days_of(form: Mapping[str, str]) -> tuple[date, date]:
    """The days of the work, both inclusive."""
    first, last = day_of(form, "work_from"), day_of(form, "work_to")
    if last < first:
        raise Invalid(field=_("Days"), problem=_("they end before they begin"))
    return first, last


def day_of(form: Mapping[str, str], name: str) -> date:
    """A day that a browser's field gave."""
    try:
        return date.fromisoformat(form.get(name, ""))
    except ValueError as error:
        raise Invalid(field=_("Days"), problem=_("choose a day")) from error
