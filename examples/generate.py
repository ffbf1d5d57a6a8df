"""Makes the sample month: `python examples/generate.py [FOLDER]` (default: examples/month).

Everything follows from one seed, so the same files come out byte for byte; a test compares them
with those kept here. Standard library, openpyxl for the two workbooks, and nothing of the product.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from sample import setup, work
from sample.attendance import Passage, passages, shifts
from sample.expected import expected
from sample.files import Rows, write_captures, write_csv, write_xlsx
from sample.gates import Gates
from sample.headers import CHINESE, ENGLISH
from sample.people import Person, people

SEED = 20261001


def main(folder: Path) -> None:
    """Writes every file of the month but its README."""
    rng = random.Random(SEED)
    everybody = people(rng)
    worked = shifts(everybody, rng)
    passed = passages(worked, rng)
    gates = Gates()
    gates.run(passed)
    for part in ("setup", "devices", "sheets"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    _setup(folder / "setup", everybody)
    for name, captures in gates.captures().items():
        write_captures(folder / "devices" / f"{name}.jsonl", captures)
    _sheets(folder / "sheets", gates)
    answer = expected(everybody, worked, _counts(gates, everybody, passed))
    text = json.dumps(answer, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


def _setup(folder: Path, everybody: list[Person]) -> None:
    for name, rows in _plain_sheets(everybody).items():
        write_csv(folder / f"{name}.csv", ENGLISH[name].split(), rows)
    # As a Chinese Excel saves them: one file in GB18030 with Chinese headers, one workbook.
    write_csv(folder / "crews.csv", CHINESE["crews"].split(), setup.crews(everybody), "gb18030")
    write_xlsx(folder / "workers.xlsx", CHINESE["workers"].split(), setup.workers(everybody))


def _plain_sheets(everybody: list[Person]) -> dict[str, Rows]:
    return {
        "organisations": setup.ORGANISATIONS,
        "users": setup.users(everybody),
        "projects": setup.PROJECTS,
        "parties": setup.PARTIES,
        "devices": setup.DEVICES,
        "attendance_rules": setup.RULES,
        "minimum_wages": setup.MINIMUM_WAGES,
        "crew_members": setup.crew_members(everybody),
        "agreements": setup.agreements(everybody),
        "work_packages": work.packages(),
        "assignments": work.assignments(),
        "deposits": work.DEPOSITS,
        "task_sheets": work.task_sheets(everybody),
        "milestones": work.milestones(everybody),
    }


def _sheets(folder: Path, gates: Gates) -> None:
    word = {"in": "进", "out": "出"}
    write_xlsx(
        folder / "site-a-2026-10-22.xlsx",
        CHINESE["punches"].split(),
        [_punch(setup.SITE_A, p, word[p.direction], "大门停电") for p in gates.sheet_a],
    )
    write_csv(
        folder / "site-b-2026-10-12-to-16.csv",
        ENGLISH["punches"].split(),
        [_punch(setup.SITE_B, p, p.direction, "terminal in repair") for p in gates.sheet_b],
        "utf-8-sig",
    )


def _punch(site: str, passage: Passage, direction: str, reason: str) -> list[Any]:
    """A row by hand: to the minute, in the site's wall clock."""
    at = passage.at.replace(second=0, tzinfo=None)
    return [site, passage.person.person_no, passage.person.name, at, direction, reason]


def _counts(gates: Gates, everybody: list[Person], passed: list[Passage]) -> dict[str, int]:
    return {
        "people": len(everybody),
        "passages": len(passed),
        "passages_by_sheet": len(gates.sheet_a) + len(gates.sheet_b),
        "passages_at_unknown_device": len(gates.stranger.lines),
        "events_of_unknown_person": 2,
        "requests": sum(len(requests) for requests in gates.captures().values()),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "month")
