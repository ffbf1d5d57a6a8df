"""Payouts over the API."""

from __future__ import annotations

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import NotFound
from jianzhu.web.views import NounView
from settlements.payouts import commands, queries
from settlements.payouts.models import Payout, payout_machine
from settlements.payouts.serializers import PayoutPage, PayoutShown


class PayoutsView(NounView):
    noun = "payout"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="payouts_list", responses=PayoutPage)
    def get(self, request: Request) -> Response:
        rows = Payout.objects.filter(policy.whose(self.actor, "payout", "read")).annotate(
            account_tail=Coalesce(F("payee__account_tail"), Value(""))
        )
        return self.listing(rows, lambda row: dict(PayoutShown(row).data))


class PayoutRetryView(NounView):
    """A new attempt, after proof that the old one paid nothing."""

    noun = "payout"
    verbs = {"POST": "retry"}

    @extend_schema(operation_id="payouts_retry", request=None, responses={201: PayoutShown})
    def post(self, request: Request, pk: int) -> Response:
        row = Payout.objects.filter(policy.whose(self.actor, "payout", "retry"), pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        if not commands.retry(payout_ids=[pk], actor=self.actor, at=self.at):
            raise payout_machine.refusal("retry", row.state, pk)
        (payout,) = queries.payouts(Q(pk=pk))
        return Response(PayoutShown(payout).data, status=201)
