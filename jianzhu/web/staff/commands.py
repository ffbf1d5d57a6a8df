"""What operators do to organisations and users."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.access.models import Membership, Organisation, Token, User
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command, lock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.web.staff import steps


@command
def create_organisation(*, code: str, name: str, actor: Actor, at: datetime) -> Organisation:
    """Make a company or office known."""
    policy.whose(actor, "organisation", "create")
    return steps.create_organisation(code=code, name=name, actor=actor, at=at)[0]


@command
def find_or_create_organisation(*, code: str, actor: Actor, at: datetime) -> Organisation:
    """The organisation of this code; a new one is called by its code until it is named."""
    policy.whose(actor, "organisation", "create")
    known = Organisation.objects.filter(code=code).first()
    return known or steps.create_organisation(code=code, name=code, actor=actor, at=at)[0]


@command
def create_user(
    *, username: str, name: str, password: str, language: str, actor: Actor, at: datetime
) -> User:
    """Let somebody sign in by name and password. Raises Invalid for a weak one."""
    policy.whose(actor, "user", "create")
    try:
        validate_password(password)
    except ValidationError as error:
        raise Invalid(field="password", problem=" ".join(error.messages)) from error
    return steps.create_staff(
        username=username, name=name, language=language, password=password, actor=actor, at=at
    )[0]


@command
def grant(
    *,
    user_id: int,
    organisation_id: int,
    role: str,
    project_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> Membership:
    """Give a user a role in an organisation."""
    user = lock(User, user_id, policy.whose(actor, "user", "grant"))
    if not Organisation.objects.filter(pk=organisation_id).exists():
        raise NotFound(noun="organisation")
    return steps.grant(
        user_id=user.pk,
        organisation_id=organisation_id,
        role=role,
        project_id=project_id,
        actor=actor,
        at=at,
    )[0]


@command
def revoke(*, user_id: int, membership_id: int, actor: Actor, at: datetime) -> Membership:
    """End a role; from the user's next request on it counts no more."""
    lock(User, user_id, policy.whose(actor, "user", "grant"))
    row = Membership.objects.filter(pk=membership_id, user_id=user_id, valid_to=None).first()
    if row is None:
        raise NotFound(noun="membership")
    row.valid_to = at
    row.save(update_fields=["valid_to"])
    audit.record(
        "user.revoke", "user", user_id, actor=actor, at=at, role=row.role, membership=row.pk
    )
    return row


@command
def disable_user(*, user_id: int, actor: Actor, at: datetime) -> User:
    """End everything the user has open; from the next request on, nothing answers them."""
    user = lock(User, user_id, policy.whose(actor, "user", "disable"))
    user.is_active = False
    user.save(update_fields=["is_active"])
    Token.objects.filter(user=user, ended_at=None).update(ended_at=at)
    audit.record("user.disable", "user", user.pk, actor=actor, at=at)
    return user
