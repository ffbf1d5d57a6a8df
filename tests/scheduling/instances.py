"""Small instances of the public formats, made from a seed: same shape, nobody's data."""

from __future__ import annotations

import json
import random

TRADES = ("rebar", "formwork", "welding")


def imopse(seed=1, workers=4, tasks=8):
    draw = random.Random(seed)
    bar = "=" * 58
    rows = [bar, "General characteristics:", f"Tasks: {tasks}", f"Resources: {workers}", bar]
    rows += ["ResourceID \t Salary \t Skills "]
    for who in range(1, workers + 1):
        pay = draw.randint(100, 900) / 10
        levels = "\t ".join(f"Q{s}: {2 if who == 1 else draw.randint(0, 2)}" for s in range(2))
        rows.append(f"{who}\t \t \t{pay}\t \t {levels} \t ")
    rows += [bar, "TaskID \t Duration \t Skill \t Predecessor IDs "]
    for task in range(1, tasks + 1):
        before = draw.sample(range(1, task), min(task - 1, draw.randint(0, 2)))
        links = "".join(f"\t{p}" for p in before)
        skill = f"Q{draw.randint(0, 1)}: {draw.randint(0, 2)}"
        rows.append(f"{task}\t \t \t{draw.randint(2, 12)}\t {skill}\t {links}")
    return "\n".join([*rows, bar, ""])


def psplib(seed=1, jobs=8):
    draw = random.Random(seed)
    stars = "*" * 72
    last = jobs + 2
    behind = {job: set() for job in range(1, last + 1)}
    for job in range(2, last):
        behind[draw.randint(1, job - 1)].add(job)
    for job in range(1, last):
        if not behind[job]:
            behind[job].add(last)
    rows = [stars, f"jobs (incl. supersource/sink ):  {last}", "RESOURCES"]
    rows += ["  - renewable                 :  2   R", "  - nonrenewable              :  0   N"]
    rows += [stars, "PRECEDENCE RELATIONS:", "jobnr.    #modes  #successors   successors"]
    for job, jobs_behind in behind.items():
        links = "  ".join(map(str, sorted(jobs_behind)))
        rows.append(f"{job:4}        1          {len(jobs_behind)}         {links}")
    rows += [stars, "REQUESTS/DURATIONS:", "jobnr. mode duration  R 1  R 2", "-" * 72]
    for job in behind:
        edge = job in (1, last)
        duration = 0 if edge else draw.randint(1, 6)
        asked = (0, 0) if edge else (draw.randint(0, 4), draw.randint(0, 4))
        rows.append(f"{job:3}      1     {duration}       {asked[0]}    {asked[1]}")
    return "\n".join(
        [*rows, stars, "RESOURCEAVAILABILITIES:", "  R 1  R 2", "    5    6", stars, ""]
    )


def mspsp(seed=1, tasks=7, people=5, skills=3):
    draw = random.Random(seed)
    mastery = [[w == 0 or draw.random() < 0.6 for _ in range(skills)] for w in range(people)]
    there = [sum(row[s] for row in mastery) for s in range(skills)]
    sreq = [
        [draw.randint(0, 1) if there[s] and s < 2 else 0 for s in range(skills)]
        for _ in range(tasks)
    ]
    # One task asks for one person only where two needs could meet in the same single master.
    sreq = [[row[0], 0, 0] if min(there[0], there[1]) < 2 else row for row in sreq]
    pairs = [(b, s) for s in range(2, tasks + 1) for b in range(1, s) if draw.random() < 0.25]

    def matrix(rows, word):
        return "[| " + ",\n\t| ".join(",".join(word(x) for x in row) for row in rows) + ", |]"

    return "\n".join([
        f"% seed = {seed}",
        f"nActs = {tasks};",
        f"dur = {[draw.randint(0, 6) for _ in range(tasks)]};",
        f"nSkills = {skills};",
        f"sreq = {matrix(sreq, str)};",
        f"nResources = {people};",
        f"mastery = {matrix(mastery, lambda has: str(has).lower())};",
        f"nPrecs = {len(pairs)};",
        f"pred = {[b for b, _ in pairs]};",
        f"succ = {[s for _, s in pairs]};",
        "",
    ])  # fmt: skip


