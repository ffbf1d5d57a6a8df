"""Organisations and users over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jianzhu.access.models import Organisation, User
from jianzhu.web.rows import RowsView, RowView, lists, shows
from jianzhu.web.staff import commands
from jianzhu.web.staff.serializers import (
    GrantAsked,
    MembershipShown,
    OrganisationAsked,
    OrganisationShown,
    UserAsked,
    UserShown,
)
from jianzhu.web.views import NounView


@lists
class OrganisationsView(RowsView):
    """Companies and offices."""

    noun, model, shown = "organisation", Organisation, OrganisationShown
    verbs = {"GET": "read", "POST": "create"}
    filters = {"code": "code"}

    @extend_schema(
        operation_id="organisations_create",
        request=OrganisationAsked,
        responses={201: OrganisationShown},
    )
    def post(self, request: Request) -> Response:
        said = self.taken(OrganisationAsked)
        return self.made(commands.create_organisation(**said, actor=self.actor, at=self.at))


@shows
class OrganisationView(RowView):
    noun, model, shown = "organisation", Organisation, OrganisationShown
    verbs = {"GET": "read"}


@lists
class UsersView(RowsView):
    """Who signs in, and what they hold."""

    noun, model, shown = "user", User, UserShown
    verbs = {"GET": "read", "POST": "create"}
    filters = {"username": "username"}

    @extend_schema(operation_id="users_create", request=UserAsked, responses={201: UserShown})
    def post(self, request: Request) -> Response:
        said = self.taken(UserAsked)
        return self.made(commands.create_user(**said, actor=self.actor, at=self.at))


@shows
class UserView(RowView):
    noun, model, shown = "user", User, UserShown
    verbs = {"GET": "read"}


class UserMembershipsView(NounView):
    """A role more."""

    noun = "user"
    verbs = {"POST": "grant"}

    @extend_schema(operation_id="users_grant", request=GrantAsked, responses={201: MembershipShown})
    def post(self, request: Request, pk: int) -> Response:
        said = self.taken(GrantAsked)
        row = commands.grant(user_id=pk, **said, actor=self.actor, at=self.at)
        return Response(MembershipShown(row).data, status=201)


class UserMembershipView(NounView):
    """A role less."""

    noun = "user"
    verbs = {"DELETE": "grant"}

    @extend_schema(operation_id="users_revoke", request=None, responses=MembershipShown)
    def delete(self, request: Request, pk: int, membership_id: int) -> Response:
        row = commands.revoke(user_id=pk, membership_id=membership_id, actor=self.actor, at=self.at)
        return Response(MembershipShown(row).data)


class UserDisablingView(NounView):
    """Out, at once, everywhere."""

    noun = "user"
    verbs = {"POST": "disable"}

    @extend_schema(operation_id="users_disable", request=None, responses={201: UserShown})
    def post(self, request: Request, pk: int) -> Response:
        row = commands.disable_user(user_id=pk, actor=self.actor, at=self.at)
        return Response(UserShown(row).data, status=201)
