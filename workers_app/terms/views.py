"""Agreements and rates over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.views import NounView
from workers_app.terms import commands
from workers_app.terms.models import Absence, AgreedRate, Agreement, Qualification
from workers_app.terms.serializers import (
    AbsenceAsked,
    AbsenceEnded,
    AbsenceShown,
    AgreementAsked,
    AgreementShown,
    QualificationAsked,
    QualificationShown,
    RateAsked,
    RateShown,
)
from workers_app.terms.steps import NewAgreement, NewQualification


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


@lists
class QualificationsView(RowsView):
    """What people can and may do."""

    noun, model, shown = "qualification", Qualification, QualificationShown
    verbs = {"GET": "read", "POST": "add"}
    filters = {"worker_id": "worker_id", "name": "name"}

    @extend_schema(
        operation_id="qualifications_add",
        request=QualificationAsked,
        responses={201: QualificationShown},
    )
    def post(self, request: Request) -> Response:
        new = NewQualification(**self.taken(QualificationAsked))
        return self.made(commands.qualify(new=new, actor=self.actor, at=self.at))


@lists
class AbsencesView(RowsView):
    """Who is away, and until when."""

    noun, model, shown = "absence", Absence, AbsenceShown
    verbs = {"GET": "read", "POST": "report"}
    filters = {"worker_id": "worker_id"}

    @extend_schema(
        operation_id="absences_report", request=AbsenceAsked, responses={201: AbsenceShown}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(AbsenceAsked)
        return self.made(commands.report_absence(**said, actor=self.actor, at=self.at))


class AbsenceEndingView(NounView):
    """Somebody is back."""

    noun = "absence"
    verbs = {"POST": "end"}

    @extend_schema(operation_id="absences_end", request=AbsenceEnded, responses={201: AbsenceShown})
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(AbsenceEnded)
        row = commands.end_absence(absence_id=pk, **said, actor=self.actor, at=self.at)
        return Response(AbsenceShown(row).data, status=201)
