"""A bank's answer to a whole file: how many it took, how many it refused, and whether that adds up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

REFUSED = "refused"
OPEN = "open"
ACCEPTED = "accepted"
REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Report:
    """A number of lines and their exact sum."""

    count: int
    total: Fraction


@dataclass(frozen=True, slots=True)
class StatusReport:
    """pain.002 group status (`ACCP ACSC ACSP ACTC ACWC PART PDNG RCVD RJCT`) with its counts."""

    original: Report
    status: str
    accepted: Report
    rejected: Report


@dataclass(frozen=True, slots=True)
class Verdict:
    """`state`: accepted, rejected, open (part of it, or not yet), refused (it does not add up)."""

    state: str
    count_gap: int
    sum_gap: Fraction
    reason: str = ""


def judge(report: StatusReport) -> Verdict:
    """A file whose parts don't make the whole is refused as a whole: no line of it is marked."""
    count = report.original.count - report.accepted.count - report.rejected.count
    total = report.original.total - report.accepted.total - report.rejected.total
    if (
        report.status in ("PDNG", "RCVD", "ACTC", "ACCP", "ACSP", "ACWC")
        and not report.rejected.count
    ):
        return Verdict(OPEN, 0, Fraction(0), "not_final")
    if count or total:
        return Verdict(REFUSED, count, total, "does_not_add_up")
    if report.status == "RJCT":
        everything = report.rejected.count == report.original.count
        return Verdict(
            REJECTED if everything else REFUSED, 0, total, "" if everything else "status"
        )
    if report.status == "PART":
        mixed = report.accepted.count and report.rejected.count
        return Verdict(OPEN if mixed else REFUSED, 0, total, "" if mixed else "status")
    if report.rejected.count:
        return Verdict(REFUSED, 0, total, "status")
    return Verdict(ACCEPTED, 0, total)


def judge_trailer(trailer: Fraction, calculated: Fraction) -> Verdict:
    """A control total that is not the sum of the lines refuses the whole file."""
    gap = trailer - calculated
    return Verdict(REFUSED, 0, gap, "does_not_add_up") if gap else Verdict(ACCEPTED, 0, gap)
