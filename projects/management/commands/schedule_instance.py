"""`manage.py schedule_instance FILE`: a plan for a public instance (docs/scheduling.md)."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from projects.scheduling import instances
from projects.scheduling.solver import formats
from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.plan import Progress
from projects.scheduling.solver.roster.problem import Roster
from projects.scheduling.solver.stop import StopRule


class Command(BaseCommand):
    help = "Plan a public instance; exits 2 on bad input, 3 where there is no plan."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=formats.KINDS, help="guessed when not given")
        parser.add_argument("--objective", choices=instances.OBJECTIVES)
        parser.add_argument("--makespan", type=int, help="the latest end, for cost-at-makespan")
        parser.add_argument("--seconds", type=float, help="on the wall, 60 unless --work is given")
        parser.add_argument(
            "--work", type=float, help="deterministic limit: repeats on any machine"
        )
        parser.add_argument(
            "--gap", type=float, default=0.0, help="good enough, 0.01 is one per cent"
        )
        parser.add_argument("--workers", type=int, default=2, help="cores, not search strategies")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--out", type=Path, help="the solution in the set's own format")
        parser.add_argument("--json", action="store_true", help="the result as JSON on stdout")

    def handle(self, *args: Any, **options: Any) -> None:
        seconds, work = options["seconds"], options["work"]
        if seconds is None and work is None:
            seconds = 60.0
        try:
            stop = StopRule(seconds=seconds, work=work, gap=options["gap"])
            instance = instances.load(options["file"], options["format"])
            with _cores(options["workers"]) as cores, _cancel() as cancelled:
                asked: dict[str, Any] = {"stop": stop, "seed": options["seed"], "cores": cores}
                asked["cancelled"] = lambda: bool(cancelled)
                if isinstance(instance, Roster):
                    told, solution = instances.rostered(instance, watch=self._watch(int), **asked)
                else:
                    problem = instances.aimed(instance, options["objective"], options["makespan"])
                    shown = int if problem.weights.makespan else instance.shown
                    told, solution = instances.answer(
                        instance, problem, watch=self._watch(shown), **asked
                    )
            if solution is not None and options["out"]:
                told["solution"] = _store(options["out"], solution)
        except (Fault, ValueError, OSError) as fault:
            self.stderr.write(str(fault))
            sys.exit(2)
        self._tell(told, as_json=options["json"])
        if solution is None:
            sys.exit(3)

    def _watch(self, shown: Callable[[int], Any]) -> Callable[[Progress], None]:
        """A line on standard error per news."""

        def tell(news: Progress) -> None:
            best = "none yet" if news.objective is None else f"{shown(news.objective):,}"
            known = f"best {best}, bound {shown(news.bound):,}"
            self.stderr.write(f"{news.seconds:7.1f} s  {news.phase:<15} {known}  {news.note}")

        return tell

    def _tell(self, told: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
            return
        for name, value in told.items():
            if isinstance(value, list):
                self.stdout.write("\n".join([f"{name}:", *(f"  {row['says']}" for row in value)]))
            else:
                self.stdout.write(f"{name}: {value}")


@contextmanager
def _cores(workers: int) -> Iterator[int]:
    """Keep this process to some cores: the number of search strategies doesn't follow them."""
    if workers < 1:
        raise ValueError(f"--workers is {workers}: it has to be 1 or more")
    if not hasattr(os, "sched_setaffinity"):
        yield workers
        return
    before = os.sched_getaffinity(0)
    cores = sorted(before)[:workers]
    os.sched_setaffinity(0, cores)
    try:
        yield len(cores)
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def _cancel() -> Iterator[list[int]]:
    """A first ^C ends the search with the best plan so far; a second one ends the program."""
    pressed: list[int] = []

    def press(number: int, _frame: Any) -> None:
        if pressed:
            raise KeyboardInterrupt
        pressed.append(number)

    before = {number: signal.signal(number, press) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield pressed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _store(file: Path, text: str) -> str:
    """Whole or not at all: a reader never sees half a solution."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    return str(file)
