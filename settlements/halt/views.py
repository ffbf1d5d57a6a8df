"""The stop switch over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.web.acting import acting
from jianzhu.web.fields import InstantField
from jianzhu.web.rows import RowsView, lists
from jianzhu.web.shapes import ReasonAsked
from settlements.halt import commands
from settlements.halt.models import PayoutSwitch


class PayoutSwitchShown(serializers.Serializer[Any]):
    """Whether payouts leave, and if not, why and since when."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    reason = serializers.CharField()
    stopped_by = serializers.CharField()
    stopped_at = InstantField(allow_null=True)
    asked_by = serializers.CharField()
    started_by = serializers.CharField()
    checked_at = InstantField(allow_null=True)


@lists
class PayoutSwitchesView(RowsView):
    """The one switch; POST stops every payout."""

    noun, model, shown = "payout_switch", PayoutSwitch, PayoutSwitchShown
    verbs = {"GET": "read", "POST": "stop"}

    @extend_schema(
        operation_id="payout_switch_stop", request=ReasonAsked, responses={201: PayoutSwitchShown}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(ReasonAsked)
        return self.made(commands.stop(reason=said["reason"], actor=self.actor, at=self.at))


ask = acting(
    "payout_switch_ask", "payout_switch", "start", PayoutSwitchShown,
    lambda pk, **say: commands.ask(switch_id=pk, **say),
)  # fmt: skip
start = acting(
    "payout_switch_start", "payout_switch", "start", PayoutSwitchShown,
    lambda pk, **say: commands.start(switch_id=pk, **say),
)  # fmt: skip
