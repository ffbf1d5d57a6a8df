"""How a one-time code reaches a phone."""

from __future__ import annotations

import sys
from typing import Protocol

from django.conf import settings

from jianzhu.environment import BadSetting


class Sender(Protocol):
    """Delivers a code to a phone number."""

    def __call__(self, phone: str, code: str) -> None: ...


def console(phone: str, code: str) -> None:
    """Prints the code: for trial machines only. The number is masked."""
    sys.stdout.write(f"one-time code for ****{phone[-4:]}: {code}\n")
    sys.stdout.flush()


def say(phone: str, text: str) -> None:
    """Tell somebody something by text message; on trial machines it is printed."""
    sys.stdout.write(f"message to ****{phone[-4:]}: {text}\n")
    sys.stdout.flush()


SENDERS: dict[str, Sender] = {"console": console}


def sender() -> Sender:
    """The sender that the settings name."""
    try:
        return SENDERS[settings.OTP_SENDER]
    except KeyError:
        raise BadSetting("OTP_SENDER", settings.OTP_SENDER, f"use {', '.join(SENDERS)}") from None
