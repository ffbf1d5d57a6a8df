"""What has to be settled before a project closes; the rooms above know, and answer when asked."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from projects.sites.errors import NotSettled

# project -> [(what still stands against it, how many)]
Question = Callable[[int], list[tuple[str, int]]]
_asked: list[Question] = []


def ask(question: Question) -> None:
    """Register what a room above has to say before a project closes."""
    _asked.append(question)


def against(project_id: int) -> list[tuple[str, int]]:
    """Everything that stands against closing the project now; empty when nothing does."""
    return [one for question in _asked for one in question(project_id)]


def refuse_unsettled(project_id: int) -> None:
    """Raise NotSettled while anything is open."""
    found = against(project_id)
    if found:
        raise NotSettled(what=", ".join(f"{_(what)} ({count})" for what, count in found))
