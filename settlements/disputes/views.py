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
from jianzhu.web.pagination import page
from jianzhu.web.views import NounView
from projects.sites import queries as sites
from settlements.disputes import commands, queries, words
from settlements.disputes.commands import looking
from settlements.disputes.models import CaseParty, Dispute, DisputedLine
from settlements.disputes.serializers import (
    AppealAsked,
    AssignmentAsked,
    CaseRecordShown,
    CourtAsked,
    CrewDisputeAsked,
    DecisionAsked,
    DisputeAsked,
    DisputePage,
    DisputeShown,
    EscalationAsked,
    OfferAnswerAsked,
    PleaAsked,
    SayingAsked,
    StageAsked,
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
        found, link = page(request, _rows(policy.whose(self.actor, "dispute", "read")))
        said = {"said": words.read(words.of_cases(found))}
        return Response({"items": DisputeShown(found, many=True, context=said).data, "next": link})

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
        where = policy.whose(self.actor, "dispute", "read")
        looking.look(where, pk, actor=self.actor, at=self.at)
        return Response(_shown(_readable(pk, where)))


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
        case = _readable(pk, policy.whose(self.actor, "dispute", "decide"))
        done = commands.decide(
            dispute_id=pk,
            awards=_amounts(case, said["awards"]),
            reasons=said["reasons"],
            kind=said["kind"],
            actor=self.actor,
            at=self.at,
        )
        return _done(done)


def _readable(pk: int, where: Q) -> Dispute:
    row = _rows(where).filter(pk=pk).first()
    if row is None:
        raise NotFound(noun="dispute")
    return row


def _amounts(case: Dispute, said: list[dict[str, Any]]) -> dict[int, int]:
    currency = sites.project(case.project_id).currency
    return {one["line"]: _minor(one["amount"], currency) for one in said}


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


class DisputeRecordView(NounView):
    """Element table, clocks, orders, offers and decisions of a case."""

    noun = "dispute"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="disputes_record", responses=CaseRecordShown)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "dispute", "read")
        looking.look(where, pk, actor=self.actor, at=self.at)
        # Of a crew's case each worker sees the own part; whoever reads as a company sees it whole.
        own = self.actor.worker_id if not policy.projects(self.actor) else None
        found = queries.record(pk, only_worker=None if self._decides() else own)
        return Response(CaseRecordShown(found).data)

    def _decides(self) -> bool:
        return bool({"arbitrator", "operator"} & self.actor.roles)


class DisputeSayingsView(NounView):
    """What one side says of an element."""

    noun = "dispute"
    verbs = {"POST": "say"}

    @extend_schema(operation_id="disputes_say", request=SayingAsked, responses={201: DisputeShown})
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(SayingAsked)
        line = said.pop("line")
        return _done(
            commands.say(dispute_id=pk, line_id=line, **said, actor=self.actor, at=self.at)
        )


class DisputeOfferAnswersView(NounView):
    """Yes or no to an offered result."""

    noun = "dispute"
    verbs = {"POST": "answer"}

    @extend_schema(
        operation_id="disputes_answer_offer",
        request=OfferAnswerAsked,
        responses={201: DisputeShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(OfferAnswerAsked)
        done = commands.answer_offer(
            dispute_id=pk, offer_id=said["offer"], yes=said["yes"], actor=self.actor, at=self.at
        )
        return _done(done)


class DisputePleaView(NounView):
    """The respondent's answer to the application."""

    noun = "dispute"
    verbs = {"POST": "answer"}

    @extend_schema(operation_id="disputes_plead", request=PleaAsked, responses={201: DisputeShown})
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(PleaAsked)
        return _done(commands.answer(dispute_id=pk, **said, actor=self.actor, at=self.at))


class DisputeEscalationView(NounView):
    """The claimant calls the next stage."""

    noun = "dispute"
    verbs = {"POST": "escalate"}

    @extend_schema(
        operation_id="disputes_escalate", request=EscalationAsked, responses={201: DisputeShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(EscalationAsked)
        return _done(commands.escalate(dispute_id=pk, **said, actor=self.actor, at=self.at))


class DisputeStagesView(NounView):
    """The arbitrator's moves from intake to hearing, orders that stop the clocks, proposals."""

    noun = "dispute"
    verbs = {"POST": "conduct"}

    @extend_schema(
        operation_id="disputes_conduct", request=StageAsked, responses={201: DisputeShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(StageAsked)
        case = _readable(pk, policy.whose(self.actor, "dispute", "conduct"))
        if "amounts" in said:
            said["amounts"] = _amounts(case, said["amounts"])
        done = commands.conduct(
            dispute_id=pk, verb=said.pop("verb"), facts=said, actor=self.actor, at=self.at
        )
        return _done(done)


class DisputeAppealsView(NounView):
    """To the court, within the window."""

    noun = "dispute"
    verbs = {"POST": "appeal"}

    @extend_schema(
        operation_id="disputes_appeal", request=AppealAsked, responses={201: DisputeShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(AppealAsked)
        decision = said.pop("decision")
        done = commands.appeal(
            dispute_id=pk, decision_id=decision, **said, actor=self.actor, at=self.at
        )
        return _done(done.dispute)


class DisputeCourtView(NounView):
    """What the court did with it."""

    noun = "dispute"
    verbs = {"POST": "conduct"}

    @extend_schema(operation_id="disputes_court", request=CourtAsked, responses={201: DisputeShown})
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(CourtAsked)
        decision = said.pop("decision")
        done = commands.court_said(
            dispute_id=pk, decision_id=decision, **said, actor=self.actor, at=self.at
        )
        return _done(done.dispute)
