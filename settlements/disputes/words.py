"""What is said of a case in somebody's own words: kept under the key of the person whom it is about.

Once that person is erased nobody reads it any more; rows, digests and proofs stay as they are. What
is about all of a crew's case is kept under the key of the one who speaks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from settlements.disputes.models import CaseElement, Decision, Dispute, Proposal, Suspension
from workers_app.people import queries as people

# (whose key, what is kept, where it is kept)
Said = tuple[int, str, str]


def keep(worker_id: int, text: str, place: str) -> str:
    """The words as they are stored; nothing stays nothing."""
    return people.sealed(worker_id, text, place) if text else ""


def read(said: Iterable[Said]) -> dict[str, str]:
    """{place: words}."""
    return people.opened_all(said)


def of_cases(cases: Iterable[Dispute]) -> Iterator[Said]:
    """The claim, and the reasons with which it ended."""
    for case in cases:
        yield case.worker_id, case.claim, claim_of(case.pk)
        yield case.worker_id, case.reasons, reasons_of(case.pk)


def of_elements(rows: Iterable[CaseElement]) -> Iterator[Said]:
    """What both sides said; the rows with their lines' statements."""
    for row in rows:
        worker_id = row.line.statement.worker_id
        for side in ("claimant", "respondent"):
            place = element_of(row.dispute_id, row.line_id, row.element, side)
            yield worker_id, getattr(row, side), place


def of_offers(rows: Iterable[Proposal]) -> Iterator[Said]:
    return ((row.worker_id, row.reasons, offer_of(row.pk)) for row in rows)


def of_decisions(rows: Iterable[Decision]) -> Iterator[Said]:
    """The rows with their cases."""
    return ((row.dispute.worker_id, row.reasons, decision_of(row.pk)) for row in rows)


def of_orders(rows: Iterable[Suspension]) -> Iterator[Said]:
    """The rows with their cases."""
    return ((row.dispute.worker_id, row.note, order_of(row.pk)) for row in rows)


def claim_of(case_id: int) -> str:
    return f"dispute.claim:{case_id}"


def reasons_of(case_id: int) -> str:
    return f"dispute.reasons:{case_id}"


def element_of(case_id: int, line_id: int, element: str, side: str) -> str:
    return f"case_element.{side}:{case_id}/{line_id}/{element}"


def offer_of(offer_id: int) -> str:
    return f"proposal.reasons:{offer_id}"


def decision_of(decision_id: int) -> str:
    return f"decision.reasons:{decision_id}"


def order_of(order_id: int) -> str:
    return f"suspension.note:{order_id}"
