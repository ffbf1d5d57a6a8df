"""Milestones, their shares and corrections over the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access import policy
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.kernel.money import Money
from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.views import NounView
from projects.sites import queries as sites
from settlements.milestones import commands
from settlements.milestones.models import Milestone, MilestoneCorrection, MilestoneShare
from settlements.milestones.serializers import (
    MilestoneAcceptanceAsked,
    MilestoneAsked,
    MilestoneCorrectionAsked,
    MilestoneCorrectionShown,
    MilestonePartShown,
    MilestoneRejectionAsked,
    MilestoneShareShown,
    MilestoneShown,
    ShareObjectionAsked,
    ShareOutShown,
    ShareSignatureAsked,
)
from settlements.milestones.steps import NewMilestone


def minor(field: str, amount: str, currency: str) -> int:
    """Minor units of an amount in text; Invalid names the field."""
    try:
        return Money.parse(amount, currency).minor
    except ValueError as error:
        raise Invalid(field=field, problem=str(error)) from error


@lists
class MilestonesView(RowsView):
    """Payment milestones of crews' contracts."""

    noun, model, shown = "milestone", Milestone, MilestoneShown
    verbs = {"GET": "read", "POST": "plan"}
    filters = {"project_id": "project_id", "crew_id": "crew_id", "state": "state"}

    @extend_schema(
        operation_id="milestones_plan", request=MilestoneAsked, responses={201: MilestoneShown}
    )
    def post(self, request: Request) -> Response:
        said = self.taken(MilestoneAsked)
        policy.require(self.actor, "milestone", "plan", project_id=said["project_id"])
        currency = sites.project(said["project_id"]).currency
        new = NewMilestone(
            labour_minor=minor("labour_amount", said.pop("labour_amount"), currency),
            retention_minor=minor("retention", said.pop("retention"), currency),
            **said,
        )
        return self.made(commands.plan(new=new, actor=self.actor, at=self.at))


@shows
class MilestoneView(RowView):
    noun, model, shown = "milestone", Milestone, MilestoneShown
    verbs = {"GET": "read"}


class OfMilestoneView(NounView):
    """A move of one milestone."""

    noun = "milestone"

    def done(self, row: Milestone) -> Response:
        """The milestone as it stands after the move."""
        return Response(MilestoneShown(row).data, status=201)


