"""One-time codes: hashed, one purpose, five minutes, five tries, once (OWASP ASVS 6.5, 6.6)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from django.conf import settings

from jianzhu.access.actor import SYSTEM, Actor
from jianzhu.access.models import OneTimeCode, Token, User
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import advisory_lock, command
from jianzhu.kernel.vault import blind_index
from jianzhu.web.accounts import errors

CODE_LIFE = timedelta(minutes=5)
TRIES_MAX = 5
CODES_PER_HOUR_MAX = 5
FAILURES_MAX = 100


@command
def request_code(*, phone: str, purpose: str, at: datetime) -> str | None:
    """A fresh code for the number, to be sent; None when nobody has the number.

    Known and unknown numbers leave the same rows and count alike, so that asking tells nothing.
    """
    index = blind_index(phone, "phone")
    advisory_lock(f"otp:{index.hex()}")
    recent = OneTimeCode.objects.filter(phone_index=index, created_at__gt=at - timedelta(hours=1))
    if recent.count() >= CODES_PER_HOUR_MAX:
        raise errors.TooManyTries
    code = f"{secrets.randbelow(10**6):06d}"
    OneTimeCode.objects.create(
        phone_index=index,
        purpose=purpose,
        code_hash=_hash(index, purpose, code),
        created_at=at,
        expires_at=at + CODE_LIFE,
    )
    known = User.objects.filter(phone_index=index, is_active=True).exists()
    return code if known else None


def sign_in_worker(*, phone: str, code: str, purpose: str, at: datetime) -> User:
    """The user behind a right code; the code is used up. Raises WrongCode, TooManyTries."""
    user = _try_code(phone=phone, code=code, purpose=purpose, at=at)
    if user is None:
        raise errors.WrongCode
    return user


def is_right_code(*, phone: str, code: str, purpose: str, user_id: int, at: datetime) -> bool:
    """Whether a code for this purpose is right and the number is the user's; it is used up then."""
    user = _try_code(phone=phone, code=code, purpose=purpose, at=at)
    return user is not None and user.pk == user_id


@command
def _try_code(*, phone: str, code: str, purpose: str, at: datetime) -> User | None:
    """Count the try, which has to be kept even when the answer is no."""
    index = blind_index(phone, "phone")
    advisory_lock(f"otp:{index.hex()}")
    if _failures(index) >= FAILURES_MAX:
        raise errors.TooManyTries
    row = (
        OneTimeCode.objects.filter(phone_index=index, purpose=purpose, used_at=None)
        .order_by("-created_at")
        .first()
    )
    if row is None or row.expires_at <= at or row.tries >= TRIES_MAX:
        return None
    row.tries += 1
    right = hmac.compare_digest(bytes(row.code_hash), _hash(index, purpose, code))
    user = User.objects.filter(phone_index=index, is_active=True).first() if right else None
    if user is not None:
        row.used_at = at
        _tell(user, "sign_in" if purpose == "sign_in" else f"prove_{purpose}", at)
    row.save(update_fields=["tries", "used_at"])
    return user


def _failures(index: bytes) -> int:
    """Wrong tries since the number last signed in."""
    rows = OneTimeCode.objects.filter(phone_index=index)
    used = rows.exclude(used_at=None).order_by("-created_at").first()
    if used is not None:
        rows = rows.filter(created_at__gt=used.created_at)
    return sum(rows.values_list("tries", flat=True))


def _hash(index: bytes, purpose: str, code: str) -> bytes:
    key = hashlib.sha256(b"otp\0" + settings.SECRET_KEY.encode()).digest()
    return hmac.digest(key, index + f"\0{purpose}\0{code}".encode(), "sha256")


@command
def end_token(*, token_id: int, actor: Actor, at: datetime) -> None:
    """Sign out: the token is worth nothing from the next request on."""
    token = Token.objects.select_for_update(no_key=True).get(pk=token_id)
    token.ended_at = at
    token.save(update_fields=["ended_at"])
    audit.record("user.sign_out", "user", token.user_id, actor=actor, at=at)


def _tell(user: User, verb: str, at: datetime) -> None:
    audit.record(f"user.{verb}", "user", user.pk, actor=SYSTEM, at=at)
