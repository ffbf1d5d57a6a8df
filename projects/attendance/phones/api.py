"""Phones, their punches, fences and gate codes over the API."""

from __future__ import annotations

from base64 import b64decode
from binascii import Error
from typing import Any, ClassVar

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import NotFound
from jianzhu.web.pagination import page
from jianzhu.web.views import NounView
from projects.attendance import errors
from projects.attendance.phones import commands, queries
from projects.attendance.phones.models import Phone, PhonePunch, SiteFence
from projects.attendance.phones.said import Said
from projects.attendance.phones.serializers import (
    FenceAsked,
    FencePage,
    FenceShown,
    GateCodeShown,
    PhoneAsked,
    PhonePage,
    PhonePunchesAsked,
    PhonePunchPage,
    PhonePunchResults,
    PhonePunchShown,
    PhoneShown,
)
from projects.attendance.rules import gate_code
from projects.attendance.rules.phone_clock import Sent
from projects.sites.models import Site


class PhonesView(NounView):
    """Installations of the page on workers' phones."""

    noun = "phone"
    verbs: ClassVar = {"GET": "read", "POST": "register"}

    @extend_schema(operation_id="phones_list", responses=PhonePage)
    def get(self, request: Request) -> Response:
        rows = Phone.objects.filter(policy.whose(self.actor, self.noun, "read"))
        return self.listing(rows, lambda row: dict(PhoneShown(row).data))

    @extend_schema(operation_id="phones_register", request=PhoneAsked, responses={201: PhoneShown})
    def post(self, request: Request) -> Response:
        said = self.taken(PhoneAsked)
        try:
            key = b64decode(said["public_key"], validate=True)
        except (Error, ValueError):
            raise errors.BadKey from None
        row = commands.register_phone(
            installation=said["installation"],
            key=key,
            name=said["name"],
            actor=self.actor,
            at=self.at,
        )
        return Response(PhoneShown(row).data, status=201)


class PhonePunchesView(NounView):
    """Punches made on phones. A batch may come any number of times, in any order, from any phone."""

    noun = "phone_punch"
    verbs: ClassVar = {"GET": "read", "POST": "send"}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """The bytes are held before anything parses them: they are what is kept."""
        self.body: bytes = request._request.body
        super().initial(request, *args, **kwargs)

    @extend_schema(operation_id="phone_punches_list", responses=PhonePunchPage)
    def get(self, request: Request) -> Response:
        rows = PhonePunch.objects.filter(policy.whose(self.actor, self.noun, "read"))
        found, link = page(request, rows)
        items = PhonePunchShown(queries.shown(found), many=True).data
        return Response({"items": items, "next": link})

    @extend_schema(
        operation_id="phone_punches_send",
        request=PhonePunchesAsked,
        responses={201: PhonePunchResults},
    )
    def post(self, request: Request) -> Response:
        batch, at = self.taken(PhonePunchesAsked), self.at
        sent = Sent(batch["sent_at"][1], batch["boot"], batch["monotonic_ms"], received_at=at)
        results = commands.take_phone_punches(
            punches=[_said(one, batch) for one in batch["punches"]],
            sent=sent,
            body=self.body,
            actor=self.actor,
            at=at,
        )
        return Response(PhonePunchResults({"results": results}).data, status=201)


def _said(one: dict[str, Any], batch: dict[str, Any]) -> Said:
    text, at = one.pop("at")
    return Said(at=at, at_text=text, **{"phone": batch["phone"], **one})


class FencesView(NounView):
    """Where sites are; a phone's punch from elsewhere is asked about."""

    noun = "fence"
    verbs: ClassVar = {"GET": "read", "POST": "draw"}

    @extend_schema(operation_id="fences_list", responses=FencePage)
    def get(self, request: Request) -> Response:
        rows = SiteFence.objects.filter(policy.whose(self.actor, self.noun, "read"))
        return self.listing(rows, lambda row: dict(FenceShown(row).data))

    @extend_schema(operation_id="fences_draw", request=FenceAsked, responses={201: FenceShown})
    def post(self, request: Request) -> Response:
        said = self.taken(FenceAsked)
        said["corners"] = [(a, b) for a, b in said["corners"]]
        row = commands.draw_fence(**said, actor=self.actor, at=self.at)
        return Response(FenceShown(row).data, status=201)


class GateCodeView(NounView):
    """What the site's gate shows now; a tablet asks again before it runs out."""

    noun = "gate_code"
    verbs: ClassVar = {"GET": "read"}

    @extend_schema(operation_id="sites_gate_code", responses=GateCodeShown)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, self.noun, "read")
        site = Site.objects.filter(where, pk=pk).first()
        if site is None:
            raise NotFound(noun="site")
        code = gate_code.make(commands.gate_key(site.pk), site.pk, self.at)
        answer = {
            "site_id": site.pk,
            "code": code,
            "path": f"{reverse('punch')}?code={code}",
            "good_until": gate_code.good_until(self.at),
        }
        return Response(GateCodeShown(answer).data)
