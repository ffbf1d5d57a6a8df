"""The element table, from values only: what is found of each element, and who is asked for what.

Burden: each side proves its own claim; evidence that the employer holds is the employer's to bring,
and who holds it and keeps silent bears that (Labour Dispute Law art. 6, 39).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

# What a wage rests on; amount and payment follow from these three.
GROUNDS = ("terms", "attendance", "acceptance")
SETTLED = ("proved", "admitted", "adverse")
# What would close an open element, by who keeps it (art. 39).
MISSING = {
    ("terms", "respondent"): "agreed_rate",
    ("attendance", "respondent"): "attendance_answer",
    ("acceptance", "respondent"): "acceptance_answer",
    ("acceptance", "claimant"): "task_sheet",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one side said: "" nothing, "claims", "admits" or "denies"."""

    claimant: str = ""
    respondent: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """The finding, the datum that is missing, and the side that is asked for it ("" none)."""

    finding: str
    missing: str = ""
    asked: str = ""


def ground(
    element: str,
    *,
    proved: bool,
    differs: bool,
    said: Said,
    silent: Collection[str],
    keeper: str = "respondent",
) -> Found:
    """What is found of terms, attendance or acceptance.

    `proved`: the records say it. `differs`: the claimant's figures are others than the records'.
    `silent`: the sides whose clock for it ran out. `keeper`: the side that has what is missing.
    """
    if said.respondent == "admits":
        return Found("admitted")
    if said.claimant == "admits":
        return Found("proved" if proved else "open")
    if proved:
        return Found("contested" if differs else "proved")
    if said.respondent == "denies":
        return _denied(said, silent)
    if keeper in silent:
        return Found("adverse" if keeper == "respondent" else "open")
    return Found("open", MISSING[element, keeper], keeper)


def _denied(said: Said, silent: Collection[str]) -> Found:
    """The claimant's turn: something against the denial, or silence, which leaves it open."""
    if said.claimant == "claims":
        return Found("contested")
    if "claimant" in silent:
        return Found("open")
    return Found("contested", "evidence", "claimant")


def amount(*, computed: int | None, claimed: int | None, said: Said) -> Found:
    """Whether the sum follows from the records alone."""
    if said.claimant == "admits" or (computed is not None and computed == claimed):
        return Found("proved" if computed is not None else "open")
    return Found("open" if computed is None else "contested")


@dataclass(frozen=True, slots=True)
class Offered:
    """A result that both sides are asked to take."""

    basis: str
    amount_minor: int


def offer(
    findings: Mapping[str, str],
    *,
    paid: bool,
    computed: int | None,
    claimed: int | None,
    verified: bool,
) -> Offered | None:
    """The result of one line, where its grounds are all settled; None where people have to answer.

    All proved by records that verify: what they say, at once, for only arithmetic differs. Some
    admitted or left unanswered by who holds the proof: what the claimant's facts come to.
    """
    grounds = [findings[name] for name in GROUNDS]
    if not all(one in SETTLED for one in grounds):
        return None
    if all(one == "proved" for one in grounds):
        if computed is None or not verified:
            return None
        return Offered("records", 0 if paid else computed)
    if claimed is None:
        return None
    basis = "silence" if "adverse" in grounds else "admission"
    return Offered(basis, max(claimed - (computed or 0), 0) if paid else claimed)
