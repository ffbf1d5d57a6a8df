"""PSPLIB `.sm`: one project, counted renewable resources, one mode a job.

Kolisch and Sprecher 1997. The set publishes makespans but no form for schedules; ours is a table in
its style, `jobnr. start finish`.
"""

from __future__ import annotations

from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.formats.instance import Instance
from projects.scheduling.solver.formats.lines import Line, lines
from projects.scheduling.solver.plan import Plan
from projects.scheduling.solver.problem import Package, Problem, Resource
from projects.scheduling.solver.weights import SHORTEST

_SECTIONS = ("PROJECT INFORMATION", "PRECEDENCE", "REQUESTS", "RESOURCEAVAILABILITIES")


def read(text: str, file: str) -> Instance:
    """The instance of an `.sm` file."""
    sections, jobs, closed = _sections(lines(text, file))
    for name in _SECTIONS[1:]:
        if name not in sections:
            raise Fault("cut", file=file, missing=name)
    after = _predecessors(sections["PRECEDENCE"], jobs)
    packages = tuple(_package(line, after) for line in sections["REQUESTS"])
    if len(packages) != jobs or set(after) != {p.id for p in packages}:
        raise Fault("cut", file=file, missing=f"{jobs} jobs")
    resources = _resources(sections["RESOURCEAVAILABILITIES"])
    if not closed or any(len(p.uses) != len(resources) for p in packages):
        raise Fault("cut", file=file, missing="the availability of every resource")
    problem = Problem(packages, resources=resources, weights=SHORTEST, name=file)
    return Instance("psplib", problem, lambda plan: write(plan, problem))


def _sections(rows: list[Line]) -> tuple[dict[str, list[Line]], int, bool]:
    """Lines by section, the number of jobs, and whether the last section was closed."""
    sections: dict[str, list[Line]] = {}
    jobs, name, closed = 0, "", False
    for line in rows:
        closed = line.text.startswith("***")
        _, _, value = line.text.partition(":")
        if line.text.startswith("jobs "):
            jobs = line.integer(value)
        elif "nonrenewable" in line.text and line.integer(value.split()[0]):
            raise line.fault(line.text.strip(), "a project without nonrenewable resources")
        if line.text.startswith(_SECTIONS):
            name = next(s for s in _SECTIONS if line.text.startswith(s))
            sections[name] = []
        elif name and line.text.split()[0].isdigit():
            sections[name].append(line)
    return sections, jobs, closed


def _predecessors(rows: list[Line], jobs: int) -> dict[int, list[int]]:
    after: dict[int, list[int]] = {job: [] for job in range(1, jobs + 1)}
    for line in rows:
        job, modes, count, *successors = (line.integer(word) for word in line.text.split())
        if modes != 1 or count != len(successors):
            raise line.fault(line.text.strip(), "a job with one mode and all its successors")
        for successor in successors:
            if successor not in after:
                raise line.fault(str(successor), f"a job from 1 to {jobs}")
            after[successor].append(job)
    return after


def _package(line: Line, after: dict[int, list[int]]) -> Package:
    words = [line.integer(word) for word in line.text.split()]
    if len(words) < 3 or words[0] not in after:
        raise line.fault(line.text.strip(), "a job, its mode, its duration and its requests")
    job, _, duration, *uses = words
    named = tuple((f"R{at}", amount) for at, amount in enumerate(uses, start=1))
    return Package(job, duration, after=tuple(after[job]), uses=named)


def _resources(rows: list[Line]) -> tuple[Resource, ...]:
    words = rows[-1].text.split() if rows else []
    return tuple(Resource(f"R{at}", rows[-1].integer(w)) for at, w in enumerate(words, start=1))


def write(plan: Plan, problem: Problem) -> str:
    """`jobnr. start finish`, one job a line."""
    durations = {p.id: p.duration for p in problem.packages}
    rows = [
        f"{a.package:>4}  {a.start:>6}  {a.start + durations[a.package]:>6}"
        for a in sorted(plan, key=lambda a: int(a.package))
    ]
    return "\n".join(["jobnr.  start  finish", *rows, ""])
