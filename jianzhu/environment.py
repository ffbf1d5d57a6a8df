"""Strict readers of environment variables: a bad value stops the start and says what would be right."""

from __future__ import annotations

import os
from zoneinfo import available_timezones


class BadSetting(SystemExit):
    """An environment variable holds what can't be meant."""

    def __init__(self, name: str, value: str, wanted: str) -> None:
        super().__init__(f"{name}={value!r}: {wanted}")


def text(name: str, default: str) -> str:
    """The variable's value, or the default when unset or empty."""
    return os.environ.get(name) or default


def flag(name: str, default: bool) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off; anything else is refused."""
    value = os.environ.get(name, "").strip().lower()
    if value == "":
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(name, value, "use 1 or 0")


def zone(name: str, default: str) -> str:
    """The name of a zone of the IANA time zone database."""
    value = text(name, default)
    if value not in available_timezones():
        raise BadSetting(name, value, "a zone like Asia/Shanghai")
    return value


def whole(name: str, default: int, minimum: int, maximum: int) -> int:
    """A whole number within [minimum, maximum]."""
    value = os.environ.get(name, "").strip()
    if value == "":
        return default
    if not value.isascii() or not value.isdigit() or not minimum <= int(value) <= maximum:
        raise BadSetting(name, value, f"use a whole number from {minimum} to {maximum}")
    return int(value)


def listing(name: str, default: str) -> list[str]:
    """Comma-separated words."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
