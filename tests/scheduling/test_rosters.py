"""Rosters keep everybody's rules, cost what is said, and their bound is none that a roster beats."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from projects.scheduling.solver.faults import Fault
from projects.scheduling.solver.formats import roster as fmt
from projects.scheduling.solver.roster import paths
from projects.scheduling.solver.roster.search import NoRoster, solve
from projects.scheduling.solver.stop import StopRule
from tests.scheduling import checker
from tests.scheduling.instances import roster
from tests.shared import SHARED, needs_shared


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6))
def test_every_roster_keeps_everybodys_rules_and_costs_what_is_said(seed):
    text = roster(seed)
    asked = fmt.read(text, "made")

    found = solve(asked, stop=StopRule(seconds=None, work=1.0), seed=seed)

    if isinstance(found, NoRoster):
        assert found.people
        return
    faults, penalty = checker.check_roster(text, fmt.write(asked, found.rows))
    assert faults == []
    assert penalty == found.objective
    assert found.bound <= found.objective


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_persons_cheapest_row_is_the_cheapest_of_all_rows_there_are(seed):
    """Against every row of a short roster, one by one."""
    asked = fmt.read(roster(seed, people=1, days=7).replace(",2,2,1\n", ",2,1,1\n"), "made")
    (group,) = paths.groups(asked, [0])
    price = np.random.default_rng(seed).integers(-9, 9, (1, 7, 3)).astype(float)

    costs, (row,) = group.cheapest(price)

    best = None
    for cells in product((-1, 0, 1, 2), repeat=7):
        text = fmt.write(asked, (tuple("" if s < 0 else "ELN"[s] for s in cells),))
        limits = [cells.count(s) <= asked.people[0].most["ELN"[s]] for s in group.loose]
        if cells.count(-1) >= 1 and not _broken(asked, text, loose=not all(limits)):
            cost = sum(price[0, d, s] for d, s in enumerate(cells) if s >= 0)
            best = cost if best is None else min(best, cost)
    assert (best is None and costs[0] >= 1e11) or costs[0] == pytest.approx(best)
    if row:
        assert sum(price[0, d, s] for d, s in enumerate(row) if s >= 0) == pytest.approx(best)


def _broken(asked, text, loose):
    """Rules that no state counts are fined, so the cheapest row may break them."""
    person = asked.people[0]
    most = "|".join(f"{s}={n}" for s, n in person.most.items())
    staff = (
        f"A,{most},{person.minutes_max},{person.minutes_min},{person.run_max},"
        f"{person.run_min},{person.rest_min},{person.weekends_max}"
    )
    off = ",".join(["A", *map(str, sorted(person.off))])
    instance = (
        "SECTION_HORIZON\n7\nSECTION_SHIFTS\nE,480,\nL,480,E\nN,600,E|L\nSECTION_STAFF\n"
        f"{staff}\nSECTION_DAYS_OFF\n{off}\nSECTION_SHIFT_ON_REQUESTS\n"
        "SECTION_SHIFT_OFF_REQUESTS\nSECTION_COVER\n"
    )
    faults = checker.check_roster(instance, text)[0]
    return [f for f in faults if not (loose and "too many" in f and "weekends" not in f)]


def test_the_command_writes_the_sets_xml(tmp_path, capsys):
    file, out = tmp_path / "made.txt", tmp_path / "made.ros"
    file.write_text(roster(3))

    call_command("schedule_instance", str(file), "--work", "1", "--out", str(out), "--json")

    told = json.loads(capsys.readouterr().out)
    assert told["format"] == "roster"
    assert checker.check_roster(file.read_text(), out.read_text()) == ([], told["objective"])
    assert f"<Penalty>{told['objective']}</Penalty>" in out.read_text()


def test_the_same_seed_and_work_give_the_same_roster_with_one_core_and_with_two():
    asked = fmt.read(roster(4), "made")

    rows = [solve(asked, stop=StopRule(None, work=1.0), seed=2, cores=c).rows for c in (1, 2)]

    assert rows[0] == rows[1]


def test_rules_that_cannot_be_kept_name_the_person():
    text = roster(5).replace(f",{480 * 4},", ",99999,", 1)

    found = solve(fmt.read(text, "made"), stop=StopRule(None, work=1.0))

    assert found == NoRoster(("A",))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.95])
def test_a_cut_roster_is_refused(share):
    text = roster(6)

    with pytest.raises(Fault) as refused:
        fmt.read(text[: int(len(text) * share)], "made")

    assert refused.value.code in ("cut", "unreadable")


@needs_shared
def test_a_published_instance_is_proved_best_within_seconds():
    file = SHARED / "data" / "instances" / "roster" / "Instance4.txt"

    found = solve(fmt.read(file.read_text(), file.name), stop=StopRule(seconds=30))

    assert found.objective == found.bound == 1716
