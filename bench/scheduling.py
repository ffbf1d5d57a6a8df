"""Plans per instance: foreman, cheapest free people, ours, bound, gap, seconds.

python -m bench.scheduling [FOLDER] [--kind crew] [--seconds 60] [--only NAME] [--big]

FOLDER has a folder per format (docs/scheduling.md), with the figures of others in `published.csv`
where there are any. Without one small instances are made. `--big` plans 1,000 workers × 1,500
packages × 12 sites instead.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import time
from dataclasses import replace
from pathlib import Path

from projects.scheduling import instances
from projects.scheduling.solver import dispatch, formats, score
from projects.scheduling.solver.breaches import breaches
from projects.scheduling.solver.roster import search as rosters
from projects.scheduling.solver.roster.problem import Roster
from projects.scheduling.solver.search import solve
from projects.scheduling.solver.stop import StopRule
from projects.scheduling.solver.view import View
from projects.scheduling.solver.weights import SHORTEST
from tests.scheduling.instances import MADE, crew

ENDINGS = {".def", ".dzn", ".sm", ".txt", ".json"}
BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "instances"
# Published best, or what a trial with a plain model and with a neighbourhood search had reached.
TRIALS = {
    "crew_w40_t30_s2_11": 180_386,
    "crew_w40_t30_s2_12": 179_005,
    "crew_w120_t80_s4_13": 584_336,
    "crew_w120_t80_s4_14": 745_332,
    "crew_w400_t200_s8_15": 1_885_778,
    "crew_w400_t200_s8_16": 1_706_086,
}
NAMES = ("foreman", "cheapest", "ours", "bound")
HEAD = f"{'instance':<40}" + "".join(f"{name:>12}" for name in NAMES)
# `cpu`: seconds of all cores that the process got; 60 s of two free cores are 120.
HEAD += f"{'gap':>8}{'others':>12}{'s':>7}{'cpu':>7}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=BESIDE)
    parser.add_argument("--kind", choices=formats.KINDS)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--big", action="store_true")
    options = parser.parse_args()
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    print(f"{os.cpu_count()} cores, load before: {load}\n{HEAD}", flush=True)
    if options.big:
        big(options.seconds)
        return
    if not options.folder.is_dir():
        made(options.seconds)
        return
    for kind in formats.KINDS:
        if options.kind in (None, kind):
            folder(options.folder / kind, options.only, options.seconds)


def folder(path: Path, only: str, seconds: float) -> None:
    others = published(path)
    gaps: list[float] = []
    against: list[float] = []
    for file in sorted(path.iterdir()):
        if file.suffix in ENDINGS and only in file.name:
            rows = of_file(file, others.get(file.name), seconds)
            gaps += [gap for gap, _ in rows]
            against += [over for _, over in rows if over is not None]
    if gaps:
        print(
            f"  {path.name}: mean gap to the bound {100 * sum(gaps) / len(gaps):.2f} %", flush=True
        )
    if against:
        mean, worst = sum(against) / len(against), max(against)
        print(
            f"  {path.name}: mean {100 * mean:+.2f} % of the others' best, worst {100 * worst:+.2f} %",
            flush=True,
        )


def published(path: Path) -> dict[str, int]:
    """{file: best figure of others}."""
    file = path / "published.csv"
    found = {}
    for row in csv.DictReader(file.open()) if file.exists() else ():
        for name in ("best_makespan", "kobe_optimum_csv", "best_known_and_lower_bound"):
            if row.get(name):
                found[row["instance"]] = int(row[name].split("..")[-1])
    return found


def of_file(file: Path, other: int | None, seconds: float) -> list[tuple[float, float | None]]:
    instance = instances.load(file, None)
    if isinstance(instance, Roster):
        began = time.process_time()
        found = rosters.solve(instance, stop=StopRule(seconds=seconds))
        spent = (found.seconds, time.process_time() - began)
        return [line(file.name, None, None, found.objective, found.bound, spent, other)]
    if instance.kind != "imopse":
        other = other or TRIALS.get(instance.problem.name)
        return [run(instance, instance.problem, file.stem, other, seconds)]
    cheap = instances.aimed(instance, "cost-at-makespan", None)
    short = replace(instance.problem, weights=SHORTEST)
    solution = file.with_suffix(".published.sol")
    best = (
        shortest_published(instance, solution)
        if solution.exists() and "_D3" not in file.name
        else None
    )
    return [
        run(instance, cheap, f"{file.stem} cost", None, seconds),
        run(instance, short, f"{file.stem} makespan", best, seconds),
    ]


def shortest_published(instance, solution: Path) -> int:
    duration = {p.id: p.duration for p in instance.problem.packages}
    ends = 0
    for text in solution.read_text().splitlines():
        hour, *pairs = text.split() or [""]
        if hour.isdigit():
            ends = max([ends, *(int(hour) + duration[int(p.split("-")[1])] for p in pairs)])
    return ends


def run(
    instance, problem, name: str, other: int | None, seconds: float
) -> tuple[float, float | None]:
    view = View(replace(problem, horizon=None))
    shown = int if problem.weights.makespan else instance.shown
    plans = [dispatch.foreman(view), dispatch.cheapest(view)]
    first, second = (shown(score.objective(problem, plan)) if plan else None for plan in plans)
    began = time.process_time()
    found = solve(problem, stop=StopRule(seconds=seconds))
    spent = (found.seconds, time.process_time() - began)
    assert not breaches(problem, found.plan), name
    return line(name, first, second, shown(found.objective), shown(found.bound), spent, other)


def line(name, first, second, ours, bound, spent, other) -> tuple[float, float | None]:
    """`spent`: seconds on the wall, and of the processors."""
    gap = (ours - bound) / max(1, ours)
    cells = [f"{x:,}" if x is not None else "" for x in (first, second, ours, bound)]
    told = "".join(f"{cell:>12}" for cell in cells)
    gap_told = f"{100 * gap:7.2f}%{other or '':>12}"
    print(f"{name:<40}{told}{gap_told}{spent[0]:7.1f}{spent[1]:7.0f}", flush=True)
    return gap, (ours / other - 1) if other else None


def made(seconds: float) -> None:
    for kind, make in MADE.items():
        instance = formats.READERS[kind](make(1), kind)
        run(instance, instances.aimed(instance, None, None), f"made {kind}", None, seconds)


def big(seconds: float) -> None:
    trades = ("rebar", "formwork", "concrete", "masonry", "plaster", "plumbing", "welding", "crane")
    text = crew(99, workers=1000, tasks=1500, sites=12, trades=trades, area=60)
    instance = formats.READERS["crew"](text, "big")
    began = time.monotonic()
    run(instance, instance.problem, instance.problem.name, None, seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {time.monotonic() - began:.0f} s in all, peak memory {peak:,.0f} MB", flush=True)


if __name__ == "__main__":
    main()
