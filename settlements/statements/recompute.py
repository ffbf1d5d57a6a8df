"""The eighth truth: every statement, computed again from its records, says the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Q

from jianzhu.kernel import clock
from jianzhu.kernel.db import chunks
from projects.sites import queries as sites
from settlements.statements import facts, kept, pay, queries
from settlements.statements.models import Statement
from settlements.statements.settle import SAID_ONCE


class Difference(NamedTuple):
    """A released line that today's records make another amount of, in minor units."""

    worker_id: int
    project_id: int
    line_id: int
    key: str
    said: int
    fresh: int


def differences(where: Q | None = None) -> list[str]:
    """What a line's kept inputs, or today's records, say otherwise than the line; a sentence each."""
    return [
        *kept.recompute(where).faults,
        *(
            f"line {d.line_id} ({d.key}) says {d.said}, recomputed {d.fresh}"
            for d in _from_records(where)
        ),
    ]


def by_worker() -> dict[tuple[int, int], int]:
    """{(worker, project): how much more today's records come to than the released lines say}."""
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for one in _from_records(None):
        sums[one.worker_id, one.project_id] += one.fresh - one.said
    return sums


def _from_records(where: Q | None) -> Iterator[Difference]:
    groups: dict[tuple[int, object], list[Statement]] = defaultdict(list)
    for statement in Statement.objects.filter(where or Q()).order_by("pk"):
        groups[statement.project_id, statement.month].append(statement)
    for statements in groups.values():
        for chunk in chunks(statements, 500):
            yield from _of_chunk(chunk)


def _of_chunk(statements: list[Statement]) -> Iterator[Difference]:
    project = sites.project(statements[0].project_id)
    read = facts.read(project, statements[0].month, [s.worker_id for s in statements])
    computed = pay.compute(read, pay.today(project, clock.now()))
    slips = {s.id: s for s in queries.slips(Q(pk__in=[s.pk for s in statements]))}
    corrected = queries.corrected([s.pk for s in statements])
    for statement in statements:
        due = {d.key: d for d in computed[statement.worker_id].due}
        for line in slips[statement.pk].lines:
            if line.kind in SAID_ONCE or line.state != "released":
                continue
            assert line.amount_minor is not None
            said = line.amount_minor + corrected.get(statement.pk, {}).get(line.key, 0)
            one = due.get(line.key)
            fresh = one.amount_minor if one is not None else 0
            if fresh is not None and fresh != said and (one is None or one.hold is None):
                yield Difference(
                    statement.worker_id, statement.project_id, line.id, line.key, said, fresh
                )
