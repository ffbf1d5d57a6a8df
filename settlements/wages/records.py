"""What a wage ledger must show by law (Decree 724 art. 15), as a check on a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from settlements.wages import rulesets
from settlements.wages.statement import Finding


def missing(rule_set: str, record: Mapping[str, Any]) -> Finding | None:
    """A finding with the contents that the record lacks; None when it is complete."""
    required = rulesets.load(rule_set).record
    lacking = [name for name in required.get("fields", ()) if record.get(name) in (None, "", [])]
    if not lacking:
        return None
    return Finding("record_incomplete", required["article"], {"missing": tuple(lacking)})