def crew(seed=1, workers=8, tasks=8, sites=2, trades=TRADES, area=40):
    """Two of each trade have every level and a certificate for good, so that a plan exists."""
    draw = random.Random(seed)
    people = []
    for id in range(workers):
        skills = {trades[id % len(trades)]: 3 if id < 2 * len(trades) else draw.randint(1, 3)}
        if draw.random() < 0.4:
            skills[draw.choice(trades)] = 3 if id < 2 * len(trades) else draw.randint(1, 2)
        first = draw.randint(0, 30)
        people.append({
            "id": id, "trades": skills, "day_pay": draw.randint(250, 550),
            "x": draw.randint(0, area), "y": draw.randint(0, area),
            "certs": {"hotwork": 999} if id < 2 * len(trades) else {"hotwork": draw.randint(5, 30)},
            "off": [[first, first + draw.randint(1, 5)]] if draw.random() < 0.6 else [],
        })  # fmt: skip
    rows = []
    for id in range(tasks):
        site = id % sites
        mine = [row["id"] for row in rows if row["site"] == site]
        chosen = draw.sample(trades, draw.randint(1, min(2, len(trades))))
        rows.append({
            "id": id, "site": site, "days": draw.randint(1, 8),
            "need": [
                {"trade": trade, "level": draw.randint(1, 3), "count": draw.randint(1, 2) if n == 0 else 1,
                 "cert": "hotwork" if trade == "welding" and draw.random() < 0.5 else None}
                for n, trade in enumerate(chosen)
            ],
            "pred": draw.sample(mine, min(len(mine), draw.randint(0, 2))),
        })  # fmt: skip
    work = sum(row["days"] for row in rows)
    return json.dumps({
        "name": f"crew_w{workers}_t{tasks}_s{sites}_{seed}", "seed": seed, "yuan_per_km": 1,
        "late_per_day": 2000,
        "sites": [
            {"id": s, "x": draw.randint(0, area), "y": draw.randint(0, area),
             "due": max(8, work // (2 * sites))}
            for s in range(sites)
        ],
        "workers": people, "tasks": rows,
    })  # fmt: skip


def roster(seed=1, people=6, days=14):
    """Every rule of the set: limits by shift, runs, rests, weekends, days off, wishes, cover."""
    draw = random.Random(seed)
    ids = [chr(65 + p) for p in range(people)]
    rows = [
        "# made",
        "SECTION_HORIZON",
        str(days),
        "SECTION_SHIFTS",
        "E,480,",
        "L,480,E",
        "N,600,E|L",
    ]
    rows += ["SECTION_STAFF"]
    for p in ids:
        most = f"E={days}|L={draw.choice((0, 5, days))}|N={draw.choice((0, 2))}"
        rows.append(f"{p},{most},{480 * draw.randint(7, 9)},{480 * 4},{draw.randint(3, 5)},2,2,1")
    rows += ["SECTION_DAYS_OFF", *(f"{p},{draw.randrange(days)}" for p in ids)]
    for section in ("ON", "OFF"):
        rows.append(f"SECTION_SHIFT_{section}_REQUESTS")
        wishes = {(draw.choice(ids), draw.randrange(days), draw.choice("EL")) for _ in range(6)}
        rows += [f"{p},{d},{s},{draw.randint(1, 3)}" for p, d, s in sorted(wishes)]
    rows.append("SECTION_COVER")
    rows += [f"{d},{s},{draw.randint(0, 2)},100,1" for d in range(days) for s in "ELN"]
    return "\n".join([*rows, ""])


MADE = {"imopse": imopse, "psplib": psplib, "mspsp": mspsp, "crew": crew}
