"""What the bank says, over the API: statements that are brought, and differences that are closed."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.kernel.errors import Invalid
from jianzhu.web.acting import acting
from jianzhu.web.files import FileParser, XMLFileParser, body_of
from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.shapes import ReasonAsked
from jianzhu.web.views import NounView
from settlements.payouts import batches, breaks, reconciliation
from settlements.payouts.models import BankStatement, Break
from settlements.payouts.serializers import (
    BankStatementList,
    BankStatementShown,
    BreakShown,
    EvidenceAsked,
)


@lists
class BankStatementsView(RowsView):
    """Statements as they came, parked ones with the gap."""

    noun, model, shown = "bank_statement", BankStatement, BankStatementShown
    verbs = {"GET": "read"}
    filters = {"state": "state", "wage_account_id": "wage_account_id"}


@shows
class BankStatementView(RowView):
    """One statement."""

    noun, model, shown = "bank_statement", BankStatement, BankStatementShown
    verbs = {"GET": "read"}


class BroughtStatementsView(NounView):
    """A camt.053 or camt.054 file of one wage account; what can't be believed is parked."""

    noun = "bank_statement"
    verbs = {"POST": "bring"}
    parser_classes = [XMLFileParser, FileParser]

    @extend_schema(
        operation_id="bank_statements_bring",
        request={"application/xml": OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("wage_account_id", OpenApiTypes.INT, required=True)],
        responses={201: BankStatementList},
    )
    def post(self, request: Request) -> Response:
        said = request.query_params.get("wage_account_id", "")
        if not (said.isascii() and said.isdigit() and len(said) < 19):
            raise Invalid(field="wage_account_id", problem=said)
        ids = batches.bring_statements(
            wage_account_id=int(said), body=body_of(request.data), actor=self.actor, at=self.at
        )
        rows = BankStatement.objects.filter(pk__in=ids).order_by("pk")
        return Response({"items": BankStatementShown(rows, many=True).data}, status=201)


take_statement = acting(
    "bank_statements_take", "bank_statement", "take", BankStatementShown,
    lambda pk, **say: reconciliation.take_parked(statement_id=pk, **say), ReasonAsked,
)  # fmt: skip
dismiss_statement = acting(
    "bank_statements_dismiss", "bank_statement", "dismiss", BankStatementShown,
    lambda pk, **say: reconciliation.dismiss_parked(statement_id=pk, **say), ReasonAsked,
)  # fmt: skip


@lists
class BreaksView(RowsView):
    """Differences between bank and books."""

    noun, model, shown = "break", Break, BreakShown
    verbs = {"GET": "read"}
    filters = {"state": "state", "wage_account_id": "wage_account_id", "kind": "kind"}


@shows
class BreakView(RowView):
    """One difference."""

    noun, model, shown = "break", Break, BreakShown
    verbs = {"GET": "read"}


take_break = acting(
    "breaks_take", "break", "take", BreakShown,
    lambda pk, **say: breaks.take(break_id=pk, **say),
)  # fmt: skip
explain = acting(
    "breaks_explain", "break", "explain", BreakShown,
    lambda pk, **say: breaks.explain(break_id=pk, **say), EvidenceAsked,
)  # fmt: skip
send_back = acting(
    "breaks_reject", "break", "reject", BreakShown,
    lambda pk, **say: breaks.reject(break_id=pk, **say),
)  # fmt: skip
close = acting(
    "breaks_close", "break", "close", BreakShown,
    lambda pk, **say: breaks.close(break_id=pk, **say),
)  # fmt: skip
