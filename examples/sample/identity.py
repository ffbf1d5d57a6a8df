"""Invented numbers with right check digits: no region 99, no phone 100…, no card 9999… exists."""

from __future__ import annotations

from datetime import date

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))


def id_number(born: date, serial: int) -> str:
    """Citizen number of region 990101 (GB 11643: ISO 7064 MOD 11-2)."""
    stem = f"990101{born:%Y%m%d}{serial:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(stem, _ID_WEIGHTS, strict=True))
    return stem + _ID_CHECKS[total % 11]


def credit_code(serial: int) -> str:
    """Unified social credit code of region 990101 (GB 32100: MOD 31)."""
    stem = f"91990101MA{serial:07d}"
    total = sum(
        _CODE_SIGNS.index(sign) * weight for sign, weight in zip(stem, _CODE_WEIGHTS, strict=True)
    )
    return stem + _CODE_SIGNS[-total % 31]


def phone(serial: int) -> str:
    return f"100{serial:08d}"


def card(serial: int, suffix: str = "") -> str:
    """A 19-digit card that passes the Luhn test and ends in `suffix`.

    The fifth digit is the one that is bent to make the test pass.
    """
    tail = f"{serial:014d}"
    tail = tail[: 14 - len(suffix)] + suffix
    return next(number for d in range(10) if luhn(number := f"9999{d}{tail}"))


def luhn(number: str) -> bool:
    """Whether the Luhn sum is a multiple of ten."""
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(number)))
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0
