"""A public instance: the problem in it, and how its set writes a solution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from projects.scheduling.solver.plan import Plan
from projects.scheduling.solver.problem import Problem


@dataclass(frozen=True, slots=True)
class Instance:
    """`scale`: minor units of the problem per unit of the set. `write`: its solution file."""

    kind: str
    problem: Problem
    write: Callable[[Plan], str]
    scale: int = 1

    def shown(self, amount: int) -> Any:
        """An amount in the set's own unit."""
        return amount if self.scale == 1 else round(amount / self.scale, 2)
