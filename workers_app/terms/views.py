"""Agreements and rates over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.kernel.money import Money
from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.views import NounView
from workers_app.terms import commands
from workers_app.terms.models import AgreedRate, Agreement
from workers_app.terms.serializers import AgreementAsked, AgreementShown, RateAsked, RateShown
from workers_app.terms.steps import NewAgreement, NewRate


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
        agreement_id = said.pop("agreement_id")
        new = NewRate(rate_minor=self._minor(agreement_id, said.pop("rate")), **said)
        return self.made(
            commands.propose_rate(agreement_id=agreement_id, new=new, actor=self.actor, at=self.at)
        )

    def _minor(self, agreement_id: int, rate: str) -> int:
        """In the agreement's currency."""
        where = policy.whose(self.actor, "agreed_rate", "propose", on="agreement")
        row = Agreement.objects.filter(where, pk=agreement_id).first()
        if row is None:
            raise NotFound(noun="agreement")
        try:
            minor = Money.parse(rate, row.currency).minor
        except ValueError as error:
            raise Invalid(field="rate", problem=str(error)) from error
        if minor == 0:
            raise Invalid(field="rate", problem="more than nothing")
        return minor


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
