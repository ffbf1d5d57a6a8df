"""Making organisations and users and granting roles, within a command."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password

from jianzhu.access.actor import Actor
from jianzhu.access.models import Membership, Organisation, User
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import keep, lock, step
from jianzhu.kernel.vault import blind_index


@step
def create_organisation(
    *, code: str, name: str, actor: Actor, at: datetime
) -> tuple[Organisation, bool]:
    """A company or office under its code; the same again is the same."""
    row, new = keep(Organisation, {"code": code}, {"name": name}, {"created_at": at})
    if new:
        audit.record("organisation.create", "organisation", row.pk, actor=actor, at=at, code=code)
    return row, new


@step
def create_staff(
    *, username: str, name: str, language: str, password: str, actor: Actor, at: datetime
) -> tuple[User, bool]:
    """Somebody who signs in by name; an empty password lets nobody in until one is set."""
    row, new = keep(
        User,
        {"username": username},
        {"name": name},
        {
            "created_at": at,
            "language": language,
            "password": make_password(password) if password else "",
        },
    )
    if new:
        # A name in the log would outlive whoever bore it; its blind index still finds it.
        blind = blind_index(username, "username").hex()
        audit.record("user.create", "user", row.pk, actor=actor, at=at, username_index=blind)
    return row, new


@step
def set_password(user_id: int, password: str, *, actor: Actor, at: datetime) -> None:
    """Let the user in by this password from now on."""
    row = lock(User, user_id)
    row.password = make_password(password)
    row.save(update_fields=["password"])
    audit.record("user.set_password", "user", user_id, actor=actor, at=at)


@step
def grant(
    *,
    user_id: int,
    organisation_id: int,
    role: str,
    project_id: int | None,
    actor: Actor,
    at: datetime,
) -> tuple[Membership, bool]:
    """A role in an organisation from now on, on one project or on all of the organisation's."""
    row, new = keep(
        Membership,
        {
            "user_id": user_id,
            "organisation_id": organisation_id,
            "role": role,
            "project_id": project_id,
            "valid_to": None,
        },
        {},
        {"valid_from": at},
    )
    if new:
        audit.record(
            "user.grant",
            "user",
            user_id,
            actor=actor,
            at=at,
            role=role,
            organisation=organisation_id,
            project=project_id,
        )
    return row, new
