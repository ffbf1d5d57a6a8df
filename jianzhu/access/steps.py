"""Changing users within a command of another room."""

from __future__ import annotations

from datetime import datetime

from jianzhu.access.models import Token, User
from jianzhu.kernel.db import step
from jianzhu.kernel.vault import blind_index


@step
def add_user_for_worker(*, worker_id: int, name: str, phone: str, at: datetime) -> int:
    """The account by which a worker signs in with phone and one-time code; returns its id."""
    user = User(
        username=f"worker-{worker_id}",
        name=name,
        worker_id=worker_id,
        phone_index=blind_index(phone, "phone"),
        created_at=at,
    )
    user.set_unusable_password()
    user.save()
    return user.pk


@step
def forget_user(user_id: int) -> None:
    """Nobody signs in as this user any more, and nothing tells who it was."""
    User.objects.filter(pk=user_id).update(
        username=f"erased-{user_id}", name="", phone_index=None, password="", is_active=False
    )
    Token.objects.filter(user=user_id).delete()
