"""Premiums on the regular rate of the workweek."""

from __future__ import annotations

from settlements.wages.draft import Draft


def lines(draft: Draft) -> None:
    """Filled next."""
