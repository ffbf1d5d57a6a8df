"""Every solution file is a plan that holds, by a checker that shares nothing with the solver."""

from __future__ import annotations

import json

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from projects.scheduling import instances
from projects.scheduling.solver import formats
from projects.scheduling.solver.clash import Infeasible
from projects.scheduling.solver.search import solve
from projects.scheduling.solver.stop import StopRule
from tests.scheduling import checker
from tests.scheduling.instances import MADE
from tests.shared import SHARED, needs_shared

CHECK = {
    "imopse": checker.check_imopse,
    "psplib": checker.check_psplib,
    "mspsp": checker.check_mspsp,
    "crew": checker.check_crew,
}
INSTANCES = SHARED / "data" / "instances" if SHARED else None


@pytest.mark.parametrize("kind", sorted(MADE))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6))
@example(seed=509963)  # of MSPSP: what takes no time wants somebody while all are at work
def test_whatever_the_instance_the_solution_file_holds_and_costs_what_is_said(kind, seed):
    text = MADE[kind](seed)
    instance = formats.READERS[kind](text, "made")
    problem = instances.aimed(instance, None, None)

    found = solve(problem, stop=StopRule(seconds=None, work=0.05), seed=seed)

    assert not isinstance(found, Infeasible)
    faults, figures = CHECK[kind](text, instance.write(found.plan))
    assert faults == []
    assert figures["makespan"] == found.makespan
    assert figures.get("cost", figures["makespan"]) == instance.shown(found.objective)
    assert found.bound <= found.objective


@pytest.mark.parametrize("kind", sorted(MADE))
def test_the_command_guesses_the_format_and_writes_file_and_json(kind, tmp_path, capsys):
    file, out = tmp_path / "made.txt", tmp_path / "made.sol"
    file.write_text(MADE[kind](7))

    call_command("schedule_instance", str(file), "--seconds", "4", "--out", str(out), "--json")

    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["format"] == kind
    assert CHECK[kind](file.read_text(), out.read_text())[0] == []
    assert {"objective", "bound", "gap", "seconds", "seed", "stop", "ended_by"} <= set(told)
    assert "best" in said.err


@pytest.mark.parametrize("kind", sorted(MADE))
def test_a_file_cut_in_the_middle_is_refused_in_one_sentence_and_nothing_is_stored(
    kind, tmp_path, capsys
):
    text = MADE[kind](3)
    out = tmp_path / "out"
    for share in (0.3, 0.6, 0.9):
        file = tmp_path / "cut"
        file.write_text(text[: int(len(text) * share)])

        with pytest.raises(SystemExit) as end:
            call_command("schedule_instance", str(file), "--format", kind, "--out", str(out))

        assert end.value.code == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == [tmp_path / "cut"]


@needs_shared
def test_the_published_schedules_hold_by_the_checker_and_by_the_reader():
    # That of D3 is of an older version of its instance.
    published = sorted(
        s for s in (INSTANCES / "imopse").glob("*.published.sol") if "_D3." not in s.name
    )
    for solution in published:
        text = (solution.parent / solution.name.replace(".published.sol", ".def")).read_text()

        faults, figures = checker.check_imopse(text, solution.read_text())

        assert faults == [], solution.name
        assert figures["makespan"] > 0
    assert published


@needs_shared
def test_every_given_instance_is_read_and_dispatched_without_a_fault():
    from projects.scheduling.solver import dispatch
    from projects.scheduling.solver.view import View

    for kind in MADE:
        for file in sorted((INSTANCES / kind).iterdir()):
            if file.suffix in (".def", ".dzn", ".sm", ".json"):
                text = file.read_text()
                assert formats.guess(text, file.name) == kind
                instance = formats.READERS[kind](text, file.name)

                plan = dispatch.foreman(View(instance.problem))

                assert CHECK[kind](text, instance.write(plan))[0] == [], file.name
