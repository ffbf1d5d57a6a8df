"""Payouts over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import NotFound
from jianzhu.web.acting import acting
from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.views import NounView
from settlements.payouts import commands, connected, queries, resolving
from settlements.payouts.models import Payout, PayoutResolution, payout_machine
from settlements.payouts.quote import quote
from settlements.payouts.rails import stripe_client
from settlements.payouts.resolving import Shown
from settlements.payouts.serializers import (
    OnboardingAsked,
    OnboardingShown,
    PayoutPage,
    PayoutResolutionAsked,
    PayoutResolutionShown,
    PayoutShown,
)


class PayoutsView(RowsView):
    """Wages on their way; `owner` narrows to what waits for somebody, `state` to how far it came."""

    noun, model, shown = "payout", Payout, PayoutShown
    verbs = {"GET": "read"}
    filters = {"state": "state", "owner": "owner", "project_id": "project_id"}

    @extend_schema(
        operation_id="payouts_list",
        responses=PayoutPage,
        parameters=[OpenApiParameter(name, OpenApiTypes.STR) for name in filters],
    )
    def get(self, request: Request) -> Response:
        where = policy.whose(self.actor, "payout", "read")
        rows = Payout.objects.filter(where, **self._narrowed(request)).annotate(
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


@lists
class PayoutResolutionsView(RowsView):
    """What two people say of payouts that no read answered any more."""

    noun, model, shown = "payout_resolution", PayoutResolution, PayoutResolutionShown
    verbs = {"GET": "read", "POST": "propose"}
    filters = {"state": "state", "payout_id": "payout_id"}

    @extend_schema(
        operation_id="payout_resolutions_propose",
        request=PayoutResolutionAsked,
        responses={201: PayoutResolutionShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(PayoutResolutionAsked)
        shown = Shown(said["evidence"], said["document"], said["bank_entry_id"])
        return self.made(
            resolving.propose(
                payout_id=said["payout_id"],
                says=said["says"],
                shown=shown,
                actor=self.actor,
                at=self.at,
            )
        )


@shows
class PayoutResolutionView(RowView):
    """One of them."""

    noun, model, shown = "payout_resolution", PayoutResolution, PayoutResolutionShown
    verbs = {"GET": "read"}


# The bank is read once more before, and no bank is called inside a transaction: no kept answer.
agree = acting(
    "payout_resolutions_agree", "payout_resolution", "agree", PayoutResolutionShown,
    lambda pk, **say: resolving.agree(resolution_id=pk, **say), stores=False,
)  # fmt: skip
refuse = acting(
    "payout_resolutions_refuse", "payout_resolution", "agree", PayoutResolutionShown,
    lambda pk, **say: resolving.refuse(resolution_id=pk, **say),
)  # fmt: skip


class PayeeOnboardingsView(NounView):
    """The address of the provider's form, where a worker says who they are; opened where missing."""

    noun = "payee_account"
    verbs = {"POST": "propose"}
    # The account's own stored key makes asking twice asking once, and the address is used once.
    stores = False

    @extend_schema(
        operation_id="payee_onboardings_begin",
        request=OnboardingAsked,
        responses={201: OnboardingShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(OnboardingAsked)
        url = connected.onboard(
            worker_id=said["worker_id"],
            country=said["country"],
            page=request.build_absolute_uri("/me/"),
            rail=stripe_client(),
            actor=self.actor,
            at=self.at,
        )
        return Response({"url": url}, status=201)


class ReconciliationQuotesView(NounView):
    """Statements and payouts in, classes out; nothing is stored."""

    noun = "reconciliation_quote"
    verbs = {"POST": "ask"}
    stores = False

    @extend_schema(
        operation_id="reconciliation_quote",
        request=OpenApiTypes.OBJECT,
        responses={200: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request) -> Response:
        document: Any = request.data
        return Response(quote(document))
