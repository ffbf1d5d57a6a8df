"""Payouts over the API."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import NotFound
from jianzhu.web.rows import RowsView, lists
from jianzhu.web.shapes import ReasonAsked
from jianzhu.web.views import NounView
from settlements.payouts import breaks, commands, queries, reconciliation
from settlements.payouts.models import BankStatement, Break, Payout, payout_machine
from settlements.payouts.quote import quote
from settlements.payouts.serializers import (
    BankStatementShown,
    BreakShown,
    EvidenceAsked,
    PayoutPage,
    PayoutShown,
)


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


@lists
class BankStatementsView(RowsView):
    """Statements as they came, parked ones first to look at."""

    noun, model, shown = "bank_statement", BankStatement, BankStatementShown
    verbs = {"GET": "read"}
    filters = {"state": "state", "wage_account_id": "wage_account_id"}


class StatementTakingView(NounView):
    """A person looked at a parked statement and takes it."""

    noun = "bank_statement"
    verbs = {"POST": "take"}

    @extend_schema(
        operation_id="bank_statements_take",
        request=ReasonAsked,
        responses={201: BankStatementShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ReasonAsked)
        row = reconciliation.take_parked(statement_id=pk, **said, actor=self.actor, at=self.at)
        return Response(BankStatementShown(row).data, status=201)


class StatementDismissalView(NounView):
    """A parked statement is not taken; the bank sends another."""

    noun = "bank_statement"
    verbs = {"POST": "dismiss"}

    @extend_schema(
        operation_id="bank_statements_dismiss",
        request=ReasonAsked,
        responses={201: BankStatementShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ReasonAsked)
        row = reconciliation.dismiss_parked(statement_id=pk, **said, actor=self.actor, at=self.at)
        return Response(BankStatementShown(row).data, status=201)


@lists
class BreaksView(RowsView):
    """Differences between bank and books."""

    noun, model, shown = "break", Break, BreakShown
    verbs = {"GET": "read"}
    filters = {"state": "state", "wage_account_id": "wage_account_id", "kind": "kind"}


class BreakExplanationView(NounView):
    """One person says what it is, with evidence."""

    noun = "break"
    verbs = {"POST": "explain"}

    @extend_schema(
        operation_id="breaks_explain", request=EvidenceAsked, responses={201: BreakShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(EvidenceAsked)
        row = breaks.explain(break_id=pk, **said, actor=self.actor, at=self.at)
        return Response(BreakShown(row).data, status=201)


class BreakReturnView(NounView):
    """A second person is not convinced."""

    noun = "break"
    verbs = {"POST": "reject"}

    @extend_schema(operation_id="breaks_reject", request=None, responses={201: BreakShown})
    def post(self, request: Request, pk: int) -> Response:
        row = breaks.reject(break_id=pk, actor=self.actor, at=self.at)
        return Response(BreakShown(row).data, status=201)


class BreakClosingView(NounView):
    """A second person agrees: the posting is made."""

    noun = "break"
    verbs = {"POST": "close"}

    @extend_schema(operation_id="breaks_close", request=None, responses={201: BreakShown})
    def post(self, request: Request, pk: int) -> Response:
        row = breaks.close(break_id=pk, actor=self.actor, at=self.at)
        return Response(BreakShown(row).data, status=201)


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
