"""Workers, payee accounts and crews over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access.models import Token
from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.shapes import ReasonAsked
from jianzhu.web.views import NounView
from workers_app.people import commands
from workers_app.people.models import Crew, PayeeAccount, Worker
from workers_app.people.rules import Home
from workers_app.people.serializers import (
    CrewAsked,
    CrewShown,
    HomeAsked,
    LeavingAsked,
    MemberAsked,
    MemberShown,
    PayeeAsked,
    PayeeCodeAsked,
    PayeeShown,
    WorkerAsked,
    WorkerShown,
)
from workers_app.people.steps import NewWorker


@lists
class WorkersView(RowsView):
    """Who can work."""

    noun, model, shown = "worker", Worker, WorkerShown
    verbs = {"GET": "read", "POST": "register"}
    filters = {"code": "code", "employer_id": "employer_id"}

    @extend_schema(
        operation_id="workers_register", request=WorkerAsked, responses={201: WorkerShown}
    )
    def post(self, request: Request) -> Response:
        new = NewWorker(**self.taken(WorkerAsked))
        return self.made(commands.register_worker(new=new, actor=self.actor, at=self.at))


@shows
class WorkerView(RowView):
    noun, model, shown = "worker", Worker, WorkerShown
    verbs = {"GET": "read"}


class WorkerHomeView(NounView):
    """Roughly where a worker lives."""

    noun = "worker"
    verbs = {"POST": "locate"}

    @extend_schema(operation_id="workers_locate", request=HomeAsked, responses={201: WorkerShown})
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(HomeAsked)
        home = None if said["latitude"] is None else Home.near(**said)
        row = commands.place_home(worker_id=pk, home=home, actor=self.actor, at=self.at)
        return Response(WorkerShown(row).data, status=201)


@lists
class PayeeAccountsView(RowsView):
    """Where wages go."""

    noun, model, shown = "payee_account", PayeeAccount, PayeeShown
    verbs = {"GET": "read", "POST": "propose"}
    filters = {"worker_id": "worker_id", "state": "state"}

    @extend_schema(
        operation_id="payee_accounts_propose", request=PayeeAsked, responses={201: PayeeShown}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(PayeeAsked)
        token = request.auth
        since = token.created_at if isinstance(token, Token) else None
        row = commands.propose_payee(**said, signed_in_at=since, actor=self.actor, at=self.at)
        return self.made(row)


@shows
class PayeeAccountView(RowView):
    noun, model, shown = "payee_account", PayeeAccount, PayeeShown
    verbs = {"GET": "read"}


class PayeeCodesView(NounView):
    """A fresh code to the worker's own phone, to change where the wages go."""

    noun = "payee_account"
    verbs = {"POST": "propose"}
    stores = False

    @extend_schema(
        operation_id="payee_account_codes_create", request=PayeeCodeAsked, responses={202: None}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(PayeeCodeAsked)
        commands.payee_code(**said, actor=self.actor, at=self.at)
        return Response(status=202)


class PayeeReviewView(NounView):
    """A person of the platform looked at a fraud signal."""

    noun = "payee_account"
    verbs = {"POST": "review"}

    @extend_schema(operation_id="payee_accounts_review", request=None, responses={201: PayeeShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.review_payee(payee_id=pk, actor=self.actor, at=self.at)
        return Response(PayeeShown(row).data, status=201)


class PayeeVerificationView(NounView):
    """A second person says that the account is the worker's own."""

    noun = "payee_account"
    verbs = {"POST": "verify"}

    @extend_schema(operation_id="payee_accounts_verify", request=None, responses={201: PayeeShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.verify_payee(payee_id=pk, actor=self.actor, at=self.at)
        return Response(PayeeShown(row).data, status=201)


class PayeeRefusalView(NounView):
    """A second person says that it is not."""

    noun = "payee_account"
    verbs = {"POST": "refuse"}

    @extend_schema(
        operation_id="payee_accounts_refuse", request=ReasonAsked, responses={201: PayeeShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ReasonAsked)
        row = commands.refuse_payee(payee_id=pk, **said, actor=self.actor, at=self.at)
        return Response(PayeeShown(row).data, status=201)


class PayeeSuspensionView(NounView):
    """Nothing goes there until somebody looked."""

    noun = "payee_account"
    verbs = {"POST": "suspend"}

    @extend_schema(
        operation_id="payee_accounts_suspend", request=ReasonAsked, responses={201: PayeeShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ReasonAsked)
        row = commands.suspend_payee(payee_id=pk, **said, actor=self.actor, at=self.at)
        return Response(PayeeShown(row).data, status=201)


class PayeeReinstatementView(NounView):
    """Somebody looked: wages may go there again."""

    noun = "payee_account"
    verbs = {"POST": "reinstate"}

    @extend_schema(
        operation_id="payee_accounts_reinstate", request=None, responses={201: PayeeShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        row = commands.reinstate_payee(payee_id=pk, actor=self.actor, at=self.at)
        return Response(PayeeShown(row).data, status=201)


@lists
class CrewsView(RowsView):
    """Who works with whom."""

    noun, model, shown = "crew", Crew, CrewShown
    verbs = {"GET": "read", "POST": "create"}
    filters = {"code": "code", "employer_id": "employer_id"}

    @extend_schema(operation_id="crews_create", request=CrewAsked, responses={201: CrewShown})
    def post(self, request: Request) -> Response:
        said = self.taken(CrewAsked)
        return self.made(commands.create_crew(**said, actor=self.actor, at=self.at))


@shows
class CrewView(RowView):
    noun, model, shown = "crew", Crew, CrewShown
    verbs = {"GET": "read"}


class CrewMembersView(NounView):
    """A worker joins."""

    noun = "crew"
    verbs = {"POST": "change"}

    @extend_schema(operation_id="crews_join", request=MemberAsked, responses={201: MemberShown})
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(MemberAsked)
        row = commands.join_crew(crew_id=pk, **said, actor=self.actor, at=self.at)
        return Response(MemberShown(row).data, status=201)


class CrewLeavingsView(NounView):
    """A worker leaves."""

    noun = "crew"
    verbs = {"POST": "change"}

    @extend_schema(operation_id="crews_leave", request=LeavingAsked, responses={201: MemberShown})
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(LeavingAsked)
        row = commands.leave_crew(crew_id=pk, **said, actor=self.actor, at=self.at)
        return Response(MemberShown(row).data, status=201)
