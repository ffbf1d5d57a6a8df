"""The inputs that statements were computed from, kept once by their digest, and what they give again.

Records live on: a day gets a correction, a rate a new version, a rule set another value. What a line
says has to be shown years later from exactly what was known then, so the engine's inputs are kept
as they were, in canonical bytes under their own SHA-256.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from jianzhu.kernel.db import chunks, step
from settlements.statements.due import engine_figures
from settlements.statements.models import Statement, StatementLine, WageInputs
from settlements.wages import canonical
from settlements.wages.engine import compute
from settlements.wages.facts import Case
from settlements.wages.statement import Line

# Workers' statements that are read and computed together.
STATEMENTS_MAX = 200


@step
def keep(cases: Mapping[bytes, Case], at: datetime) -> None:
    """Keep the inputs by digest; those kept before stay as they are."""
    known = WageInputs.objects.filter(digest__in=list(cases)).values_list("digest", flat=True)
    there = {bytes(digest) for digest in known}
    WageInputs.objects.bulk_create(
        [
            WageInputs(digest=d, body=zlib.compress(canonical.encode(cases[d]), 1), created_at=at)
            for d in sorted(cases)
            if d not in there
        ],
        ignore_conflicts=True,
        batch_size=500,
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """What was computed again: how many statements and lines, and every difference in a sentence."""

    statements: int
    lines: int
    faults: list[str]


def recompute(where: Q | None = None) -> Checked:
    """Every line of these statements, computed again from its kept inputs: the same, bit for bit."""
    statements = lines = 0
    faults: list[str] = []
    ids = Statement.objects.filter(where or Q()).order_by("pk").values_list("pk", flat=True)
    for chunk in chunks(ids.iterator(), STATEMENTS_MAX):
        rows = list(
            StatementLine.objects.filter(statement__in=chunk)
            .exclude(Q(inputs_digest=b"") | Q(state="void"))
            .order_by("statement_id", "updated_at", "pk")
        )
        digests = {bytes(row.inputs_digest) for row in rows}
        faults += _faults(rows, _computed(digests, faults))
        statements, lines = statements + len(chunk), lines + len(rows)
    return Checked(statements, lines, faults)


def _computed(digests: Iterable[bytes], faults: list[str]) -> dict[bytes, dict[str, Line]]:
    """{digest: {key: line}} of the kept inputs; inputs that are not what they were are faults."""
    found = {}
    for row in WageInputs.objects.filter(digest__in=list(digests)).order_by("pk"):
        body, digest = zlib.decompress(bytes(row.body)), bytes(row.digest)
        if hashlib.sha256(body).digest() != digest:
            faults.append(f"the kept inputs {digest.hex()[:16]}… are not what they were")
            continue
        found[digest] = {line.key: line for line in compute(canonical.decode(body)).lines}
    return found


def _faults(
    rows: Iterable[StatementLine], computed: Mapping[bytes, Mapping[str, Line]]
) -> list[str]:
    found: list[str] = []
    said: dict[int, int] = defaultdict(int)  # line -> the sum of the differences made of it
    for row in rows:
        lines = computed.get(bytes(row.inputs_digest))
        if lines is None:
            found.append(f"line {row.pk} ({row.key}): its inputs are not kept")
        elif row.kind == "difference":
            assert row.amount_minor is not None
            said[row.sources["line"]] += row.amount_minor
            found += _difference(row, lines, said[row.sources["line"]])
        else:
            found += _unlike(row, lines.get(row.key))
    return found


def _unlike(row: StatementLine, line: Line | None) -> list[str]:
    """The figures that the engine gives otherwise."""
    if line is None:
        return [f"line {row.pk} ({row.key}): its inputs give no such line"]
    return [
        f"line {row.pk} ({row.key}): {name} is {getattr(row, name)}, its inputs give {again}"
        for name, again in engine_figures(line).items()
        if getattr(row, name) != again
    ]


def _difference(row: StatementLine, lines: Mapping[str, Line], said: int) -> list[str]:
    """A released line and the differences made of it come to what the later inputs give."""
    origin = StatementLine.objects.get(pk=row.sources["line"])
    assert origin.amount_minor is not None
    now = lines[origin.key].amount_minor if origin.key in lines else 0
    total = origin.amount_minor + said
    if total == now:
        return []
    return [f"line {row.pk} ({row.key}): {origin.key} comes to {total}, its inputs give {now}"]
