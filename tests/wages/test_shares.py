"""A crew's amount shared out to the last fen, in any order."""

from __future__ import annotations

import pytest

from settlements.wages import errors
from settlements.wages.shares import share


def test_by_gong_the_last_fen_goes_to_the_largest_remainder() -> None:
    # 1000.00 over 12, 11.5 and 9.75 工: 360.902…, 345.864…, 293.233…
    got = share(100_000, "workdays", {"W-1": 12_000, "W-2": 11_500, "W-3": 9_750})

    assert got == {"W-1": 36_090, "W-2": 34_587, "W-3": 29_323}


def test_equally_counts_only_who_was_there() -> None:
    got = share(100, "equal", {"W-1": 8_000, "W-2": 250, "W-3": 0})

    assert got == {"W-1": 50, "W-2": 50, "W-3": 0}


def test_by_points() -> None:
    got = share(100, "points", {"W-1": 1_000, "W-2": 1_000}, {"W-1": 3, "W-2": 1})

    assert got == {"W-1": 75, "W-2": 25}


def test_the_order_of_the_sharers_does_not_matter() -> None:
    forth = {1: 1_000, 2: 1_000, 10: 1_000}
    back = dict(reversed(forth.items()))

    assert share(100, "workdays", forth) == share(100, "workdays", back)


def test_a_rule_that_names_an_absent_worker_is_refused() -> None:
    with pytest.raises(errors.AbsentSharer, match="W-9"):
        share(100, "points", {"W-1": 1_000}, {"W-1": 1, "W-9": 1})


def test_nobody_can_share_nothing() -> None:
    with pytest.raises(errors.NobodyShares):
        share(100, "workdays", {"W-1": 0})


def test_negative_weights_are_refused() -> None:
    with pytest.raises(errors.BadShare):
        share(100, "workdays", {"W-1": -1, "W-2": 2})


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(errors.UnknownChoice):
        share(100, "by_mood", {"W-1": 1})
