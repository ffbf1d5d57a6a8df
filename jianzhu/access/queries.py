"""Who somebody is, and what they hold, at an instant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from jianzhu.access.actor import Actor, Grant
from jianzhu.access.models import Membership, Organisation, User
from jianzhu.kernel.errors import NotFound


def actor_of(user: User, at: datetime) -> Actor:
    """The user as an actor, with the roles held at `at`; one query."""
    held = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=at), user=user, valid_from__lte=at
    )
    return Actor(
        kind="user",
        user_id=user.pk,
        worker_id=user.worker_id,
        grants=tuple(Grant(m.role, m.organisation_id, m.project_id) for m in held.order_by("pk")),
    )


def actor_of_user(user_id: int, at: datetime) -> Actor:
    """As `actor_of`, by id."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound(noun="user")
    return actor_of(user, at)


def password_is(user_id: int, password: str) -> bool:
    """Whether this is the user's password; costs the same time for a user without one."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user is not None and user.check_password(password)


def name_of(user_id: int) -> str:
    """The user's name."""
    return User.objects.values_list("name", flat=True).get(pk=user_id)


def names_of(hands: Iterable[str]) -> dict[str, str]:
    """{hand: name} of hands as the audit log writes them ("user:12"); others stay as they are."""
    ids = {int(h.partition(":")[2]): h for h in hands if h.startswith("user:")}
    rows = User.objects.filter(pk__in=ids).values_list("pk", "name")
    return {ids[pk]: name for pk, name in rows}


def workers_of_hands(hands: Iterable[str]) -> dict[str, int]:
    """{hand: worker} of those hands that are a worker's."""
    ids = {int(h.partition(":")[2]): h for h in hands if h.startswith("user:")}
    rows = User.objects.filter(pk__in=ids, worker_id__isnull=False)
    return {ids[pk]: int(own or 0) for pk, own in rows.values_list("pk", "worker_id")}


@dataclass(frozen=True, slots=True)
class Past:
    """A role that somebody holds or held, and where."""

    role: str
    organisation_id: int
    project_id: int | None
    valid_to: datetime | None


def roles_ever(user_id: int) -> list[Past]:
    """Every role that the user has or had, the oldest first."""
    rows = Membership.objects.filter(user=user_id).order_by("valid_from", "pk")
    return [
        Past(*row) for row in rows.values_list("role", "organisation_id", "project_id", "valid_to")
    ]


@dataclass(frozen=True, slots=True)
class Self:
    """What ties a user to a worker: the worker they are, and the blind index of their phone."""

    worker_id: int | None
    phone_index: bytes


def self_of(user_id: int) -> Self:
    """Who the user is beside their office."""
    user = User.objects.get(pk=user_id)
    return Self(user.worker_id, bytes(user.phone_index or b""))


def organisations(codes: set[str]) -> dict[str, int]:
    """{code: id} of organisations."""
    return dict(Organisation.objects.filter(code__in=codes).values_list("code", "pk"))


def organisation_names(ids: Iterable[int]) -> dict[int, str]:
    """{organisation: name}."""
    return dict(Organisation.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def holders(role: str, at: datetime) -> dict[int, str]:
    """{user: name} of those who hold the role at the instant."""
    held = Membership.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=at), role=role, valid_from__lte=at, user__is_active=True
    )
    return dict(held.order_by("user__name").values_list("user_id", "user__name"))


def user_named(username: str) -> int:
    """The id of the user of this name; NotFound when there is none."""
    found = User.objects.filter(username=username).values_list("pk", flat=True).first()
    if found is None:
        raise NotFound(noun="user")
    return found
