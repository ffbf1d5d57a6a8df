"""Users, organisations, roles held over time, one-time codes and tokens."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from jianzhu.kernel import guards


class Role(models.TextChoices):
    """What an organisation's people do (rules of pay §4); `worker` is had by being one."""

    CREW_LEADER = "crew_leader", "班组长"
    SUBCONTRACTOR = "subcontractor", "分包单位"
    GENERAL_CONTRACTOR = "general_contractor", "施工总承包单位"
    LABOUR_OFFICER = "labour_officer", "劳资专管员"
    OWNER = "owner", "建设单位"
    ARBITRATOR = "arbitrator", "仲裁员"
    OPERATOR = "operator", "运营"
    AUDITOR = "auditor", "监管"


class Organisation(models.Model):
    """A company or office (单位), known by its unified social credit code or the like."""

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "jianzhu"

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Staff are made by `access.commands`, workers by `people.commands`."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody who signs in: staff by name and password, a worker by phone and one-time code."""

    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=100)
    phone_index = models.BinaryField(max_length=32, null=True, unique=True)
    # The worker's row lies in a room above this one, so only its id is kept.
    worker_id = models.BigIntegerField(null=True, unique=True)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, default="zh-hans")
    created_at = models.DateTimeField()

    journal_except = ("last_login",)

    USERNAME_FIELD = "username"
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        app_label = "jianzhu"

    @property
    def is_staff(self) -> bool:
        """Operators may enter the admin."""
        return self.memberships.filter(role=Role.OPERATOR, valid_to=None).exists()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """The admin shows what operators may look at; changes go through commands."""
        return self.is_active and self.is_staff and ".view_" in perm

    def has_module_perms(self, app_label: str) -> bool:
        """See `has_perm`."""
        return self.is_active and self.is_staff


class Membership(models.Model):
    """A role that a user holds in an organisation over [valid_from, valid_to)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=24, choices=Role.choices)
    # None: on every project the organisation is a party of.
    project_id = models.BigIntegerField(null=True)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        app_label = "jianzhu"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="membership_period",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role", "project_id"],
                condition=Q(valid_to=None),
                nulls_distinct=False,
                name="membership_once",
            ),
        ]
        triggers = guards.fixed(
            "membership", "user", "organisation", "role", "project_id", "valid_from"
        )


class OneTimeCode(models.Model):
    """A code sent to a phone: hashed, for one purpose, five minutes, five tries, once."""

    phone_index = models.BinaryField(max_length=32)
    purpose = models.CharField(max_length=24)
    code_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "jianzhu"
        indexes = [models.Index(fields=["phone_index", "-created_at"])]


class Token(models.Model):
    """A bearer token of the API; only its hash is kept. Ended by sign-out or with its user."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "jianzhu"
