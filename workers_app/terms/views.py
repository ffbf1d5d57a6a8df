"""Agreements and rates over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.views import NounView
from workers_app.terms import commands
from workers_app.terms.models import AgreedRate, Agreement
from workers_app.terms.serializers import AgreementAsked, AgreementShown, RateAsked, RateShown
from workers_app.terms.steps import NewAgreement


@lists
class AgreementsView(RowsView):
    """On what terms people work."""

    noun, model, shown = "agreement", Agreement, AgreementShown
    verbs = {"GET": "read", "POST": "sign"}
    filters = {"worker_id": "worker_id", "project_id": "project_id"}

    @extend_schema(
        operation_id="agreements_sign", request=AgreementAsked, responses={201: AgreementShown}
    )
    def post(self, request: Request) -> Response:
        new = NewAgreement(**self.taken(AgreementAsked))
        return self.made(commands.sign_agreement(new=new, actor=self.actor, at=self.at))


@shows
class AgreementView(RowView):
    noun, model, shown = "agreement", Agreement, AgreementShown
    verbs = {"GET": "read"}


@lists
class RatesView(RowsView):
    """What is paid for an hour, a 工, a month or a unit, version by version."""

    noun, model, shown = "agreed_rate", AgreedRate, RateShown
    verbs = {"GET": "read", "POST": "propose"}
    filters = {"agreement_id": "agreement_id", "state": "state"}

    @extend_schema(
        operation_id="agreed_rates_propose", request=RateAsked, responses={201: RateShown}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(RateAsked)
        return self.made(commands.propose_rate(**said, actor=self.actor, at=self.at))


@shows
class RateView(RowView):
    noun, model, shown = "agreed_rate", AgreedRate, RateShown
    verbs = {"GET": "read"}


class RateAgreementView(NounView):
    """A second person agrees; it counts from its first day on."""

    noun = "agreed_rate"
    verbs = {"POST": "agree"}

    @extend_schema(operation_id="agreed_rates_agree", request=None, responses={201: RateShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.agree_rate(rate_id=pk, actor=self.actor, at=self.at)
        return Response(RateShown(row).data, status=201)


class RateRefusalView(NounView):
    """A second person does not; the former version goes on."""

    noun = "agreed_rate"
    verbs = {"POST": "refuse"}

    @extend_schema(operation_id="agreed_rates_refuse", request=None, responses={201: RateShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.refuse_rate(rate_id=pk, actor=self.actor, at=self.at)
        return Response(RateShown(row).data, status=201)
