"""Labour cost, duties, shortfalls, withdrawals, the closing and the security over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.kernel.money import Money
from jianzhu.web.acting import acting
from jianzhu.web.pagination import asked_id
from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.views import NounView
from projects.sites import queries as sites
from settlements.funding import commands
from settlements.funding import serializers as shapes
from settlements.funding.commands import NewLabourCost
from settlements.funding.coverage import coverage
from settlements.funding.models import (
    Duty,
    LabourCostAgreement,
    SecurityDeposit,
    Shortfall,
    WageAccount,
    Withdrawal,
)
from settlements.funding.rules import Record


def money(said: dict[str, Any], name: str) -> Money:
    """An amount in the project's currency."""
    try:
        return Money.parse(said[name], sites.project(said["project_id"]).currency)
    except ValueError as error:
        raise Invalid(field=name, problem=str(error)) from error


def some(said: dict[str, Any], name: str) -> Money:
    """The same, more than nothing."""
    amount = money(said, name)
    if amount.minor <= 0:
        raise Invalid(field=name, problem="more than nothing")
    return amount


class CoverageView(NounView):
    """Days of wages ahead, from the published plan and the agreed rates; `plan_id`: from that plan."""

    noun = "wage_account"
    verbs = {"GET": "read"}

    @extend_schema(
        operation_id="wage_accounts_coverage",
        responses=shapes.CoverageShown,
        parameters=[OpenApiParameter("plan_id", OpenApiTypes.INT)],
    )
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "wage_account", "read")
        row = WageAccount.objects.filter(where, pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        found = coverage(row.project_id, self.at, asked_id(request, "plan_id"))
        return Response(shapes.CoverageShown(found).data)


@lists
class LabourCostAgreementsView(RowsView):
    """What owner and contractor agreed about labour cost."""

    noun, model, shown = (
        "labour_cost_agreement",
        LabourCostAgreement,
        shapes.LabourCostAgreementShown,
    )
    verbs = {"GET": "read", "POST": "propose"}
    filters = {"project_id": "project_id", "state": "state"}

    @extend_schema(
        operation_id="labour_cost_agreements_propose",
        request=shapes.LabourCostAgreementAsked,
        responses={201: shapes.LabourCostAgreementShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(shapes.LabourCostAgreementAsked)
        policy.require(self.actor, self.noun, "propose", project_id=said["project_id"])
        said["monthly_minor"] = money(said, "monthly").minor
        said["contract_minor"] = some(said, "contract").minor
        del said["monthly"], said["contract"]
        new = NewLabourCost(**said)
        return self.made(commands.propose_labour_cost(new=new, actor=self.actor, at=self.at))


@shows
class LabourCostAgreementView(RowView):
    noun, model, shown = (
        "labour_cost_agreement",
        LabourCostAgreement,
        shapes.LabourCostAgreementShown,
    )
    verbs = {"GET": "read"}


@lists
class DutiesView(RowsView):
    """What has to be done about the wage accounts, with its clocks."""

    noun, model, shown = "duty", Duty, shapes.DutyShown
    verbs = {"GET": "read"}
    filters = {"project_id": "project_id", "state": "state", "name": "name"}


class ProgressView(NounView):
    """Progress money was paid: the agreed share of it is due as labour cost."""

    noun = "duty"
    verbs = {"POST": "record"}

    @extend_schema(
        operation_id="progress_payments_record",
        request=shapes.ProgressAsked,
        responses={201: shapes.DutyShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(shapes.ProgressAsked)
        policy.require(self.actor, "duty", "record", project_id=said["project_id"])
        said["amount"] = some(said, "amount")
        row = commands.record_progress(**said, actor=self.actor, at=self.at)
        return Response(shapes.DutyShown(row).data, status=201)


@lists
class ShortfallsView(RowsView):
    """Accepted wages that an account can't pay, and who has to."""

    noun, model, shown = "shortfall", Shortfall, shapes.ShortfallShown
    verbs = {"GET": "read"}
    filters = {"project_id": "project_id", "state": "state"}


@lists
class WithdrawalsView(RowsView):
    """Surpluses that go back to who paid them in."""

    noun, model, shown = "withdrawal", Withdrawal, shapes.WithdrawalShown
    verbs = {"GET": "read", "POST": "ask"}
    filters = {"project_id": "wage_account__project_id", "state": "state"}

    @extend_schema(
        operation_id="withdrawals_ask",
        request=shapes.WithdrawalAsked,
        responses={201: shapes.WithdrawalShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(shapes.WithdrawalAsked)
        policy.require(self.actor, "withdrawal", "ask", project_id=said["project_id"])
        said["amount"] = some(said, "amount")
        return self.made(commands.ask_withdrawal(**said, actor=self.actor, at=self.at))


@lists
class SecurityDepositsView(RowsView):
    """Wage deposits (工资保证金) of the projects."""

    noun, model, shown = "security_deposit", SecurityDeposit, shapes.SecurityDepositShown
    verbs = {"GET": "read", "POST": "require"}
    filters = {"project_id": "project_id", "state": "state"}

    @extend_schema(
        operation_id="security_deposits_require",
        request=shapes.SecurityDepositAsked,
        responses={201: shapes.SecurityDepositShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(shapes.SecurityDepositAsked)
        project_id, base = said.pop("project_id"), said.pop("base_basis_points")
        row = commands.require_security(
            project_id=project_id,
            base_basis_points=base,
            record=Record(**said),
            actor=self.actor,
            at=self.at,
        )
        return self.made(row)


AGREEMENT, WITHDRAWAL = shapes.LabourCostAgreementShown, shapes.WithdrawalShown
ACCOUNT, SECURITY = shapes.WageAccountShown, shapes.SecurityDepositShown

agree = acting(
    "labour_cost_agreements_agree",
    "labour_cost_agreement",
    "agree",
    AGREEMENT,
    lambda pk, **say: commands.answer_labour_cost(agreement_id=pk, yes=True, **say),
)
refuse = acting(
    "labour_cost_agreements_refuse",
    "labour_cost_agreement",
    "agree",
    AGREEMENT,
    lambda pk, **say: commands.answer_labour_cost(agreement_id=pk, yes=False, **say),
)
approve = acting(
    "withdrawals_approve",
    "withdrawal",
    "approve",
    WITHDRAWAL,
    lambda pk, **say: commands.answer_withdrawal(withdrawal_id=pk, yes=True, **say),
)
decline = acting(
    "withdrawals_refuse",
    "withdrawal",
    "approve",
    WITHDRAWAL,
    lambda pk, **say: commands.answer_withdrawal(withdrawal_id=pk, yes=False, **say),
)
fulfil = acting(
    "duties_fulfil",
    "duty",
    "fulfil",
    shapes.DutyShown,
    lambda pk, **say: commands.fulfil(duty_id=pk, **say),
    shapes.FulfilmentAsked,
)
announce = acting(
    "wage_accounts_announce_closing",
    "wage_account",
    "announce",
    ACCOUNT,
    lambda pk, **say: commands.announce_closing(wage_account_id=pk, **say),
    shapes.ClosingAsked,
)
call_off = acting(
    "wage_accounts_call_off_closing",
    "wage_account",
    "announce",
    ACCOUNT,
    lambda pk, **say: commands.call_off_closing(wage_account_id=pk, **say),
)
close = acting(
    "wage_accounts_close",
    "wage_account",
    "close",
    ACCOUNT,
    lambda pk, **say: commands.close(wage_account_id=pk, **say),
)
lodge = acting(
    "security_deposits_lodge",
    "security_deposit",
    "lodge",
    SECURITY,
    lambda pk, **say: commands.lodge_security(security_deposit_id=pk, **say),
    shapes.LodgingAsked,
)
draw = acting(
    "security_deposits_draw",
    "security_deposit",
    "draw",
    SECURITY,
    lambda pk, **say: commands.draw_security(security_deposit_id=pk, **say),
    shapes.OrderAsked,
)
give_back = acting(
    "security_deposits_return", "security_deposit", "return", SECURITY,
    lambda pk, **say: commands.return_security(security_deposit_id=pk, **say),
)  # fmt: skip
