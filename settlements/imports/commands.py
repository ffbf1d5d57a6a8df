"""Taking a sheet: read it, do every row, keep all of it or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from jianzhu.access.actor import Actor
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import command
from jianzhu.kernel.errors import Refusal, SameHand
from jianzhu.kernel.sheets import Row, RowFault, read
from jianzhu.kernel.sheets.layouts import COLUMNS
from settlements.imports.milestones import KINDS
from settlements.imports.named import Hand, Importer
from workers_app.people import steps as people
from workers_app.people.models import PayeeAccount
from workers_app.terms import steps as terms
from workers_app.terms.models import AgreedRate

FAULTS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Report:
    """What a sheet did, or would do: nothing at all while there is one fault."""

    kind: str
    name: str
    rows: int
    new: int
    same: int
    faults: tuple[RowFault, ...]
    dry_run: bool

    @property
    def done(self) -> bool:
        """Whether the rows are in."""
        return not self.faults and not self.dry_run


@command
def import_sheet(
    *, kind: str, name: str, content: bytes, actor: Actor, at: datetime, dry_run: bool = False
) -> Report:
    """Take a sheet of this kind; twice is once. A dry run does everything and then takes it back."""
    sheet = read(name, content, COLUMNS[kind])
    faults, new = list(sheet.faults), 0
    for row in sheet.rows:
        if len(faults) >= FAULTS_MAX:
            break
        try:
            new += _one(KINDS[kind], row, Hand(actor, at))
        except _Fault as fault:
            faults.append(fault.fault)
    report = Report(kind, name, len(sheet.rows), new, len(sheet.rows) - new, tuple(faults), dry_run)
    if not report.done:
        transaction.set_rollback(True)
    elif new:
        digest = hashlib.sha256(content).hexdigest()
        audit.record(
            "import.make",
            "import",
            0,
            actor=actor,
            at=at,
            kind=kind,
            name=name,
            digest=digest,
            rows=report.rows,
            new=new,
        )
    return report


class _Fault(Exception):
    def __init__(self, fault: RowFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def _one(importer: Importer, row: Row, hand: Hand) -> bool:
    """Do one row in a savepoint, so that the next rows can still be tried."""
    try:
        with transaction.atomic():
            return importer(row, hand)
    except Refusal as refusal:
        column = str(refusal.facts.get("noun") or refusal.facts.get("column") or "")
        raise _Fault(row.fault(column, refusal.code, str(refusal), _expected(refusal))) from None
    except DatabaseError as error:
        constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
        raise _Fault(
            row.fault(
                "",
                constraint or "refused",
                _("the row contradicts what is there already"),
                constraint.replace("_", " "),
            )
        ) from None


def _expected(refusal: Refusal) -> str:
    return {
        "unknown": _("something that exists, or a row for it in its own sheet first"),
        "blank": _("a value, or the other cells of the row without what asks for it"),
        "bad_points": _("worker codes with whole points: W-001=12;W-002=10"),
        "only_with": _("a blank cell, or the other cell that it belongs to"),
        "differs": _("the same content as before, or another key"),
    }.get(refusal.code, _("what the product allows at this point"))


@command
def approve_proposals(*, project_id: int, actor: Actor, at: datetime) -> int:
    """A second person agrees to every proposed rate and verifies every pending account of a project.

    Raises SameHand when one of them is the approver's own.
    """
    rates = AgreedRate.objects.filter(agreement__project_id=project_id, state="proposed")
    workers = {rate.agreement.worker_id for rate in rates.select_related("agreement")}
    payees = PayeeAccount.objects.filter(worker_id__in=workers, state="pending")
    if rates.filter(made_by=str(actor)).exists() or payees.filter(made_by=str(actor)).exists():
        raise SameHand(noun="import")
    count = 0
    for rate in rates.select_related("agreement").order_by("agreement_id", "valid_from", "pk"):
        terms.agree_rate(rate, actor=actor, at=at)
        count += 1
    for payee in payees.select_related("worker").order_by("pk"):
        people.verify_payee(payee, actor=actor, at=at)
        count += 1
    return count
