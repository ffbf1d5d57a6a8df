"""The worker's page to punch, made for a phone without network, and the code that a gate shows."""

from __future__ import annotations

from io import BytesIO

import segno
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_GET, require_POST

from jianzhu.access import policy
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Forbidden, NotFound
from jianzhu.web.pages import page_actor, signed_in
from projects.attendance.phones import commands, queries
from projects.attendance.rollcall import commands as rollcall
from projects.attendance.rollcall.models import RollCallEntry
from projects.attendance.rules import gate_code
from projects.sites.models import Site
from workers_app.people import queries as people

# Read again by the tablet before the code runs out.
REFRESH_SECONDS = 10


@require_GET
@ensure_csrf_cookie
@signed_in
def punch(request: HttpRequest) -> HttpResponse:
    """Come, go, break: one tap; kept on the phone until the server has it."""
    actor, now = page_actor(request), clock.now()
    if actor.worker_id is None:
        raise Forbidden(noun="phone_punch", verb="send")
    called = RollCallEntry.objects.filter(
        policy.whose(actor, "roll_call_entry", "answer"), state="called"
    ).select_related("roll_call__site")
    known = {
        "worker": actor.worker_id,
        "sites": [{"id": p.id, "name": p.name} for p in queries.places_of(actor.worker_id, now)],
        "send": reverse("api-phone-punches"),
        "register": reverse("api-phones"),
        "sign_in": reverse("worker-sign-in"),
        "service_worker": reverse("punch-service-worker"),
        "texts": {
            "waiting": _("waiting for network"),
            "sent": _("recorded"),
            "parked": _("set aside; somebody looks at it"),
            "refused": _("not taken yet"),
            "sign_in": _("Sign in again; what you punched is kept on this phone."),
            "code": _("Gate code scanned: tap within a minute."),
            "in": _("Come"),
            "out": _("Go"),
            "break": _("Break"),
            "return": _("Back"),
        },
    }
    leads = bool(people.crews_led(actor.worker_id))
    shown = {"known": known, "called": called[:20], "leads": leads}
    return render(request, "projects/punch.html", shown)


@require_GET
def service_worker(request: HttpRequest) -> HttpResponse:
    """The part of the page that answers when there is no network; it stands at /punch/ to reach it."""
    kept = [reverse("punch"), static("jianzhu.css"), static("projects/punch.js")]
    answer = render(
        request, "projects/punch_worker.js", {"kept": kept}, content_type="text/javascript"
    )
    answer["Cache-Control"] = "no-cache"
    return answer


@require_POST
@signed_in
def answer_call(request: HttpRequest, entry_id: int, answer: str) -> HttpResponse:
    """The worker's word to the foreman's line."""
    actor, at = page_actor(request), clock.now()
    if answer == "yes":
        rollcall.confirm_entry(entry_id=entry_id, actor=actor, at=at)
    else:
        words = request.POST.get("words", "").strip()[:500] or _("I do not agree.")
        rollcall.deny_entry(entry_id=entry_id, words=words, actor=actor, at=at)
    return redirect("punch")


@require_GET
@signed_in
def gate_screen(request: HttpRequest, site_id: int) -> HttpResponse:
    """What a tablet at the gate shows: the code of this half minute, drawn for a phone's camera."""
    where = policy.whose(page_actor(request), "gate_code", "read")
    site = Site.objects.filter(where & Q(pk=site_id)).first()
    if site is None:
        raise NotFound(noun="site")
    now = clock.now()
    code = gate_code.make(commands.gate_key(site.pk), site.pk, now)
    address = request.build_absolute_uri(f"{reverse('punch')}?code={code}")
    drawn = BytesIO()
    # Without a size of its own the drawing takes the screen's.
    segno.make(address, error="m").save(
        drawn, kind="svg", border=3, light="white", omitsize=True, xmldecl=False
    )
    page = render(
        request,
        "projects/gate_screen.html",
        {"site": site, "svg": drawn.getvalue().decode(), "seconds": REFRESH_SECONDS, "now": now},
    )
    page["Cache-Control"] = "no-store"
    return page
