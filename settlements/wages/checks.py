"""What the law would object to."""

from __future__ import annotations

from settlements.wages.draft import Draft


def findings(draft: Draft) -> None:
    """Filled next."""
