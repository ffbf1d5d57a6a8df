"""MSPSP `.dzn`: crews; a task needs several people by skill, each serving in one skill.

Young, Feydy and Schutt 2017. Tasks and people are numbered from 1. The set publishes makespans but no
form for schedules; ours is data for the same modelling language: `start`, and `serves` with the skill
in which each person serves each task, 0 for none.
"""

from __future__ import annotations

import re

from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.formats.instance import Instance
from projects.scheduling.solver.plan import Plan
from projects.scheduling.solver.problem import Need, Package, Problem, Worker
from projects.scheduling.solver.weights import SHORTEST

_ASKED = ("nActs", "dur", "nSkills", "sreq", "nResources", "mastery", "nPrecs", "pred", "succ")


def read(text: str, file: str) -> Instance:
    """The instance of a `.dzn` file."""
    said = _statements(text, file)
    for name in _ASKED:
        if name not in said:
            raise Fault("cut", file=file, missing=name)
    tasks, skills, people = (
        _number(said, name, file) for name in ("nActs", "nSkills", "nResources")
    )
    pairs = _number(said, "nPrecs", file)
    durations = _array(said, "dur", tasks, file)
    asked = _array(said, "sreq", tasks * skills, file)
    masters = _array(said, "mastery", people * skills, file)
    before, behind = _array(said, "pred", pairs, file), _array(said, "succ", pairs, file)
    packages = tuple(
        Package(
            task + 1,
            durations[task],
            tuple(
                Need(f"S{skill + 1}", count=asked[task * skills + skill])
                for skill in range(skills)
                if asked[task * skills + skill]
            ),
            tuple(p for p, s in zip(before, behind, strict=True) if s == task + 1),
        )
        for task in range(tasks)
    )
    workers = tuple(
        Worker(who + 1, {f"S{s + 1}": 0 for s in range(skills) if masters[who * skills + s]})
        for who in range(people)
    )
    problem = Problem(packages, workers, weights=SHORTEST, name=file)
    return Instance("mspsp", problem, lambda plan: write(plan, problem))


def _statements(text: str, file: str) -> dict[str, tuple[int, str]]:
    """{name: (line, value)}; the last statement has to be closed."""
    text = re.sub(r"%.*", "", text)
    said: dict[str, tuple[int, str]] = {}
    line = 1
    *closed, rest = text.split(";")
    for statement in closed:
        name, equals, value = statement.partition("=")
        if not equals:
            raise Fault(
                "unreadable", file=file, line=line, found=repr(statement.strip()[:40]),
                expected="name = value;",
            )  # fmt: skip
        said[name.strip()] = (line, value)
        line += statement.count("\n")
    if rest.strip():
        raise Fault("cut", file=file, missing=f"the end of {rest.partition('=')[0].strip()}")
    return said


def _words(said: dict[str, tuple[int, str]], name: str, file: str) -> list[int]:
    line, value = said[name]
    found = []
    for word in re.findall(r"[^\s,|\[\]]+", value):
        number = {"true": "1", "false": "0"}.get(word, word)
        if not re.fullmatch(r"-?\d+", number):
            raise Fault(
                "unreadable", file=file, line=line, found=repr(word), expected="a whole number"
            )
        found.append(int(number))
    return found


def _number(said: dict[str, tuple[int, str]], name: str, file: str) -> int:
    found = _words(said, name, file)
    if len(found) != 1 or found[0] < 0:
        line = said[name][0]
        raise Fault("unreadable", file=file, line=line, found=name, expected="one number from 0 on")
    return found[0]


def _array(said: dict[str, tuple[int, str]], name: str, size: int, file: str) -> list[int]:
    found = _words(said, name, file)
    if len(found) != size:
        raise Fault("cut", file=file, missing=f"{size} values of {name}, it has {len(found)}")
    return found


def write(plan: Plan, problem: Problem) -> str:
    """`start`, `serves` and `makespan` as data of the same modelling language."""
    placed = plan.by_package()
    starts, rows, makespan = [], [], 0
    for package in problem.packages:
        one = placed[package.id]
        serves = {m.worker: package.needs[m.need].skill[1:] for m in one.team}
        rows.append(", ".join(serves.get(w.id, "0") for w in problem.workers))
        starts.append(str(one.start))
        makespan = max(makespan, one.start + package.duration)
    body = "\n         | ".join(rows)
    return f"makespan = {makespan};\nstart = [{', '.join(starts)}];\nserves = [| {body} |];\n"
