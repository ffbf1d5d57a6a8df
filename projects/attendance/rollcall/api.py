"""Roll calls over the API: the leader calls, each worker answers the own line."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.web.views import NounView
from projects.attendance.rollcall import commands
from projects.attendance.rollcall.commands import Called
from projects.attendance.rollcall.models import RollCall, RollCallEntry
from projects.attendance.rollcall.serializers import (
    CallCodeAsked,
    EntryPage,
    EntryShown,
    RollCallAsked,
    RollCallPage,
    RollCallShown,
    WordsAsked,
)


class RollCallsView(NounView):
    """Who was there, as the foreman saw it."""

    noun = "roll_call"
    verbs: ClassVar = {"GET": "read", "POST": "call"}

    @extend_schema(operation_id="roll_calls_list", responses=RollCallPage)
    def get(self, request: Request) -> Response:
        rows = RollCall.objects.filter(policy.whose(self.actor, self.noun, "read"))
        return self.listing(rows, lambda row: dict(RollCallShown(row).data))

    @extend_schema(
        operation_id="roll_calls_call", request=RollCallAsked, responses={201: RollCallShown}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(RollCallAsked)
        said["called"] = [Called(**one) for one in said["called"]]
        row = commands.call_roll(**said, actor=self.actor, at=self.at)
        return Response(RollCallShown(row).data, status=201)


class EntriesView(NounView):
    """The lines of roll calls, each with the worker's answer."""

    noun = "roll_call_entry"
    verbs: ClassVar = {"GET": "read"}

    @extend_schema(operation_id="roll_call_entries_list", responses=EntryPage)
    def get(self, request: Request) -> Response:
        where = policy.whose(self.actor, self.noun, "read")
        rows = RollCallEntry.objects.filter(where).select_related("roll_call")
        return self.listing(rows, lambda row: dict(EntryShown(row).data))


class ConfirmationView(NounView):
    noun = "roll_call_entry"
    verbs: ClassVar = {"POST": "answer"}

    @extend_schema(
        operation_id="roll_call_entries_confirm", request=None, responses={201: EntryShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        row = commands.confirm_entry(entry_id=pk, actor=self.actor, at=self.at)
        return Response(EntryShown(row).data, status=201)


class DenialView(NounView):
    noun = "roll_call_entry"
    verbs: ClassVar = {"POST": "answer"}

    @extend_schema(
        operation_id="roll_call_entries_deny", request=WordsAsked, responses={201: EntryShown}
    )
    def post(self, request: Request, pk: int) -> Response:
        words = self.taken(WordsAsked)["words"]
        row = commands.deny_entry(entry_id=pk, words=words, actor=self.actor, at=self.at)
        return Response(EntryShown(row).data, status=201)


class CodeView(NounView):
    """A code to the phone of a worker who has no smartphone, to be told to the leader."""

    noun = "roll_call_entry"
    verbs: ClassVar = {"POST": "witness"}

    @extend_schema(operation_id="roll_call_entries_send_code", request=None, responses={202: None})
    def post(self, request: Request, pk: int) -> Response:
        commands.send_code(entry_id=pk, actor=self.actor, at=self.at)
        return Response(status=202)


class CodeConfirmationView(NounView):
    noun = "roll_call_entry"
    verbs: ClassVar = {"POST": "witness"}

    @extend_schema(
        operation_id="roll_call_entries_confirm_by_code",
        request=CallCodeAsked,
        responses={201: EntryShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        code = self.taken(CallCodeAsked)["code"]
        row = commands.confirm_by_code(entry_id=pk, code=code, actor=self.actor, at=self.at)
        return Response(EntryShown(row).data, status=201)
