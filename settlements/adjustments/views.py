"""Adjustments over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import Invalid
from jianzhu.kernel.money import Money
from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.views import NounView
from projects.sites import queries as sites
from settlements.adjustments import commands
from settlements.adjustments.commands import NewAdjustment
from settlements.adjustments.models import Adjustment
from settlements.adjustments.serializers import AdjustmentAsked, AdjustmentShown


@lists
class AdjustmentsView(RowsView):
    """Allowances, bonuses, advances, deductions."""

    noun, model, shown = "adjustment", Adjustment, AdjustmentShown
    verbs = {"GET": "read", "POST": "propose"}
    filters = {"project_id": "project_id", "worker_id": "worker_id", "state": "state"}

    @extend_schema(
        operation_id="adjustments_propose",
        request=AdjustmentAsked,
        responses={201: AdjustmentShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(AdjustmentAsked)
        policy.require(self.actor, "adjustment", "propose", project_id=said["project_id"])
        amount = self._minor(said.pop("amount"), said["project_id"])
        new = NewAdjustment(amount_minor=amount, **said)
        return self.made(commands.propose(new=new, actor=self.actor, at=self.at))

    def _minor(self, amount: str, project_id: int) -> int:
        try:
            return Money.parse(amount, sites.project(project_id).currency).minor
        except ValueError as error:
            raise Invalid(field="amount", problem=str(error)) from error


@shows
class AdjustmentView(RowView):
    noun, model, shown = "adjustment", Adjustment, AdjustmentShown
    verbs = {"GET": "read"}


class AdjustmentAgreementView(NounView):
    """A second person agrees; it enters the statement of its month."""

    noun = "adjustment"
    verbs = {"POST": "agree"}

    @extend_schema(operation_id="adjustments_agree", request=None, responses={201: AdjustmentShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.agree(adjustment_id=pk, actor=self.actor, at=self.at)
        return Response(AdjustmentShown(row).data, status=201)


class AdjustmentRefusalView(NounView):
    """A second person does not."""

    noun = "adjustment"
    verbs = {"POST": "refuse"}

    @extend_schema(
        operation_id="adjustments_refuse", request=None, responses={201: AdjustmentShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        row = commands.refuse(adjustment_id=pk, actor=self.actor, at=self.at)
        return Response(AdjustmentShown(row).data, status=201)


class AdjustmentRevocationView(NounView):
    """What was agreed is taken back."""

    noun = "adjustment"
    verbs = {"POST": "revoke"}

    @extend_schema(
        operation_id="adjustments_revoke", request=None, responses={201: AdjustmentShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        row = commands.revoke(adjustment_id=pk, actor=self.actor, at=self.at)
        return Response(AdjustmentShown(row).data, status=201)
