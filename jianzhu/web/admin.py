"""The admin shows; it changes nothing but by a command. Sealed fields are never shown, not even sealed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

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


def show(*rows: type[models.Model]) -> None:
    """Register models as read-only."""
    for row in rows:
        admin.site.register(row, ReadOnly)
