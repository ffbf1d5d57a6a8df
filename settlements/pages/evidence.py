"""Receipts and bundles to keep, and the page on which anybody verifies them without signing in."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from jianzhu.access import policy
from jianzhu.kernel import clock
from jianzhu.kernel.errors import NotFound
from jianzhu.web.pages import page_actor, signed_in
from settlements.evidence import commands, receipts
from settlements.evidence.documents import public_keys
from settlements.evidence.sayings import told
from settlements.evidence.verifier import verify_bundle
from settlements.evidence.views import download, verify_here

# A bundle is opened only when its own directory says that it is no bomb.
UNPACKED_BYTES_MAX = 200_000_000
FILES_MAX = 5_000
RECEIPTS = {
    "punches": ("punch", receipts.of_punch),
    "task-sheets": ("task_sheet", receipts.of_sheet),
    "statements": ("statement", receipts.of_statement),
    "payouts": ("payout", receipts.of_payout),
}


@require_GET
@signed_in
def receipt(request: HttpRequest, kind: str, ident: int) -> HttpResponse:
    """A receipt as a file that verifies offline."""
    if kind not in RECEIPTS:
        raise NotFound(noun="receipt")
    noun, make = RECEIPTS[kind]
    where = policy.whose(page_actor(request), noun, "read")
    said = make(where, ident, at=clock.now())
    answer = JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="{noun}-{ident}.json"'
    return answer


@require_GET
@signed_in
def line_bundle(request: HttpRequest, line_id: int) -> HttpResponse:
    """One click: everything that a line stands on."""
    actor = page_actor(request)
    where = policy.whose(actor, "statement_line", "read")
    content = commands.take_line(where, line_id, actor=actor, at=clock.now())
    return download(f"line-{line_id}.zip", content)


@require_GET
@signed_in
def case_bundle(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """One click: everything that a case stands on."""
    actor = page_actor(request)
    where = policy.whose(actor, "dispute", "read")
    content = commands.take_case(where, dispute_id, actor=actor, at=clock.now())
    return download(f"case-{dispute_id}.zip", content)


@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """For anybody: a receipt or a bundle, uploaded or pasted, against this site's keys."""
    found = _verified(request) if request.method == "POST" else None
    if found is not None:
        found |= {name: [told(said) for said in found[name]] for name in ("checked", "faults")}
    return render(request, "settlements/verify.html", {"found": found, "keys": public_keys()})


def _verified(request: HttpRequest) -> dict[str, Any]:
    file = request.FILES.get("file")
    said = file.read() if file else request.POST.get("text", "").encode()
    if zipfile.is_zipfile(io.BytesIO(said)):
        return _bundle(said)
    try:
        document = json.loads(said)
    except (ValueError, RecursionError):
        return {
            "ok": False,
            "checked": [],
            "faults": [_("This is neither a receipt nor a bundle.")],
        }
    return verify_here(document)


def _bundle(said: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(said)) as archive:
        inside = archive.infolist()
        if len(inside) > FILES_MAX or sum(one.file_size for one in inside) > UNPACKED_BYTES_MAX:
            return {"ok": False, "checked": [], "faults": [_("This file is too large.")]}
        report = verify_bundle(archive.read, public_keys()["log"])
    return {"ok": report.ok, "checked": report.lines, "faults": report.faults}
