"""`manage.py ingest_events FILE…`: stored device events as JSON lines, into punches (docs/integrator.md)."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel import clock
from projects.attendance import capture
from projects.attendance.bulk import Taken

# Lines of one transaction: larger ones bring nothing more and hold locks longer.
LINES = 10_000
FAULTS_SHOWN = 20


class Command(BaseCommand):
    help = "Ingest stored device events (JSON lines); the same file any number of times is once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", help="files of JSON lines, or - for standard input")
        parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")

    def handle(self, *args: Any, **options: Any) -> None:
        total = {"events": 0, "new": 0, "known": 0, "parked": 0, "not read": 0}
        started = time.monotonic()
        with processes(options["workers"]) as pool:
            for name in options["files"]:
                for taken in in_turn(pool, _pieces(name), options["workers"] + 1):
                    self._add(total, taken)
                    self._progress(total, time.monotonic() - started)
        self.stdout.write(", ".join(f"{count} {name}" for name, count in total.items()))
        if total["not read"]:
            sys.exit(1)

    def _add(self, total: dict[str, int], taken: Taken) -> None:
        total["events"] += taken.events
        total["new"] += taken.new
        total["known"] += taken.known
        total["parked"] += taken.parked
        for code, place, detail in taken.faults:
            total["not read"] += 1
            if total["not read"] <= FAULTS_SHOWN:
                self.stderr.write(f"body {taken.body_id}, {place}: {code} {detail}".rstrip())

    def _progress(self, total: dict[str, int], seconds: float) -> None:
        if total["events"] % 100_000 < LINES and seconds:
            self.stderr.write(f"{total['events']} events, {total['events'] / seconds:.0f}/s")


def processes(workers: int) -> ProcessPoolExecutor:
    """Processes that ingest, each with a connection of its own; forked while there is none."""
    connections.close_all()
    return ProcessPoolExecutor(max(1, workers), mp_context=get_context("fork"))


def _pieces(name: str) -> Iterator[tuple[str, bytes]]:
    """(name, lines) of at most LINES lines each."""
    if name == "-":
        yield from _cut(name, sys.stdin.buffer)
        return
    with Path(name).open("rb") as file:
        yield from _cut(Path(name).name, file)


def _cut(name: str, file: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    while lines := list(islice(file, LINES)):
        yield name, b"".join(lines)


def in_turn(pool: Executor, pieces: Iterable[tuple[str, bytes]], ahead: int) -> Iterator[Taken]:
    """Results in order, with only so many pieces in memory."""
    pieces = iter(pieces)
    waiting = [pool.submit(_take, *piece) for piece in islice(pieces, ahead)]
    while waiting:
        taken = waiting.pop(0).result()
        waiting.extend(pool.submit(_take, *piece) for piece in islice(pieces, 1))
        yield taken


def _take(name: str, content: bytes) -> Taken:
    return capture.take_lines(content=content, name=name, actor=SYSTEM, at=clock.now())
