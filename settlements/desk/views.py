"""The desk over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.kernel.money import Money
from jianzhu.web.views import NounView
from projects.sites import queries as sites
from settlements.desk import contradictions, papers, queries, serializers, timeline, whatif
from settlements.desk.papers.make import Paper
from settlements.disputes import commands
from settlements.disputes import queries as disputes
from settlements.disputes.commands import looking
from settlements.disputes.queries import Case
from settlements.disputes.serializers import DecisionAsked, DisputeShown

# How far back figures look where nothing else is asked.
DAYS, DAYS_MAX = 365, 3_650
PDF = {(200, "application/pdf"): OpenApiTypes.BINARY}
LANGUAGE = OpenApiParameter("language", enum=list(papers.LANGUAGES))


class QueueView(NounView):
    """Open cases by clock and weight, each with the reasons."""

    noun = "dispute"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="case_queue", responses=serializers.QueuePage)
    def get(self, request: Request) -> Response:
        rows = queries.queue(policy.whose(self.actor, "dispute", "read"), self.at)
        return Response({"items": [serializers.waiting(row) for row in rows], "next": None})


class FiguresView(NounView):
    """What the desk did: time by stage, by data, on time, overturned, paid out."""

    noun = "case_figure"
    verbs = {"GET": "read"}

    @extend_schema(
        operation_id="case_figures",
        parameters=[OpenApiParameter("days", OpenApiTypes.INT)],
        responses=serializers.FiguresPage,
    )
    def get(self, request: Request) -> Response:
        said = request.query_params.get("days", str(DAYS))
        if not (said.isascii() and said.isdigit() and 0 < int(said) <= DAYS_MAX):
            raise Invalid(field="days", problem=f"1 to {DAYS_MAX}")
        where = policy.whose(self.actor, "case_figure", "read")
        found = queries.figures(where, self.at - timedelta(days=int(said)), self.at)
        items = serializers.FigureShown(found, many=True).data
        return Response({"items": items, "next": None})


class OfCase(NounView):
    """What is asked about one case; a look by who is no party is told in it."""

    noun = "dispute"
    verbs = {"GET": "read"}

    def case(self, pk: int) -> Case:
        where = policy.whose(self.actor, "dispute", "read")
        return looking.look(where, pk, actor=self.actor, at=self.at)


class ContradictionsView(OfCase):
    """What in the records does not fit together."""

    @extend_schema(
        operation_id="disputes_contradictions", responses=serializers.ContradictionsShown
    )
    def get(self, request: Request, pk: int) -> Response:
        found = contradictions.found(self.case(pk))
        found = contradictions.told_to(reader(self.actor), found)
        return Response({"items": serializers.ContradictionShown(found, many=True).data})


class TimelineView(OfCase):
    """The case in order of time, agreed and contested facts marked."""

    @extend_schema(operation_id="disputes_timeline", responses=serializers.TimelineShown)
    def get(self, request: Request, pk: int) -> Response:
        found = timeline.of(self.case(pk))
        return Response({"items": serializers.MomentShown(found, many=True).data})


class WhatIfView(OfCase):
    """The month with one fact changed, reckoned by the wage engine from the case's real inputs."""

    verbs = {"POST": "conduct"}
    stores = False

    @extend_schema(
        operation_id="disputes_what_if",
        request=serializers.FactAsked,
        responses={200: serializers.AnswerShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(serializers.FactAsked)
        where = policy.whose(self.actor, "dispute", "conduct")
        case = looking.look(where, pk, actor=self.actor, at=self.at)
        rate = said.pop("rate", None)
        if rate is not None:
            said["rate_minor"] = Money.parse(rate, sites.project(case.project_id).currency).minor
        return Response(serializers.answer(whatif.ask(case, whatif.Fact(**said))))


class CandidatesView(OfCase):
    """Who may decide it, with every tie that was found."""

    verbs = {"GET": "assign"}

    @extend_schema(operation_id="disputes_candidates", responses=serializers.CandidatesShown)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "dispute", "assign")
        if not disputes.cases(where & Q(pk=pk)):
            raise NotFound(noun="dispute")
        found = queries.candidates(pk, self.at)
        return Response({"items": serializers.CandidateShown(found, many=True).data})


class RulingsView(OfCase):
    """The documents of a case; drafts are seen by who decides alone."""

    verbs = {"GET": "read", "POST": "decide"}

    @extend_schema(operation_id="disputes_rulings", responses=serializers.RulingsShown)
    def get(self, request: Request, pk: int) -> Response:
        found = visible(self.actor, self.case(pk))
        return Response({"items": serializers.RulingShown(found, many=True).data})

    @extend_schema(
        operation_id="disputes_draft",
        request=DecisionAsked,
        responses={201: serializers.RulingsShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(DecisionAsked)
        where = policy.whose(self.actor, "dispute", "decide")
        found = disputes.cases(where & Q(pk=pk))
        if not found:
            raise NotFound(noun="dispute")
        currency = sites.project(found[0].project_id).currency
        awards = {one["line"]: _minor(one["amount"], currency) for one in said["awards"]}
        made = commands.draft(
            dispute_id=pk, awards=awards, reasons=said["reasons"], actor=self.actor, at=self.at
        )
        items = serializers.RulingShown(made, many=True).data
        return Response({"items": items}, status=201)


def reader(actor: Actor) -> int | None:
    """The worker who reads for themselves; None for who reads for a company or an office."""
    alone = not (actor.roles & looking.LOOKERS or policy.projects(actor))
    return actor.worker_id if alone else None


def visible(actor: Actor, case: Case) -> list[disputes.Ruling]:
    """Documents that this reader sees: what is not issued is its writer's alone."""
    drafts = case.assigned_to_id == actor.user_id
    return [r for r in disputes.rulings(case.id) if drafts or r.state not in ("draft", "void")]


def _minor(text: str, currency: str) -> int:
    try:
        return Money.parse(text, currency).minor
    except ValueError as error:
        raise Invalid(field="amount", problem=str(error)) from error


class IssueView(OfCase):
    """The drafts become the decision, which posts itself."""

    verbs = {"POST": "decide"}

    @extend_schema(operation_id="disputes_issue", request=None, responses={201: DisputeShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.issue_drafts(dispute_id=pk, actor=self.actor, at=self.at)
        return Response(DisputeShown(row).data, status=201)


class PaperView(OfCase):
    """A paper of the case as PDF, in Chinese or English."""

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        """Whatever the caller says it takes: a file has one form, and a refusal is JSON."""
        return JSONRenderer(), "application/json"

    @property
    def language(self) -> str:
        """As asked, else Chinese."""
        said = self.request.query_params.get("language", "zh")
        if said not in papers.LANGUAGES:
            raise Invalid(field="language", problem=" | ".join(papers.LANGUAGES))
        return said


class AcceptanceNoticeView(PaperView):
    """受理通知书."""

    @extend_schema(operation_id="disputes_acceptance_notice", parameters=[LANGUAGE], responses=PDF)
    def get(self, request: Request, pk: int) -> HttpResponse:
        return pdf(papers.acceptance(self.case(pk), self.language, self.at))


class HearingNoticeView(PaperView):
    """开庭通知书."""

    @extend_schema(operation_id="disputes_hearing_notice", parameters=[LANGUAGE], responses=PDF)
    def get(self, request: Request, pk: int) -> HttpResponse:
        return pdf(papers.hearing(self.case(pk), self.language, self.at))


class CompletionNoticeView(PaperView):
    """补正通知书."""

    @extend_schema(operation_id="disputes_completion_notice", parameters=[LANGUAGE], responses=PDF)
    def get(self, request: Request, pk: int) -> HttpResponse:
        return pdf(papers.completion(self.case(pk), self.language, self.at))


class EvidenceNoticeView(PaperView):
    """举证通知书."""

    @extend_schema(operation_id="disputes_evidence_notice", parameters=[LANGUAGE], responses=PDF)
    def get(self, request: Request, pk: int) -> HttpResponse:
        return pdf(papers.evidence(self.case(pk), self.language, self.at))


class HearingRecordView(PaperView):
    """庭审笔录."""

    @extend_schema(operation_id="disputes_hearing_record", parameters=[LANGUAGE], responses=PDF)
    def get(self, request: Request, pk: int) -> HttpResponse:
        return pdf(papers.record(self.case(pk), self.language, self.at))


class ServiceReceiptView(PaperView):
    """送达回证."""

    @extend_schema(operation_id="disputes_service_receipt", parameters=[LANGUAGE], responses=PDF)
    def get(self, request: Request, pk: int) -> HttpResponse:
        return pdf(papers.service(self.case(pk), self.language, self.at))


class NonAcceptanceView(PaperView):
    """不予受理通知书."""

    @extend_schema(
        operation_id="disputes_non_acceptance_notice", parameters=[LANGUAGE], responses=PDF
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        return pdf(papers.nonacceptance(self.case(pk), self.language, self.at))


class OrderPaperView(PaperView):
    """决定书."""

    @extend_schema(operation_id="disputes_order_paper", parameters=[LANGUAGE], responses=PDF)
    def get(self, request: Request, pk: int) -> HttpResponse:
        return pdf(papers.order(self.case(pk), self.language, self.at))


class RulingPaperView(PaperView):
    """裁决书 or 调解书."""

    noun = "decision"

    @extend_schema(operation_id="decisions_paper", parameters=[LANGUAGE], responses=PDF)
    def get(self, request: Request, pk: int) -> HttpResponse:
        case, ruling = ruling_of(self.actor, pk, self.at)
        return pdf(papers.ruling(case, ruling, self.language, self.at))


def ruling_of(actor: Actor, pk: int, at: Any) -> tuple[Case, disputes.Ruling]:
    """A document and its case, of the cases that one may see."""
    case_id = disputes.case_of_ruling(policy.whose(actor, "decision", "read"), pk)
    found = disputes.cases(Q(pk=case_id))
    rulings = [r for r in visible(actor, found[0]) if r.id == pk] if found else []
    if not rulings:
        raise NotFound(noun="decision")
    return looking.look(Q(), found[0].id, actor=actor, at=at), rulings[0]


def pdf(made: Paper) -> HttpResponse:
    """The paper as a file to keep."""
    return HttpResponse(
        made.content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
    )
