"""iMOPSE `.def`: one worker a task, skills with levels, pay per hour.

Myszkowski et al. 2015, doi 10.1007/s00500-014-1455-x. Time is hours from 0; pay has decimals and is
kept in hundredths. The solution file has one line an hour in which something starts:
`hour worker-task worker-task …`.
"""

from __future__ import annotations

import re
from collections import defaultdict

from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.formats.instance import Instance
from projects.scheduling.solver.formats.lines import Line, lines
from projects.scheduling.solver.plan import Plan
from projects.scheduling.solver.problem import Need, Package, Problem, Worker

SCALE = 100
_SKILL = re.compile(r"(\w+)\s*:\s*(\S+)")


def read(text: str, file: str) -> Instance:
    """The instance of a `.def` file."""
    head: dict[str, int] = {}
    workers: list[Worker] = []
    packages: list[Package] = []
    table, closed = "", False
    for line in lines(text, file):
        label, colon, value = line.text.partition(":")
        if line.text.startswith("==="):
            closed = bool(packages)
        elif line.text.startswith(("ResourceID", "TaskID")):
            table, closed = line.text[:4], False
        elif table == "Reso":
            workers.append(_worker(line))
        elif table == "Task":
            packages.append(_package(line))
        elif colon and label in ("Tasks", "Resources"):
            head[label] = line.integer(value)
    for label, found in (("Resources", workers), ("Tasks", packages)):
        if label not in head or len(found) != head[label] or not closed:
            raise Fault("cut", file=file, missing=f"{head.get(label, 'the number of')} {label}")
    problem = Problem(tuple(packages), tuple(workers), name=file)
    return Instance("imopse", problem, write, SCALE)


def _worker(line: Line) -> Worker:
    skills = {skill: line.integer(level) for skill, level in _SKILL.findall(line.text)}
    words = _SKILL.sub("", line.text).split()
    if len(words) != 2 or not skills:
        raise line.fault(line.text.strip(), "a resource: id, salary, skills with levels")
    salary = line.decimal(words[1]) * SCALE
    if salary != int(salary):
        raise line.fault(words[1], "a salary with at most two decimals")
    return Worker(line.integer(words[0]), skills, rate=int(salary))


def _package(line: Line) -> Package:
    skills = _SKILL.findall(line.text)
    before, _, after = _SKILL.sub("|", line.text, count=1).partition("|")
    words = before.split()
    if len(words) != 2 or len(skills) != 1:
        raise line.fault(line.text.strip(), "a task: id, duration, one skill, predecessors")
    skill, level = skills[0]
    return Package(
        line.integer(words[0]),
        line.integer(words[1]),
        (Need(skill, line.integer(level)),),
        tuple(dict.fromkeys(line.integer(word) for word in after.split())),
    )


def write(plan: Plan) -> str:
    """The group's solution file."""
    hours: dict[int, list[str]] = defaultdict(list)
    for one in sorted(plan, key=lambda a: (a.start, str(a.package))):
        hours[one.start] += [f"{member.worker}-{one.package}" for member in one.team]
    rows = [f"{hour} {' '.join(hours[hour])} " for hour in sorted(hours)]
    return "\n".join(["Hour \t Resource assignments (resource ID - task ID) ", *rows, ""])
