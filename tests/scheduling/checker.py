"""Checks plans without a line of the solver's code: own readers, own arithmetic, slot by slot.

Each `check_…` takes the text of an instance and of a solution file and returns (faults, figures).
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter, defaultdict


def check_imopse(instance, solution):
    workers, tasks = _def_file(instance)
    placed, faults = {}, []
    for line in solution.splitlines():
        words = line.split()
        if words and words[0].isdigit():
            for pair in words[1:]:
                who, task = pair.split("-")
                if int(task) in placed:
                    faults.append(f"task {task} twice")
                placed[int(task)] = (int(words[0]), int(who))
    faults += [f"task {t} missing" for t in tasks if t not in placed]
    if faults:
        return faults, {}
    cost, busy = 0, defaultdict(set)
    for task, (duration, skill, level, before) in tasks.items():
        start, who = placed[task]
        pay, skills = workers[who]
        cost += duration * pay
        if skills.get(skill, -1) < level:
            faults.append(f"{who} can't do task {task}")
        for p in before:
            if placed[p][0] + tasks[p][0] > start:
                faults.append(f"task {task} before {p} is over")
        for hour in range(start, start + duration):
            if hour in busy[who]:
                faults.append(f"{who} does two tasks at {hour}")
            busy[who].add(hour)
    length = max(placed[t][0] + tasks[t][0] for t in tasks)
    return faults, {"cost": cost / 100, "makespan": length}


def _def_file(text):
    """({id: (pay in hundredths, {skill: level})}, {id: (duration, skill, level, before)})."""
    workers, tasks, table = {}, {}, None
    for line in text.splitlines():
        if line.startswith(("ResourceID", "TaskID")):
            table = line[0]
        elif table and line[:1].isdigit():
            levels = re.findall(r"(Q\d+):\s*(\d+)", line)
            numbers = re.sub(r"Q\d+:\s*\d+", "", line).split()
            if table == "R":
                pay = round(float(numbers[1]) * 100)
                workers[int(numbers[0])] = (pay, {s: int(v) for s, v in levels})
            else:
                skill, level = levels[0]
                before = [int(x) for x in numbers[2:]]
                tasks[int(numbers[0])] = (int(numbers[1]), skill, int(level), before)
    return workers, tasks


def check_psplib(instance, solution):
    lines = instance.splitlines()
    at = {
        word: next(i for i, line in enumerate(lines) if line.startswith(word))
        for word in ("PRECEDENCE", "REQUESTS", "RESOURCEAVAIL")
    }
    after, asked = {}, {}
    for line in lines[at["PRECEDENCE"] + 2 : at["REQUESTS"] - 1]:
        job, _, _, *behind = map(int, line.split())
        after[job] = behind
    for line in lines[at["REQUESTS"] + 3 : at["RESOURCEAVAIL"] - 1]:
        job, _, duration, *amounts = map(int, line.split())
        asked[job] = (duration, amounts)
    there = list(map(int, lines[at["RESOURCEAVAIL"] + 2].split()))
    start = {}
    for line in solution.splitlines()[1:]:
        job, first, _ = map(int, line.split())
        start[job] = first
    if set(start) != set(asked):
        return ["not every job has a start"], {}
    faults = [
        f"job {b} before {job} is over"
        for job, behind in after.items()
        for b in behind
        if start[b] < start[job] + asked[job][0]
    ]
    for slot in range(max(start.values()) + 1):
        now = [a for j, (d, a) in asked.items() if start[j] <= slot < start[j] + d]
        for r, capacity in enumerate(there):
            if sum(amounts[r] for amounts in now) > capacity:
                faults.append(f"R{r + 1} is overused at {slot}")
    return faults, {"makespan": max(start[j] + asked[j][0] for j in asked)}


def check_mspsp(instance, solution):
    given, made = _data(instance), _data(solution)
    n, skills, people = given["nActs"][0], given["nSkills"][0], given["nResources"][0]
    start, serves = made["start"], made["serves"]
    if len(start) != n or len(serves) != n * people:
        return ["not every task has a start and a team"], {}
    faults, busy = [], defaultdict(set)
    for b, s in zip(given["pred"], given["succ"], strict=True):
        if start[s - 1] < start[b - 1] + given["dur"][b - 1]:
            faults.append(f"task {s} before {b} is over")
    for t in range(n):
        team = Counter()
        for w in range(people):
            skill = serves[t * people + w]
            if skill:
                team[skill] += 1
                if not given["mastery"][w * skills + skill - 1]:
                    faults.append(f"{w + 1} has no skill {skill}")
                for slot in range(start[t], start[t] + given["dur"][t]):
                    if slot in busy[w]:
                        faults.append(f"{w + 1} is at two tasks at {slot}")
                    busy[w].add(slot)
        for skill in range(skills):
            if team[skill + 1] != given["sreq"][t * skills + skill]:
                faults.append(f"task {t + 1} has {team[skill + 1]} of skill {skill + 1}")
    return faults, {"makespan": max(s + d for s, d in zip(start, given["dur"], strict=True))}


def _data(text):
    text = re.sub(r"%.*", "", text).replace("true", "1").replace("false", "0")
    return {
        name: [int(x) for x in re.findall(r"-?\d+", value)]
        for name, value in re.findall(r"(\w+)\s*=\s*([^;]*);", text)
    }


def check_crew(instance, solution):
    given, made = json.loads(instance), json.loads(solution)
    sites = {s["id"]: s for s in given["sites"]}
    workers = {w["id"]: w for w in given["workers"]}
    tasks = {t["id"]: t for t in given["tasks"]}
    placed = {a["task"]: a for a in made["assignments"]}
    if len(made["assignments"]) != len(tasks) or set(placed) != set(tasks):
        return ["not every task is assigned once"], {}
    faults, cost, busy, over = [], 0, defaultdict(set), Counter()
    for id, task in tasks.items():
        start, team, site = placed[id]["start"], placed[id]["team"], sites[task["site"]]
        last = start + task["days"]
        over[site["id"]] = max(over[site["id"]], last)
        if start < 0:
            faults.append(f"task {id} starts in the past")
        for p in task["pred"]:
            if placed[p]["start"] + tasks[p]["days"] > start:
                faults.append(f"task {id} before {p} is over")
        filled = Counter(member["need"] for member in team)
        if filled != Counter({n: need["count"] for n, need in enumerate(task["need"])}):
            faults.append(f"task {id} has the wrong head count")
        for member in team:
            worker, need = workers[member["worker"]], task["need"][member["need"]]
            if worker["trades"].get(need["trade"], -1) < need["level"]:
                faults.append(f"{worker['id']} isn't up to task {id}")
            if need["cert"] and worker["certs"].get(need["cert"], -1) < last - 1:
                faults.append(f"{worker['id']} has no valid {need['cert']} for task {id}")
            for day in range(start, last):
                if day in busy[worker["id"]] or any(a <= day < b for a, b in worker["off"]):
                    faults.append(f"{worker['id']} isn't free on {day}")
                busy[worker["id"]].add(day)
            km = round(math.sqrt((worker["x"] - site["x"]) ** 2 + (worker["y"] - site["y"]) ** 2))
            cost += task["days"] * (worker["day_pay"] + 2 * km * given["yuan_per_km"])
    for site in given["sites"]:
        cost += given["late_per_day"] * max(0, over[site["id"]] - site["due"])
    return faults, {"cost": cost, "makespan": max(over.values())}


def check_roster(instance, solution):
    """(faults, penalty) with the rules read as the set's document words them."""
    parts, name = {}, ""
    for line in instance.splitlines():
        if line.startswith("SECTION_"):
            name = line.strip()[8:]
            parts[name] = []
        elif line.strip() and not line.startswith("#"):
            parts[name].append(line.strip().split(","))
    days = int(parts["HORIZON"][0][0])
    minutes = {s: int(m) for s, m, _ in parts["SHIFTS"]}
    banned = {s: set(after.split("|")) - {""} for s, _, after in parts["SHIFTS"]}
    worked = {
        id: {int(d): s for d, s in re.findall(r"<Day>(\d+)</Day><Shift>(\w+)</Shift>", body)}
        for id, body in re.findall(r'<Employee ID="(\w+)">(.*?)</Employee>', solution, re.DOTALL)
    }
    off = {row[0]: {int(d) for d in row[1:]} for row in parts["DAYS_OFF"]}
    faults = []
    for id, most, top, least, run, short, rest, weekends in parts["STAFF"]:
        row = worked[id]
        total = sum(minutes[s] for s in row.values())
        if not int(least) <= total <= int(top):
            faults.append(f"{id}: {total} minutes")
        for limit in most.split("|"):
            shift, count = limit.split("=")
            if list(row.values()).count(shift) > int(count):
                faults.append(f"{id}: too many {shift}")
        if set(row) & off.get(id, set()):
            faults.append(f"{id}: works on a day off")
        faults += [f"{id}: {d}" for d in row if row.get(d + 1) in banned[row[d]]]
        if sum(d in row or d + 1 in row for d in range(5, days, 7)) > int(weekends):
            faults.append(f"{id}: too many weekends")
        signs = "".join("w" if d in row else "-" for d in range(days))
        runs = [(m.start(), m.end()) for m in re.finditer("w+|-+", signs)]
        for first, last in runs:
            inside = first > 0 and last < days
            if signs[first] == "w" and last - first > int(run):
                faults.append(f"{id}: a run of {last - first} from {first}")
            wanted = int(short) if signs[first] == "w" else int(rest)
            if inside and last - first < wanted:
                faults.append(f"{id}: a run of only {last - first} from {first}")
    penalty = 0
    for section, kept in (("SHIFT_ON_REQUESTS", True), ("SHIFT_OFF_REQUESTS", False)):
        for id, day, shift, weight in parts[section]:
            penalty += int(weight) * ((worked[id].get(int(day)) == shift) != kept)
    for day, shift, wanted, under, over in parts["COVER"]:
        there = sum(row.get(int(day)) == shift for row in worked.values())
        penalty += int(under) * max(0, int(wanted) - there)
        penalty += int(over) * max(0, there - int(wanted))
    return faults, penalty


