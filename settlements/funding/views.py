"""Wage accounts and deposits over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.kernel.money import Money
from jianzhu.web.shapes import ReasonAsked
from jianzhu.web.views import NounView
from projects.sites import queries as sites
from settlements.funding import commands, errors, queries
from settlements.funding.models import Deposit, WageAccount
from settlements.funding.serializers import (
    DepositAsked,
    DepositPage,
    DepositShown,
    FundShown,
    WageAccountAsked,
    WageAccountPage,
    WageAccountShown,
)


def _account(row: WageAccount) -> dict[str, Any]:
    return dict(WageAccountShown(row).data)


class WageAccountsView(NounView):
    """Where a project's wages wait (专用账户)."""

    noun = "wage_account"
    verbs = {"GET": "read", "POST": "open"}

    @extend_schema(operation_id="wage_accounts_list", responses=WageAccountPage)
    def get(self, request: Request) -> Response:
        rows = WageAccount.objects.filter(policy.whose(self.actor, "wage_account", "read"))
        return self.listing(rows, _account)

    @extend_schema(
        operation_id="wage_accounts_open",
        request=WageAccountAsked,
        responses={201: WageAccountShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(WageAccountAsked)
        currency = sites.project(said["project_id"]).currency
        row = commands.open_wage_account(**said, currency=currency, actor=self.actor, at=self.at)
        return Response(_account(row), status=201)


class WageAccountView(NounView):
    """One account with its sums."""

    noun = "wage_account"
    verbs = {"GET": "read"}

    @extend_schema(operation_id="wage_accounts_read", responses=FundShown)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "wage_account", "read")
        row = WageAccount.objects.filter(where, pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        return Response(FundShown(queries.fund(row.project_id)).data)


class WageAccountFreezeView(NounView):
    """Nothing may leave."""

    noun = "wage_account"
    verbs = {"POST": "freeze"}

    @extend_schema(
        operation_id="wage_accounts_freeze", request=ReasonAsked, responses={201: WageAccountShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ReasonAsked)
        row = commands.freeze(
            wage_account_id=pk, reason=said["reason"], actor=self.actor, at=self.at
        )
        return Response(_account(row), status=201)


class WageAccountUnfreezeView(NounView):
    """Payouts leave again."""

    noun = "wage_account"
    verbs = {"POST": "unfreeze"}

    @extend_schema(
        operation_id="wage_accounts_unfreeze",
        request=ReasonAsked,
        responses={201: WageAccountShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ReasonAsked)
        row = commands.unfreeze(
            wage_account_id=pk, reason=said["reason"], actor=self.actor, at=self.at
        )
        return Response(_account(row), status=201)


class DepositsView(NounView):
    noun = "deposit"
    verbs = {"GET": "read", "POST": "record"}

    @extend_schema(operation_id="deposits_list", responses=DepositPage)
    def get(self, request: Request) -> Response:
        rows = Deposit.objects.filter(policy.whose(self.actor, "deposit", "read"))
        return self.listing(rows, lambda row: dict(DepositShown(row).data))

    @extend_schema(
        operation_id="deposits_record", request=DepositAsked, responses={201: DepositShown}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(DepositAsked)
        said["amount"] = self._amount(said)
        row = commands.record_deposit(**said, actor=self.actor, at=self.at)
        return Response(DepositShown(row).data, status=201)

    def _amount(self, said: dict[str, Any]) -> Money:
        """In the account's currency."""
        policy.require(self.actor, "deposit", "record", project_id=said["project_id"])
        account = queries.account_of(said["project_id"])
        if account is None:
            raise errors.NoWageAccount(project=said["project_id"])
        try:
            amount = Money.parse(said["amount"], account.currency)
        except ValueError as error:
            raise Invalid(field="amount", problem=str(error)) from error
        if amount.minor == 0:
            raise Invalid(field="amount", problem="more than nothing")
        return amount
