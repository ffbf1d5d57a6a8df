"""Sign-in pages: one form for staff, two steps for workers."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from jianzhu.access.models import User
from jianzhu.access.queries import actor_of
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Refusal
from jianzhu.web.accounts import commands
from jianzhu.web.accounts.senders import sender

BACKEND = "django.contrib.auth.backends.ModelBackend"


class StaffSignIn(LoginView):
    """Name and password."""

    template_name = "sign_in.html"
    redirect_authenticated_user = True


@require_http_methods(["GET", "POST"])
def worker_sign_in(request: HttpRequest) -> HttpResponse:
    """First the number, then the code that was sent to it."""
    phone, code = request.POST.get("phone", "").strip(), request.POST.get("code", "").strip()
    refusal = None
    try:
        if phone and code:
            user = commands.sign_in_worker(
                phone=phone, code=code, purpose="sign_in", at=clock.now()
            )
            login(request, user, backend=BACKEND)
            return redirect("home")
        if phone:
            sent = commands.request_code(phone=phone, purpose="sign_in", at=clock.now())
            if sent is not None:
                sender()(phone, sent)
    except Refusal as said:
        refusal = said
    return render(
        request,
        "worker_sign_in.html",
        {"phone": phone, "refusal": refusal},
        status=refusal.status if refusal else 200,
    )


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("worker-sign-in")


def home(request: HttpRequest) -> HttpResponse:
    """Where each role starts."""
    if not isinstance(request.user, User):
        return redirect("worker-sign-in")
    roles = actor_of(request.user, clock.now()).roles
    if "arbitrator" in roles:
        return redirect("cases")
    if "operator" in roles:
        return redirect("admin:index")
    if roles - {"worker"}:
        return redirect("projects")
    return redirect("me")
