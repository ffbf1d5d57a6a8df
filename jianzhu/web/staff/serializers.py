"""Organisations and users on the wire. A password goes in and never comes out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework import serializers

from jianzhu.access.models import Role
from jianzhu.web.fields import InstantField
from jianzhu.web.pagination import ID_MAX

CODE = r"^[A-Za-z0-9._-]{1,32}\Z"


class OrganisationShown(serializers.Serializer[Any]):
    """A company or office (单位)."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()


class OrganisationAsked(serializers.Serializer[Any]):
    """`code` is the unified social credit code (统一社会信用代码) or the like."""

    code = serializers.RegexField(CODE)
    name = serializers.CharField(max_length=200)


class MembershipShown(serializers.Serializer[Any]):
    """A role held over [valid_from, valid_to)."""

    id = serializers.IntegerField()
    organisation_id = serializers.IntegerField()
    role = serializers.CharField()
    project_id = serializers.IntegerField(allow_null=True)
    valid_from = InstantField()
    valid_to = InstantField(allow_null=True)


class UserShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()
    language = serializers.CharField()
    is_active = serializers.BooleanField()
    memberships = MembershipShown(many=True, source="memberships.all")


class UserAsked(serializers.Serializer[Any]):
    """Somebody of the staff; workers get their account by being registered."""

    username = serializers.RegexField(r"^[A-Za-z0-9._@-]{3,64}\Z")
    name = serializers.CharField(max_length=100)
    password = serializers.CharField(max_length=256, write_only=True)
    language = serializers.ChoiceField(settings.LANGUAGES, default="zh-hans")


class GrantAsked(serializers.Serializer[Any]):
    """Without a project the role counts on every project of the organisation."""

    organisation_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
    role = serializers.ChoiceField(Role.choices)
    project_id = serializers.IntegerField(
        min_value=1, max_value=ID_MAX, required=False, allow_null=True
    )


class UserGrantAsked(GrantAsked):
    """As `GrantAsked`, with the user."""

    user_id = serializers.IntegerField(min_value=1, max_value=ID_MAX)
