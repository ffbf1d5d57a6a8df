"""What every page needs: somebody signed in, as an actor; and refusals shown as a page."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jianzhu.access.actor import Actor
from jianzhu.access.models import User
from jianzhu.access.queries import actor_of
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Refusal

P = ParamSpec("P")


def page_actor(request: HttpRequest) -> Actor:
    """The signed-in user with the roles held now, looked up once for a page."""
    assert isinstance(request.user, User)
    known: Actor | None = getattr(request, "page_actor", None)
    if known is None:
        known = actor_of(request.user, clock.now())
        request.page_actor = known  # type: ignore[attr-defined]
    return known


def signed_in(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page for somebody signed in; a refusal becomes a page that says what happened."""

    @login_required
    @functools.wraps(view)
    def run(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Refusal as refusal:
            return render(request, "refusal.html", {"refusal": refusal}, status=refusal.status)

    return run  # type: ignore[return-value]
