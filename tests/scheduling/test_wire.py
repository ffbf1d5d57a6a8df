"""A neighbourhood travels as JSON and comes back as the very same values."""

from __future__ import annotations

import json

from projects.scheduling.solver import dispatch, neighbourhood
from projects.scheduling.solver.neighbourhood import Task
from projects.scheduling.solver.roster.search import Task as RosterTask
from projects.scheduling.solver.view import View
from projects.scheduling.solver.weights import Weights
from projects.scheduling.solver.wire import from_json, to_json
from tests.scheduling.instances import roster
from tests.scheduling.problems import problem


def test_a_task_comes_back_equal_and_gets_the_same_answer():
    asked = problem(5, workers=9, packages=10, weights=Weights())
    view = View(asked)
    plan = dispatch.cheapest(view)
    small, start = neighbourhood.frozen(view, plan, {1, 2, 3, 4}, people=4)
    task = Task(small, start, 60, 0.05, 7)

    back = from_json(Task, json.loads(json.dumps(to_json(task))))

    assert back == task
    assert neighbourhood.improve(back) == neighbourhood.improve(task)


def test_a_rosters_task_comes_back_equal():
    from projects.scheduling.solver.formats import roster as fmt

    asked = fmt.read(roster(1), "made")
    rows = (("",) * asked.days,) * len(asked.people)
    task = RosterTask(asked, rows, frozenset({(0, 1), (1, 2)}), 0.1, 3)

    assert from_json(RosterTask, json.loads(json.dumps(to_json(task)))) == task
