"""Money is whole minor units; every division names its rounding and loses nothing."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianzhu.kernel.money import CurrencyMix, Money, Rounding, round_fraction, share_out


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("38.00", "CNY", 3800), ("0.1", "CNY", 10), ("-1140.00", "USD", -114000), ("7", "JPY", 7)],
)
def test_a_decimal_text_is_read_exactly(text, currency, minor):
    assert Money.parse(text, currency).minor == minor


@pytest.mark.parametrize(("text", "currency"), [("0.005", "CNY"), ("1.5", "JPY")])
def test_more_decimals_than_the_currency_has_are_refused(text, currency):
    with pytest.raises(ValueError, match="more decimals"):
        Money.parse(text, currency)


@pytest.mark.parametrize("text", ["1e9", "1/3", "1e999999999", "", " 1", "NaN", "+5", "9" * 40])
def test_only_plain_amounts_are_read(text):
    with pytest.raises(ValueError, match="amount like"):
        Money.parse(text, "CNY")


def test_a_float_can_never_become_money():
    with pytest.raises(TypeError):
        Money(1.0)


def test_two_currencies_never_meet_in_one_sum():
    with pytest.raises(CurrencyMix):
        Money(1, "CNY") + Money(1, "USD")


@pytest.mark.parametrize(
    ("value", "rounding", "whole"),
    [
        (Fraction(5, 2), Rounding.HALF_UP, 3),
        (Fraction(-5, 2), Rounding.HALF_UP, -3),
        (Fraction(5, 2), Rounding.HALF_EVEN, 2),
        (Fraction(7, 2), Rounding.HALF_EVEN, 4),
        (Fraction(29, 10), Rounding.DOWN, 2),
        (Fraction(-29, 10), Rounding.DOWN, -2),
        (Fraction(21, 10), Rounding.UP, 3),
        (Fraction(2), Rounding.UP, 2),
    ],
)
def test_each_rounding_does_what_its_name_says(value, rounding, whole):
    assert round_fraction(value, rounding) == whole


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_a_split_shares_out_every_last_unit(total, weights):
    weights[0] += 1  # somebody has a share

    parts = share_out(total, weights)

    assert sum(parts) == total
    exact = [Fraction(total) * w / sum(weights) for w in weights]
    assert all(abs(part - fair) < 1 for part, fair in zip(parts, exact, strict=True))


def test_a_share_of_nobody_is_refused():
    with pytest.raises(ValueError, match="nobody"):
        share_out(100, [0, 0])
