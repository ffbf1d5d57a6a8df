"""A crew's amount or quantity shared out by the agreed rule, to the last unit.

By 工, by points, or equally. Largest remainder in order of id: any order of the sharers gives the
same parts, and the parts sum to the whole.
"""

from __future__ import annotations

from collections.abc import Mapping

from jianzhu.kernel.money import share_out
from settlements.wages import errors
from settlements.wages.facts import Id

RULES = ("workdays", "points", "equal")


def share(
    total: int,
    rule: str,
    workdays: Mapping[Id, int],
    points: Mapping[Id, int] | None = None,
) -> dict[Id, int]:
    """Parts of `total` (minor units or thousandths) by worker id.

    `workdays`: confirmed thousandths of 工 in the span by worker; only who has some can share.
    `points`: agreed points by worker, for the rule "points". AbsentSharer when the rule names a
    worker without confirmed time, BadShare below zero, NobodyShares when all weights are zero.
    """
    weights = _weights(rule, workdays, points or {})
    if not any(weights.values()):
        raise errors.NobodyShares
    workers = sorted(weights, key=lambda worker: (str(type(worker)), worker))
    parts = share_out(total, [weights[worker] for worker in workers])
    return dict(zip(workers, parts, strict=True))


def _weights(rule: str, workdays: Mapping[Id, int], points: Mapping[Id, int]) -> Mapping[Id, int]:
    if rule not in RULES:
        raise errors.UnknownChoice(field="share_rule", value=rule, allowed=", ".join(RULES))
    for worker, weight in (*workdays.items(), *points.items()):
        if weight < 0:
            raise errors.BadShare(worker=worker, weight=weight)
    for worker in points:
        if not workdays.get(worker):
            raise errors.AbsentSharer(worker=worker)
    if rule == "points":
        return points
    if rule == "equal":
        return {worker: int(worked > 0) for worker, worked in workdays.items()}
    return workdays
