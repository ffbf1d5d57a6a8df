"""Who asks: a session of a page, or a bearer token. Checked anew on every request."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from jianzhu.access.models import Token, User
from jianzhu.kernel import clock

TOKEN_LIFE = timedelta(days=30)


class SessionOrToken(SessionAuthentication):
    """`Authorization: Bearer …`, else the session with its CSRF token."""

    def authenticate(self, request: Request) -> tuple[User, object] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return super().authenticate(request)
        token = (
            Token.objects.select_related("user")
            .filter(token_hash=hash_of(secret), ended_at=None, expires_at__gt=clock.now())
            .first()
        )
        if token is None or not token.user.is_active:
            raise AuthenticationFailed("This token is not valid any more; sign in again.")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def hash_of(secret: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode()).digest()


def new_token(user: User, at: datetime) -> str:
    """A fresh token of 256 random bits; shown once, kept as a hash."""
    secret = secrets.token_urlsafe(32)
    Token.objects.create(
        user=user, token_hash=hash_of(secret), created_at=at, expires_at=at + TOKEN_LIFE
    )
    return secret
