"""Plans and offers over the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import NotFound
from jianzhu.kernel.money import Money
from jianzhu.web.pagination import asked_id
from jianzhu.web.rows import RowsView, RowView, lists, page_of, shows
from jianzhu.web.shapes import ReasonAsked
from jianzhu.web.views import NounView, plain
from projects.scheduling.plans import charts, commands, moving, queries, replanning, wages
from projects.scheduling.plans.models import Offer, Plan, PlanPart
from projects.scheduling.plans.moving import Score
from projects.scheduling.plans.paces import paces_of
from projects.scheduling.plans.problems import Pin
from projects.scheduling.plans.serializers import (
    DifferenceShown,
    MoveAsked,
    PaceShown,
    PerformanceShown,
    PlanAsked,
    PlanPartShown,
    PlanPartWhy,
    PlanShown,
    ProgressShown,
    ScoreShown,
    WeekShown,
    WorkOfferShown,
    items_of,
)
from projects.scheduling.solver.stop import StopRule
from projects.scheduling.solver.weights import Weights
from projects.sites import queries as sites


@lists
class PlansView(RowsView):
    """How a project may be planned."""

    noun, model, shown = "plan", Plan, PlanShown
    verbs = {"GET": "read", "POST": "draft"}
    filters = {"project_id": "project_id", "state": "state"}

    @extend_schema(operation_id="plans_draft", request=PlanAsked, responses={201: PlanShown})
    def post(self, request: Request) -> Response:
        said = self.taken(PlanAsked)
        work, seconds = said["work"], said["seconds"]
        if work is None and seconds is None:
            work = commands.WORK
        row = commands.draft(
            project_id=said["project_id"],
            starts_on=said["starts_on"],
            weights=Weights(**said["weights"]),
            stop=StopRule(seconds=seconds, work=work, gap=said["gap"]),
            seed=said["seed"],
            pins=[_pin(pin) for pin in said["pins"]],
            only=said["work_package_ids"],
            actor=self.actor,
            at=self.at,
        )
        return self.made(row)


def _pin(said: dict[str, Any]) -> Pin:
    workers = said["worker_ids"]
    return Pin(
        said["work_package_id"], said["starts_on"], None if workers is None else tuple(workers)
    )


@shows
class PlanView(RowView):
    noun, model, shown = "plan", Plan, PlanShown
    verbs = {"GET": "read"}


class OfPlan(NounView):
    """Something about one plan."""

    noun = "plan"

    def row(self, pk: int, verb: str = "read") -> Plan:
        """The plan, for whoever may."""
        return queries.plan(policy.whose(self.actor, "plan", verb), pk)


class PlanProgressView(OfPlan):
    """How far the search is."""

    verbs = {"GET": "read"}

    @extend_schema(operation_id="plans_progress", responses=page_of(ProgressShown))
    def get(self, request: Request, pk: int) -> Response:
        rows = self.row(pk).progress.all()
        return self.listing(rows, lambda row: dict(ProgressShown(row).data))


class PlanWagesView(OfPlan):
    """What it costs in wages, week by week."""

    verbs = {"GET": "read"}

    @extend_schema(operation_id="plans_wages", responses=items_of(WeekShown))
    def get(self, request: Request, pk: int) -> Response:
        row = self.row(pk)
        currency = row.project.currency
        weeks = [
            {"monday": w.monday.isoformat(), "days": w.days,
             "wages": str(Money(w.wages_minor, currency))}
            for w in wages.weekly(row)
        ]  # fmt: skip
        return Response({"items": weeks})


class AnyAccept(BaseContentNegotiation):
    """A picture is a picture, whatever the asker says about JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class PlanGanttView(OfPlan):
    """The plan as a chart: by package, by worker, or of one crew."""

    verbs = {"GET": "read"}
    content_negotiation_class = AnyAccept

    @extend_schema(
        operation_id="plans_gantt",
        responses={(200, "image/svg+xml"): OpenApiTypes.STR},
        parameters=[
            OpenApiParameter("by", OpenApiTypes.STR, description="package or worker"),
            OpenApiParameter("crew_id", OpenApiTypes.INT),
        ],
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        crew = asked_id(request, "crew_id")
        chart = charts.chart(
            self.row(pk), by=request.query_params.get("by", "package"), crew_id=crew, at=self.at
        )
        return HttpResponse(chart, content_type="image/svg+xml")


class PlanDifferencesView(OfPlan):
    """What is elsewhere than in another plan, the one it is based on unless `with` names one."""

    verbs = {"GET": "read"}

    @extend_schema(
        operation_id="plans_differences",
        responses=items_of(DifferenceShown),
        parameters=[OpenApiParameter("with", OpenApiTypes.INT)],
    )
    def get(self, request: Request, pk: int) -> Response:
        row = self.row(pk)
        other = asked_id(request, "with") or row.based_on_id
        found = [] if other is None else queries.differences(self.row(other), row)
        return Response({"items": [DifferenceShown(plain(one)).data for one in found]})


class PlanCancelView(NounView):
    """End the search; the best so far is kept."""

    noun = "plan"
    verbs = {"POST": "cancel"}

    @extend_schema(operation_id="plans_cancel", request=None, responses={201: PlanShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.cancel(plan_id=pk, actor=self.actor, at=self.at)
        return Response(PlanShown(row).data, status=201)


class PlanProposalView(NounView):
    """Shown to everybody on the project."""

    noun = "plan"
    verbs = {"POST": "propose"}

    @extend_schema(operation_id="plans_propose", request=None, responses={201: PlanShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.propose(plan_id=pk, actor=self.actor, at=self.at)
        return Response(PlanShown(row).data, status=201)


class PlanPublicationView(NounView):
    """Offered to the workers."""

    noun = "plan"
    verbs = {"POST": "publish"}

    @extend_schema(operation_id="plans_publish", request=None, responses={201: PlanShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.publish(plan_id=pk, actor=self.actor, at=self.at)
        return Response(PlanShown(row).data, status=201)


class PlanDiscardView(NounView):
    """Not wanted any more."""

    noun = "plan"
    verbs = {"POST": "discard"}

    @extend_schema(operation_id="plans_discard", request=None, responses={201: PlanShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.discard(plan_id=pk, actor=self.actor, at=self.at)
        return Response(PlanShown(row).data, status=201)


class PlanTrialView(OfPlan):
    """What a move would change; nothing is stored."""

    verbs = {"POST": "move"}
    stores = False

    @extend_schema(operation_id="plans_try", request=MoveAsked, responses={200: ScoreShown})
    def post(self, request: Request, pk: int) -> Response:
        row, said = self.row(pk, "move"), self.taken(MoveAsked)
        return Response(scored(moving.score(row, **said), row))


class PlanMoveView(OfPlan):
    """A person's move: scored, pinned, kept. On a published plan it makes a re-plan around it."""

    verbs = {"POST": "move"}

    @extend_schema(operation_id="plans_move", request=MoveAsked, responses={201: ScoreShown})
    def post(self, request: Request, pk: int) -> Response:
        row, said = self.row(pk, "move"), self.taken(MoveAsked)
        score = replanning.move(plan=row, **said, actor=self.actor, at=self.at)
        return Response(scored(score, row), status=201)


def scored(score: Score, row: Plan) -> dict[str, Any]:
    """A score on the wire."""
    amounts = ("cost_before", "cost_after", "lateness_before", "lateness_after")
    said = asdict(score)
    shown = {name: str(Money(said[name], row.project.currency)) for name in amounts}
    return dict(ScoreShown(said | shown).data)


@lists
class PlanPartsView(RowsView):
    """Which package is where in a plan, and with whom."""

    noun, model, shown = "plan_part", PlanPart, PlanPartShown
    verbs = {"GET": "read"}
    filters = {"plan_id": "plan_id", "project_id": "plan__project_id"}


@shows
class PlanPartView(RowView):
    """One part, and why it is so."""

    noun, model, shown = "plan_part", PlanPart, PlanPartWhy
    verbs = {"GET": "read"}


@lists
class OffersView(RowsView):
    """Work offered to workers."""

    noun, model, shown = "offer", Offer, WorkOfferShown
    verbs = {"GET": "read"}
    filters = {"project_id": "work_package__project_id", "state": "state", "worker_id": "worker_id"}


@shows
class OfferView(RowView):
    noun, model, shown = "offer", Offer, WorkOfferShown
    verbs = {"GET": "read"}


class OfferAcceptView(NounView):
    """The worker will come."""

    noun = "offer"
    verbs = {"POST": "accept"}

    @extend_schema(operation_id="offers_accept", request=None, responses={201: WorkOfferShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.accept(offer_id=pk, actor=self.actor, at=self.at)
        return Response(WorkOfferShown(row).data, status=201)


class OfferDeclineView(NounView):
    """The worker will not."""

    noun = "offer"
    verbs = {"POST": "decline"}

    @extend_schema(
        operation_id="offers_decline", request=ReasonAsked, responses={201: WorkOfferShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ReasonAsked)
        row = commands.decline(offer_id=pk, **said, actor=self.actor, at=self.at)
        return Response(WorkOfferShown(row).data, status=201)


class OfProject(NounView):
    """What was learnt of a project's work."""

    noun = "pace"
    verbs = {"GET": "read"}

    def project_id(self, pk: int) -> int:
        """The project, for whoever may."""
        if not sites.projects(policy.whose(self.actor, "pace", "read") & sites.one(pk)):
            raise NotFound(noun="project")
        return pk


class PacesView(OfProject):
    """What people really make a day."""

    @extend_schema(operation_id="paces_read", responses=items_of(PaceShown))
    def get(self, request: Request, pk: int) -> Response:
        return Response({"items": [plain(one) for one in paces_of(self.project_id(pk))]})


class PerformanceView(OfProject):
    """Planned against done."""

    @extend_schema(operation_id="performance_read", responses=PerformanceShown)
    def get(self, request: Request, pk: int) -> Response:
        found = queries.performance(self.project_id(pk), self.at)
        return Response(PerformanceShown(found).data)
