"""Cases over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.kernel.money import Money
from jianzhu.web.views import NounView
from projects.sites import queries as sites
from settlements.disputes import commands
from settlements.disputes.models import CaseParty, Dispute, DisputedLine
from settlements.disputes.serializers import (
    AssignmentAsked,
    CrewDisputeAsked,
    DecisionAsked,
    DisputeAsked,
    DisputePage,
    DisputeShown,
)


def _rows(where: Q) -> QuerySet[Dispute]:
    lines = DisputedLine.objects.order_by("line_id").select_related("line__statement")
    parties = CaseParty.objects.order_by("pk")
    return Dispute.objects.filter(where).prefetch_related(
        Prefetch("lines", lines), Prefetch("parties", parties)
    )


def _shown(row: Dispute) -> dict[str, Any]:
    return dict(DisputeShown(row).data)


def _done(row: Dispute) -> Response:
    """The case as it stands after the move."""
    return Response(_shown(_rows(Q(pk=row.pk)).get()), status=201)


class DisputesView(NounView):
    noun = "dispute"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="disputes_list", responses=DisputePage)
    def get(self, request: Request) -> Response:
        return self.listing(_rows(policy.whose(self.actor, "dispute", "read")), _shown)

    @extend_schema(
        operation_id="disputes_file", request=DisputeAsked, responses={201: DisputeShown}
    )
    def post(self, request: Request) -> Response:
        # Objecting is a right to the line, which the table gives; the case is what comes of it.
        policy.whose(self.actor, "statement_line", "dispute")
        said = self.taken(DisputeAsked)
        claimed = {one.pop("line"): one for one in said.pop("claimed", [])}
        return _done(commands.file(**said, claimed=claimed, actor=self.actor, at=self.at))


class CrewDisputesView(NounView):
    """One case for a crew, with an outcome for each worker."""

    noun = "statement_line"
    verbs = {"POST": "dispute"}

    @extend_schema(
        operation_id="disputes_file_for_crew",
        request=CrewDisputeAsked,
        responses={201: DisputeShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(CrewDisputeAsked)
        return _done(commands.file_for_crew(**said, actor=self.actor, at=self.at))


class DisputeView(NounView):
    noun = "dispute"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="disputes_read", responses=DisputeShown)
    def get(self, request: Request, pk: int) -> Response:
        row = _rows(policy.whose(self.actor, "dispute", "read")).filter(pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        return Response(_shown(row))


class DisputeAssignmentView(NounView):
    """Given to an arbitrator who belongs to no party."""

    noun = "dispute"
    verbs = {"POST": "assign"}

    @extend_schema(
        operation_id="disputes_assign", request=AssignmentAsked, responses={201: DisputeShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(AssignmentAsked)
        return _done(commands.assign(dispute_id=pk, **said, actor=self.actor, at=self.at))


class DisputeDecisionView(NounView):
    """The decision posts the money."""

    noun = "dispute"
    verbs = {"POST": "decide"}

    @extend_schema(
        operation_id="disputes_decide", request=DecisionAsked, responses={201: DisputeShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(DecisionAsked)
        row = _rows(policy.whose(self.actor, "dispute", "decide")).filter(pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        currency = sites.project(row.project_id).currency
        awards = {one["line"]: _minor(one["amount"], currency) for one in said["awards"]}
        done = commands.decide(
            dispute_id=pk, awards=awards, reasons=said["reasons"], actor=self.actor, at=self.at
        )
        return _done(done)


def _minor(text: str, currency: str) -> int:
    try:
        return Money.parse(text, currency).minor
    except ValueError as error:
        raise Invalid(field="amount", problem=str(error)) from error


class DisputeWithdrawalView(NounView):
    """The worker takes the objection back."""

    noun = "dispute"
    verbs = {"POST": "withdraw"}

    @extend_schema(operation_id="disputes_withdraw", request=None, responses={201: DisputeShown})
    def post(self, request: Request, pk: int) -> Response:
        return _done(commands.withdraw(dispute_id=pk, actor=self.actor, at=self.at))
