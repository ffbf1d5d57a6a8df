"""Wages that the bank paid and a restored database forgot: found on its statement, adopted, never paid
again.

What the bank alone knows is a break. Two people say whose wage it was, and it waits for the work to be
told again: then its lines are released as a payout of that very amount, and the bank's line is that
payout's. Until then nothing else goes to this worker from this wage account.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from jianzhu.access.actor import SYSTEM
from jianzhu.audit import steps as audit
from jianzhu.kernel.db import step, take_ids
from jianzhu.outbox import steps as outbox
from settlements.ledger import steps as ledger
from settlements.payouts.models import Break, Payout

CODE = "paid_before_restore"
# Beyond this the bank's key is no payout number of ours, whatever it looks like.
IDS_MAX = 5_000_000


def waiting(project_id: int, worker_ids: Iterable[int]) -> dict[int, list[Break]]:
    """{worker: adopted payments that no payout is yet}, the oldest first."""
    rows = Break.objects.filter(
        wage_account__project_id=project_id,
        worker_id__in=list(worker_ids),
        state="closed",
        adopted=None,
    )
    found: dict[int, list[Break]] = defaultdict(list)
    for row in rows.select_related("entry").order_by("entry__at", "pk"):
        assert row.worker_id is not None
        found[row.worker_id].append(row)
    return found


def amounts(project_id: int, worker_ids: Iterable[int]) -> dict[int, list[int]]:
    """{worker: what each of them came to, in minor units}, the oldest first."""
    return {w: [_amount(r) for r in rows] for w, rows in waiting(project_id, worker_ids).items()}


def _amount(row: Break) -> int:
    assert row.entry is not None
    return -row.entry.amount_minor


def adoptable(row: Break) -> bool:
    """Whether this difference can be a wage that was paid: money that left, and only the bank says so."""
    entry = row.entry
    return row.kind == "only_at_bank" and entry is not None and entry.amount_minor < 0


def of_payouts(payouts: Sequence[Payout]) -> tuple[dict[int, Break], set[int]]:
    """{payout: the payment that it turns out to be}, and the payouts that have to wait for one."""
    groups: dict[int, list[Payout]] = defaultdict(list)
    for payout in payouts:
        groups[payout.project_id].append(payout)
    same, wait = {}, set()
    for project_id, group in groups.items():
        for worker_id, rows in waiting(project_id, [p.worker_id for p in group]).items():
            for payout in group:
                if payout.worker_id != worker_id or not rows:
                    continue
                one = next((r for r in rows if _amount(r) == payout.amount_minor), None)
                if one is None:
                    wait.add(payout.pk)
                else:
                    rows.remove(one)
                    same[payout.pk] = one
    return same, wait


@step
def adopt(adopted: Iterable[tuple[Payout, Break]], *, at: datetime) -> None:
    """Payouts, each with the bank's payment that it is: the payout carries what the difference did."""
    workers = set()
    for payout, row in adopted:
        workers.add(payout.worker_id)
        assert row.entry is not None
        ledger.reverse(f"break:{row.pk}", key=f"break:{row.pk}:adopted", at=at)
        row.adopted, row.adopted_as = payout, payout.key
        row.save(update_fields=["adopted", "adopted_as"])
        audit.record(
            "break.adopt",
            "break",
            row.pk,
            actor=SYSTEM,
            at=at,
            payout=payout.pk,
            worker=row.worker_id,
            reference=row.entry.reference,
        )
    others = Payout.objects.filter(state="held", code=CODE, worker_id__in=workers)
    ids = list(others.values_list("pk", flat=True))
    if ids:
        outbox.put("payout.retry_due", due_at=at, payout_ids=ids)


def keys(wage_account_id: int, said: Iterable[str]) -> dict[str, tuple[Payout, str]]:
    """{key under which the bank paid: (the payout that it turned out to be, that attempt's key)}."""
    rows = Break.objects.filter(
        entry__key__in=list(said), wage_account=wage_account_id, adopted__isnull=False
    )
    return {
        row.entry.key: (row.adopted, row.adopted_as)
        for row in rows.select_related("entry", "adopted")
        if row.entry is not None and row.adopted is not None and row.entry.key
    }


def entries(entry_ids: Iterable[int]) -> set[int]:
    """Those of these lines of the bank that were adopted."""
    rows = Break.objects.filter(entry__in=list(entry_ids), adopted__isnull=False)
    return {pk for pk in rows.values_list("entry", flat=True) if pk is not None}


@step
def never_again(payout_ids: Iterable[int]) -> None:
    """Numbers that the bank knows of forgotten payouts are never given to others: a key names one
    payment for ever."""
    highest = max(payout_ids, default=0)
    if highest == 0:
        return
    (here,) = take_ids(Payout, 1)
    if 0 < highest - here <= IDS_MAX:
        take_ids(Payout, highest - here)