def check_plan(problem, plan):
    """The product's own problem, every rule slot by slot."""
    packages = {p.id: p for p in problem.packages}
    workers = {w.id: w for w in problem.workers}
    placed = {a.package: a for a in plan.assignments}
    if set(placed) != set(packages) or len(plan.assignments) != len(packages):
        return ["not every package is placed once"]
    faults, at_work, heads = [], defaultdict(dict), Counter()
    used = Counter()
    for resource in problem.resources:
        for first, last, amount in resource.taken:
            used.update({(resource.id, slot): amount for slot in range(first, last)})
    for id, package in packages.items():
        start = placed[id].start
        slots = range(start, start + package.duration)
        if start < package.earliest:
            faults.append(f"{id} is early")
        for latest in (package.latest, problem.horizon):
            if latest is not None and slots.stop > latest:
                faults.append(f"{id} is late")
        for before in package.after:
            if placed[before].start + packages[before].duration > start:
                faults.append(f"{id} before {before} is over")
        served = Counter(m.need for m in placed[id].team)
        if served != Counter({n: need.count for n, need in enumerate(package.needs) if need.count}):
            faults.append(f"{id} has the wrong head count")
        for member in placed[id].team:
            worker, need = workers[member.worker], package.needs[member.need]
            if worker.skills.get(need.skill, -1) < need.level:
                faults.append(f"{member.worker} isn't up to {id}")
            if need.certificate and worker.certificates.get(need.certificate, 0) < slots.stop:
                faults.append(f"{member.worker} has no valid certificate for {id}")
            for slot in slots:
                if slot in at_work[member.worker]:
                    faults.append(f"{member.worker} is at two places at {slot}")
                at_work[member.worker][slot] = id
                if any(span.first <= slot < span.last for span in worker.off):
                    faults.append(f"{member.worker} is away at {slot}")
        for slot in slots:
            heads[package.site, slot] += package.headcount
            used.update({(name, slot): amount for name, amount in package.uses})
    for site in problem.sites:
        if site.headcount is not None:
            full = [s for (id, s), n in heads.items() if id == site.id and n > site.headcount]
            faults += [f"too many people at {site.id} at {slot}" for slot in full]
    for resource in problem.resources:
        over = [s for (id, s), n in used.items() if id == resource.id and n > resource.capacity]
        faults += [f"{resource.id} is overused at {slot}" for slot in over]
    for worker in problem.workers:
        calendar = at_work[worker.id]
        for limit in worker.limits:
            if sum(limit.first <= slot < limit.last for slot in calendar) > limit.slots:
                faults.append(f"{worker.id} works too much")
        for slot, id in calendar.items():
            for later in range(slot + 1, slot + 1 + worker.rest):
                if calendar.get(later, id) != id:
                    faults.append(f"{worker.id} has no rest at {later}")
    for crew in problem.crews:
        if not crew.may_split:
            where = defaultdict(set)
            for worker in problem.workers:
                if worker.crew == crew.id:
                    for slot, id in at_work[worker.id].items():
                        where[slot].add(id)
            faults += [
                f"crew {crew.id} is split at {s}" for s, ids in where.items() if len(ids) > 1
            ]
    for one in problem.fixed:
        team = {m.worker for m in placed[one.package].team}
        moved = one.start is not None and placed[one.package].start != one.start
        if moved or (one.team is not None and set(one.team) != team):
            faults.append(f"{one.package} was fixed")
    return faults
