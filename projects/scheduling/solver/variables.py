"""The variables of a model, kept to read a plan back and to hint one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ortools.sat.python import cp_model

from projects.scheduling.solver.view import View


@dataclass
class Model:
    """`starts` by package, `serves` by package, need and group."""

    cp: cp_model.CpModel
    view: View
    groups: list[list[int]]
    starts: list[Any] = field(default_factory=list)
    serves: dict[tuple[int, int, int], Any] = field(default_factory=dict)
    terms: list[Any] = field(default_factory=list)
    measures: dict[Any, Any] = field(default_factory=dict)
