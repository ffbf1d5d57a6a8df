"""Amounts in capital Chinese numerals (大写金额), which can't be altered by adding a stroke.

After the rules of the People's Bank for writing bills (正确填写票据和结算凭证的基本规定).
"""

from __future__ import annotations

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
CURRENCIES = {"CNY": "人民币", "USD": "美元", "AUD": "澳元"}
# The groups above reach 10^16 units.
MINOR_MAX = 10**18


def capitals(minor: int, currency: str) -> str:
    """ "人民币壹仟肆佰零玖元伍角整"; minor units of a currency of two digits, 负 before a negative."""
    assert abs(minor) < MINOR_MAX, "no wage is that much"
    sign = "负" if minor < 0 else ""
    whole, cents = divmod(abs(minor), 100)
    parts = f"{_whole(whole)}元" if whole else ""
    return f"{CURRENCIES.get(currency, currency)}{sign}{parts}{_cents(cents, bool(whole))}"


def _whole(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text, gap = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            gap = True
            continue
        # One 零 stands for any number of places that are empty between two groups.
        if text and (gap or group < 1_000):
            text += DIGITS[0]
        text, gap = f"{text}{_four(group)}{GROUPS[place]}", False
    return text


def _four(number: int) -> str:
    """Four digits; zeros between are one 零, zeros at the end are none."""
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if not digit:
            gap = bool(text)
            continue
        text += (DIGITS[0] if gap else "") + DIGITS[digit] + PLACES[place]
        gap = False
    return text


def _cents(cents: int, after_whole: bool) -> str:
    tenths, hundredths = divmod(cents, 10)
    if not cents:
        return "整" if after_whole else "零元整"
    if not tenths:
        return (DIGITS[0] if after_whole else "") + f"{DIGITS[hundredths]}分"
    return f"{DIGITS[tenths]}角" + (f"{DIGITS[hundredths]}分" if hundredths else "整")
