"""Files that come up: as the body of a call, or in a form; what is too large is refused unread."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import IO, Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST
from rest_framework.parsers import BaseParser

from jianzhu.kernel.errors import Refusal
from jianzhu.web.pages import signed_in

P = ParamSpec("P")
# A bank's month of a large account; one row of a list is about a hundred bytes.
FILE_MAX = 32 * 1024 * 1024
# What a browser puts around a file.
FORM_MAX = 64 * 1024


class FileTooLarge(Refusal):
    code = "file_too_large"
    status = 413
    sentence = _("The file is larger than %(most)s MB. Send it in parts.")


class NoFile(Refusal):
    code = "no_file"
    status = 400
    sentence = _("Choose a file: nothing came with the form.")


class FileParser(BaseParser):
    """The whole body as bytes."""

    media_type = "application/octet-stream"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body: bytes = stream.read(FILE_MAX + 1)
        if len(body) > FILE_MAX:
            raise FileTooLarge(most=FILE_MAX >> 20)
        return body


class XMLFileParser(FileParser):
    """The same, for what calls itself XML; nothing of it is read here."""

    media_type = "application/xml"


def uploading(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A page that takes a form with a file: its size is looked at before anything is read."""
    inner = csrf_protect(signed_in(view))

    @csrf_exempt  # checked inside, after the size
    @require_POST
    @functools.wraps(view)
    def run(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH", "")
        if not length.isdigit() or int(length) > FILE_MAX + FORM_MAX:
            refusal = FileTooLarge(most=FILE_MAX >> 20)
            return render(request, "refusal.html", {"refusal": refusal}, status=refusal.status)
        return inner(request, *args, **kwargs)

    return run  # type: ignore[return-value]


def body_of(data: Any) -> bytes:
    """The bytes that a call came with. Raises NoFile for a call that came with something else."""
    if not isinstance(data, bytes):
        raise NoFile
    return data


def file_of(request: HttpRequest, name: str = "file") -> bytes:
    """The bytes of a form's file. Raises NoFile, FileTooLarge."""
    file = request.FILES.get(name)
    if file is None:
        raise NoFile
    body: bytes = file.read(FILE_MAX + 1)
    if len(body) > FILE_MAX:
        raise FileTooLarge(most=FILE_MAX >> 20)
    return body
