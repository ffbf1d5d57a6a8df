"""Small problems of the product's own kind, made from a seed with every sort of rule in them."""

from __future__ import annotations

import random

from projects.scheduling.solver.problem import (
    Crew,
    Fixed,
    Limit,
    Need,
    Package,
    Problem,
    Resource,
    Site,
    Span,
    Worker,
)
from projects.scheduling.solver.weights import Weights

ALL = Weights(labour=1, travel=1, lateness=1, makespan=50, fairness=30, stability=200)


def problem(seed=1, workers=7, packages=8, weights=None):
    draw = random.Random(seed)
    people = tuple(
        Worker(
            id=w,
            skills={"rebar": 2}
            if w < 3
            else {draw.choice(("rebar", "welding")): draw.randint(1, 2)},
            rate=draw.randint(20, 50) * 1000,
            travel={0: draw.randint(0, 9) * 100, 1: draw.randint(0, 9) * 100},
            certificates={"hotwork": 60 if w < 5 else draw.randint(4, 20)},
            off=(Span(draw.randint(0, 9), draw.randint(10, 12), "leave"),) if w > 4 else (),
            limits=(Limit(0, 7, 5),) if w % 3 == 0 else (),
            rest=draw.randint(0, 1) if w % 2 else 0,
            crew="A" if w in (1, 2) else None,
        )
        for w in range(workers)
    )
    people = (*people, Worker("welder", {"welding": 2}, 40_000, certificates={"hotwork": 60}))
    rows = tuple(
        Package(
            id=f"p{t}",
            duration=draw.randint(0, 4),
            needs=tuple(
                Need(skill, draw.randint(1, 2), 1, "hotwork" if skill == "welding" else None)
                for skill in draw.sample(("rebar", "welding"), draw.randint(0, 2))
            ),
            after=tuple(f"p{b}" for b in range(t) if draw.random() < 0.2),
            site=draw.randint(0, 1),
            earliest=draw.randint(0, 3),
            due=draw.randint(5, 20),
            late_cost=5_000,
            uses=(("crane", draw.randint(0, 1)),),
        )
        for t in range(packages)
    )
    return Problem(
        rows, people, (Site(0, 15, 20_000, headcount=3), Site(1, 18, 20_000)),
        (Resource("crane", 2, ((3, 5, 1),)),), (Crew("A"),),
        fixed=(Fixed("p0", rows[0].earliest, None),),
        weights=weights or draw.choice((Weights(), ALL, Weights(0, 0, 0, makespan=1))),
    )  # fmt: skip