class MilestoneShareOutView(OfMilestoneView):
    """Who shares, by which weight, what was cut and decided so far."""

    verbs = {"GET": "read"}

    @extend_schema(operation_id="milestones_share_out", responses=ShareOutShown)
    def get(self, request: Request, pk: int) -> Response:
        where = policy.whose(self.actor, "milestone", "read")
        row = Milestone.objects.filter(where, pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        return Response(ShareOutShown(row).data)


class MilestoneSubmissionView(OfMilestoneView):
    """Handed to the accepting side; the silence clock runs, and the share-out is shown."""

    verbs = {"POST": "submit"}

    @extend_schema(operation_id="milestones_submit", request=None, responses={201: MilestoneShown})
    def post(self, request: Request, pk: int) -> Response:
        return self.done(commands.submit(milestone_id=pk, actor=self.actor, at=self.at))


class MilestoneCancellationView(OfMilestoneView):
    """Planned by mistake."""

    verbs = {"POST": "cancel"}

    @extend_schema(operation_id="milestones_cancel", request=None, responses={201: MilestoneShown})
    def post(self, request: Request, pk: int) -> Response:
        return self.done(commands.cancel(milestone_id=pk, actor=self.actor, at=self.at))


class MilestoneAcceptanceView(OfMilestoneView):
    """The whole, or a part with the defect of the rest."""

    verbs = {"POST": "accept"}

    @extend_schema(
        operation_id="milestones_accept",
        request=MilestoneAcceptanceAsked,
        responses={201: MilestoneShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(MilestoneAcceptanceAsked)
        if not said:
            return self.done(commands.accept(milestone_id=pk, actor=self.actor, at=self.at))
        where = policy.whose(self.actor, "milestone", "accept")
        row = Milestone.objects.filter(where, pk=pk).first()
        if row is None:
            raise NotFound(noun=self.noun)
        accepted = minor("accepted", said.pop("accepted"), row.currency)
        return self.done(
            commands.accept_partly(
                milestone_id=pk, accepted_minor=accepted, **said, actor=self.actor, at=self.at
            )
        )


class MilestoneRejectionView(OfMilestoneView):
    """Nothing more than before."""

    verbs = {"POST": "accept"}

    @extend_schema(
        operation_id="milestones_reject",
        request=MilestoneRejectionAsked,
        responses={201: MilestoneShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(MilestoneRejectionAsked)
        return self.done(commands.reject(milestone_id=pk, **said, actor=self.actor, at=self.at))


@lists
class MilestoneSharesView(RowsView):
    """Shares as they were shown, and what was said to them."""

    noun, model, shown = "milestone_share", MilestoneShare, MilestoneShareShown
    verbs = {"GET": "read"}
    filters = {"milestone_id": "milestone_id", "worker_id": "worker_id", "state": "state"}


@shows
class MilestoneShareView(RowView):
    noun, model, shown = "milestone_share", MilestoneShare, MilestoneShareShown
    verbs = {"GET": "read"}


class ShareSignatureView(NounView):
    """The worker agrees to the share-out that was read."""

    noun = "milestone_share"
    verbs = {"POST": "sign"}

    @extend_schema(
        operation_id="milestone_shares_sign",
        request=ShareSignatureAsked,
        responses={201: MilestoneShareShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ShareSignatureAsked)
        row = commands.sign(share_id=pk, **said, actor=self.actor, at=self.at)
        return Response(MilestoneShareShown(row).data, status=201)


class ShareObjectionView(NounView):
    """The worker does not agree; only the own share waits."""

    noun = "milestone_share"
    verbs = {"POST": "object"}

    @extend_schema(
        operation_id="milestone_shares_object",
        request=ShareObjectionAsked,
        responses={201: MilestoneShareShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(ShareObjectionAsked)
        row = commands.object_to(share_id=pk, **said, actor=self.actor, at=self.at)
        return Response(MilestoneShareShown(row).data, status=201)


class PartReleaseView(NounView):
    """The accepting side lets a kept part go before its clock ends."""

    noun = "milestone_part"
    verbs = {"POST": "release"}

    @extend_schema(
        operation_id="milestone_parts_release",
        request=None,
        responses={201: MilestonePartShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        row = commands.let_go(part_id=pk, actor=self.actor, at=self.at)
        return Response(MilestonePartShown(row).data, status=201)


class MilestoneCorrectionsView(NounView):
    """Signed differences to the shares of one milestone, for a second person to agree to."""

    noun = "milestone"
    verbs = {"POST": "correct"}

    @extend_schema(
        operation_id="milestone_corrections_propose",
        request=MilestoneCorrectionAsked,
        responses={201: MilestoneCorrectionShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(MilestoneCorrectionAsked)
        where = policy.whose(self.actor, "milestone", "correct")
        milestone = Milestone.objects.filter(where, pk=pk).first()
        if milestone is None:
            raise NotFound(noun="milestone")
        amounts: dict[int, int] = {
            one["worker_id"]: minor("amounts", one["amount"], milestone.currency)
            for one in said.pop("amounts")
        }
        row = commands.propose_correction(
            milestone_id=pk, amounts=amounts, **said, actor=self.actor, at=self.at
        )
        return Response(MilestoneCorrectionShown(row).data, status=201)


@lists
class AllCorrectionsView(RowsView):
    """Corrections of shares, proposed and answered."""

    noun, model, shown = "milestone_correction", MilestoneCorrection, MilestoneCorrectionShown
    verbs = {"GET": "read"}
    filters = {"milestone_id": "milestone_id", "state": "state"}


class CorrectionAnswerView(NounView):
    """What a second person says to a correction."""

    noun = "milestone_correction"

    def said(self, row: Any) -> Response:
        """The correction as it stands."""
        return Response(MilestoneCorrectionShown(row).data, status=201)


class CorrectionAgreementView(CorrectionAnswerView):
    """A second person agrees; the differences go out."""

    verbs = {"POST": "agree"}

    @extend_schema(
        operation_id="milestone_corrections_agree",
        request=None,
        responses={201: MilestoneCorrectionShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        return self.said(commands.agree_correction(correction_id=pk, actor=self.actor, at=self.at))


class CorrectionRefusalView(CorrectionAnswerView):
    """A second person does not."""

    verbs = {"POST": "refuse"}

    @extend_schema(
        operation_id="milestone_corrections_refuse",
        request=None,
        responses={201: MilestoneCorrectionShown},
    )
    def post(self, request: Request, pk: int) -> Response:
        return self.said(commands.refuse_correction(correction_id=pk, actor=self.actor, at=self.at))
