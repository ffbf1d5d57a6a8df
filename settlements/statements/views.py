"""Statements and their lines over the API."""

from __future__ import annotations

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.errors import NotFound
from jianzhu.web.pagination import page
from jianzhu.web.views import NounView
from settlements.statements import commands, effects, queries, trace
from settlements.statements.models import Statement, StatementLine
from settlements.statements.queries import Line
from settlements.statements.serializers import (
    EffectShown,
    LinePage,
    LineShown,
    StatementPage,
    StatementShown,
    StatementWithLinesShown,
    TraceShown,
)


class StatementsView(NounView):
    noun = "statement"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="statements_list", responses=StatementPage)
    def get(self, request: Request) -> Response:
        rows = Statement.objects.filter(policy.whose(self.actor, "statement", "read"))
        return self.listing(rows, lambda row: dict(StatementShown(row).data))


class StatementView(NounView):
    """One month of one worker, with every line."""

    noun = "statement"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="statements_read", responses=StatementWithLinesShown)
    def get(self, request: Request, pk: int) -> Response:
        found = queries.slips(policy.whose(self.actor, "statement", "read") & Q(pk=pk))
        if not found:
            raise NotFound(noun=self.noun)
        return Response(StatementWithLinesShown(found[0]).data)


class StatementConfirmationView(NounView):
    """The worker, or the labour officer, answers what a gate asks of them."""

    noun = "statement"
    verbs = {"POST": "confirm"}

    @extend_schema(operation_id="statements_confirm", request=None, responses={201: StatementShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.confirm(statement_id=pk, actor=self.actor, at=self.at)
        return Response(StatementShown(row).data, status=201)


class LinesView(NounView):
    """Every line but those that were voided."""

    noun = "statement_line"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="statement_lines_list", responses=LinePage)
    def get(self, request: Request) -> Response:
        where = policy.whose(self.actor, "statement_line", "read")
        rows, link = page(request, StatementLine.objects.filter(where).exclude(state="void"))
        lines = queries.lines(Q(pk__in=[row.pk for row in rows]))
        lines.sort(key=lambda line: line.id)
        return Response({"items": LineShown(lines, many=True).data, "next": link})


def _line(actor: Actor, pk: int) -> Line:
    found = queries.lines(policy.whose(actor, "statement_line", "read") & Q(pk=pk))
    if not found:
        raise NotFound(noun="statement_line")
    return found[0]


class LineView(NounView):
    noun = "statement_line"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="statement_lines_read", responses=LineShown)
    def get(self, request: Request, pk: int) -> Response:
        return Response(LineShown(_line(self.actor, pk)).data)


class LineTraceView(NounView):
    """What the line came from, and where its money went."""

    noun = "statement_line"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="statement_lines_trace", responses=TraceShown)
    def get(self, request: Request, pk: int) -> Response:
        line = _line(self.actor, pk)
        shown = TraceShown(trace.of_line(line), context={"currency": line.currency})
        return Response(shown.data)


class CorrectionEffectView(NounView):
    """What an open correction would do to the worker's pay, before anybody decides."""

    noun = "correction_effect"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="corrections_effect", responses=EffectShown)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, self.noun, "read")
        found = effects.effects(where & Q(pk=pk), self.at)
        if not found:
            raise NotFound(noun="correction")
        return Response(EffectShown(found[0], context={"currency": found[0].currency}).data)
