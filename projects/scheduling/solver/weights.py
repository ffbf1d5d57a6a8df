"""What counts, and how much: each measure times its weight, summed."""

from __future__ import annotations

from dataclasses import asdict, dataclass

MEASURES: dict[str, str] = {
    "labour": "wages of everybody assigned, minor units",
    "travel": "fares there and back, minor units",
    "lateness": "agreed cost of every slot past a due date, minor units",
    "makespan": "slots until the last package is over",
    "fairness": "slots between who works most and who works least",
    "stability": "people and starts that differ from the published plan",
}


@dataclass(frozen=True, slots=True)
class Weights:
    """One whole number ≥ 0 per measure of `MEASURES`."""

    labour: int = 1
    travel: int = 1
    lateness: int = 1
    makespan: int = 0
    fairness: int = 0
    stability: int = 0

    def __post_init__(self) -> None:
        for name, weight in asdict(self).items():
            if weight < 0:
                raise ValueError(f"the weight of {name} is {weight}: it has to be 0 or more")

    def total(self, measures: dict[str, int]) -> int:
        """The objective."""
        return sum(weight * measures[name] for name, weight in asdict(self).items())


SHORTEST = Weights(labour=0, travel=0, lateness=0, makespan=1)
CHEAPEST = Weights()
