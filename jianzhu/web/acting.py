"""A POST that calls one command on one row: every such endpoint has this one shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.web.views import NounView


class Acting(NounView):
    """Without a body, or with `asked`."""

    asked: Any = None
    shown: Any = None
    act: Callable[..., Any]

    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(self.asked) if self.asked else {}
        row = type(self).act(pk, actor=self.actor, at=self.at, **said)
        return Response(self.shown(row).data, status=201)


def acting(
    name: str,
    noun: str,
    verb: str,
    shown: Any,
    act: Callable[..., Any],
    asked: Any = None,
    *,
    stores: bool = True,
) -> type[Acting]:
    """A view of one move: its operation is `name`; `stores` as in `NounView`."""
    made = type(
        f"{name.title().replace('_', '')}View",
        (Acting,),
        {
            "__doc__": (act.__doc__ or "").partition("\n")[0],
            "noun": noun,
            "verbs": {"POST": verb},
            "shown": shown,
            "asked": asked,
            "stores": stores,
            "act": staticmethod(act),
            "post": Acting.post,
        },
    )
    told = extend_schema(operation_id=name, request=asked, responses={201: shown})
    made.post = told(_fresh(Acting.post))  # type: ignore[attr-defined]
    return made


def _fresh(method: Callable[..., Any]) -> Callable[..., Any]:
    def post(self: Acting, request: Request, pk: int) -> Response:
        answer: Response = method(self, request, pk)
        return answer

    return post
