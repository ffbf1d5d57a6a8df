"""Capital numerals as the central bank's rules for bills write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.slips.capitals import DIGITS, capitals

CASES = [
    (0, "零元整"),
    (5, "伍分"),
    (50, "伍角整"),
    (100, "壹元整"),
    (1_000, "壹拾元整"),
    (32_504, "叁佰贰拾伍元零肆分"),
    (140_950, "壹仟肆佰零玖元伍角整"),
    (600_714, "陆仟零柒元壹角肆分"),
    (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
    (10_700_053, "壹拾万柒仟元伍角叁分"),
    (1_000_010_000, "壹仟万零壹佰元整"),
    (10_000_000_000_100, "壹仟亿零壹元整"),
    (-140_950, "负壹仟肆佰零玖元伍角整"),
]


@pytest.mark.parametrize("minor, said", CASES)
def test_an_amount_is_written_as_on_a_bill(minor, said):
    assert capitals(minor, "CNY") == f"人民币{said}"


def test_a_dollar_is_no_yuan():
    assert capitals(12_345, "USD") == "美元壹佰贰拾叁元肆角伍分"


@given(minor=st.integers(0, 10**15))
def test_different_amounts_read_differently_and_back_to_themselves(minor):
    assert _read(capitals(minor, "CNY").removeprefix("人民币")) == minor


def _read(text):
    """The amount of a text, by adding up its digits and places."""
    whole, _, cents = text.rstrip("整").rpartition("元")
    found = 0
    for unit, worth in (("角", 10), ("分", 1)):
        head, mark, cents = cents.partition(unit) if unit in cents else ("", "", cents)
        found += DIGITS.index(head[-1]) * worth if mark else 0
    return _whole(whole) * 100 + found


def _whole(text):
    for unit, worth in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        if unit in text:
            head, _, rest = text.rpartition(unit) if unit != "亿" else text.rpartition("亿")
            return _whole(head) * worth + _whole(rest)
    found, digit = 0, 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        else:
            found, digit = found + digit * {"拾": 10, "佰": 100, "仟": 1000}[sign], 0
    return found + digit
