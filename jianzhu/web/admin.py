"""The admin shows; it changes nothing but by a command. Sealed fields are never shown, not even sealed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Contradiction, Refusal
from jianzhu.web.pages import page_actor
from jianzhu.web.problems import broken_rule

HIDDEN = ("_sealed", "_index", "_hash", "person_key", "password", "body")


class ReadOnly(admin.ModelAdmin):
    """Lists and details of one kind of row for operators."""

    show_full_result_count = False
    list_per_page = 50

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self._shown()[:8]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return self._shown()

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return ["-pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _shown(self) -> list[str]:
        return [
            f.name
            for f in self.model._meta.fields
            if not isinstance(f, models.BinaryField) and not f.name.endswith(HIDDEN)
        ]


class Asking(ReadOnly):
    """A list whose "add" form has the API's own shape and calls the API's own command."""

    # The line of the policy table that the form needs: (noun, verb).
    right: ClassVar[tuple[str, str]]
    asked: ClassVar[type[serializers.Serializer[Any]]]

    def make(self, said: dict[str, Any], actor: Actor, at: datetime) -> Any:
        """Call the command with what was said."""
        raise NotImplementedError

    def has_add_permission(self, request: HttpRequest) -> bool:
        return policy.may(page_actor(request), *self.right)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The form; what is taken leads back to the list."""
        refusal: Refusal | None = None
        form = self.asked(data=request.POST) if request.method == "POST" else self.asked()
        if request.method == "POST" and form.is_valid():
            refusal = _try(
                lambda: self.make(dict(form.validated_data), page_actor(request), clock.now())
            )
            if refusal is None:
                messages.success(request, _("Done."))
                return HttpResponseRedirect(self._back())
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Add"),
            "back": self._back(),
            "asked": form,
            "refusal": refusal,
        }
        return TemplateResponse(
            request, "admin/ask.html", context, status=refusal.status if refusal else 200
        )

    def _back(self) -> str:
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")


def moves(
    **verbs: Callable[[int, Actor, datetime], Any],
) -> list[Callable[[Any, HttpRequest, Any], None]]:
    """Admin actions that call a command on each chosen row, one after the other."""
    return [_move(verb, run) for verb, run in verbs.items()]


def _move(
    verb: str, run: Callable[[int, Actor, datetime], Any]
) -> Callable[[Any, HttpRequest, Any], None]:
    @admin.action(description=verb, permissions=["view"])
    def act(self: Any, request: HttpRequest, rows: Any) -> None:
        for pk in rows.order_by("pk").values_list("pk", flat=True):
            refusal = _try(lambda pk=pk: run(pk, page_actor(request), clock.now()))  # type: ignore[misc]
            if refusal is not None:
                messages.error(request, f"{pk}: {refusal}")
            else:
                messages.info(request, f"{pk}: {verb}")

    act.__name__ = verb
    return act


def _try(work: Callable[[], Any]) -> Refusal | None:
    """The command's no, if it says no."""
    try:
        work()
    except Refusal as refusal:
        return refusal
    except IntegrityError as error:
        if not broken_rule(error):
            raise
        return Contradiction(rule=broken_rule(error))
    return None


def show(*rows: type[models.Model]) -> None:
    """Register models as read-only."""
    for row in rows:
        admin.site.register(row, ReadOnly)
