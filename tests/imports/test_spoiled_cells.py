"""Whatever stands in a cell, the sheet is answered with faults that name it, and never with a crash."""

import csv
import io

import openpyxl
import pytest

from jianzhu.access.actor import SYSTEM
from jianzhu.kernel import clock
from settlements.imports.commands import import_sheet
from settlements.imports.rows import KINDS
from settlements.month import files, setup
from workers_app.people.models import Crew, CrewMember
from workers_app.terms.models import AgreedRate

# What the reader lets through as a value of some column; what it refuses itself is tested with it.
ODD = ("", "x", "a=1;a", "1", "2026-12-31", "rejected")
# What makes a copy of the last row another row.
KEYS = {
    "number",
    "reference",
    "code",
    "serial",
    "username",
    "worker_code",
    "valid_from",
    "id_number",
}


def table(kind):
    """The sample's sheet of this kind as a header and its last row, which has most to say."""
    file = files.sheet(kind)
    if file.suffix == ".xlsx":
        rows = list(openpyxl.load_workbook(file).active.values)
    else:
        content = file.read_bytes()
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                rows = list(csv.reader(io.StringIO(content.decode(encoding))))
                break
            except UnicodeDecodeError:
                continue
    return [str(cell) for cell in rows[0]], ["" if c is None else str(c) for c in rows[-1]]


def another(header, row):
    """The row under keys of its own, so that it is not just found to be there."""
    new = {"valid_from": "2026-12-01", "number": "TS-NEW"}
    return [
        new.get(name, f"{cell}9") if name in KEYS else cell
        for name, cell in zip(header, row, strict=True)
    ]


def changed(kind, changes):
    """Header and row with these cells; a column that the sample's sheet leaves out is added."""
    header, row = table(kind)
    cells = dict(zip(header, another(header, row), strict=True))
    if kind == "agreements":  # more terms of somebody who is there
        cells["worker_code"] = row[header.index("worker_code")]
    cells |= changes
    return list(cells), list(cells.values())


def tried(kind, header, row, *, dry_run=True):
    text = io.StringIO()
    csv.writer(text).writerows([header, row])
    return import_sheet(
        kind=kind, name=f"{kind}.csv", content=text.getvalue().encode(), actor=SYSTEM,
        at=clock.now(), dry_run=dry_run,
    )  # fmt: skip


@pytest.fixture
def sample(db):
    for kind in setup.ORDER:
        setup.load(kind)


@pytest.mark.slow
def test_a_spoiled_cell_is_a_fault_or_harmless_in_every_column_of_every_kind(sample):
    for kind in KINDS:
        header, row = table(kind)
        row = another(header, row)
        for at, name in enumerate(header):
            for odd in ODD:
                try:
                    report = tried(kind, header, [*row[:at], odd, *row[at + 1 :]])
                except Exception as crash:
                    raise AssertionError(f"{kind}: {name} = {odd!r}") from crash
                assert all(fault.row >= 1 and str(fault.problem) for fault in report.faults)


@pytest.mark.parametrize(
    ("kind", "changes", "column", "code"),
    [
        ("task_sheets", {"decision": "accepted", "decided_at": ""}, "decided_at", "blank"),
        ("task_sheets", {"decision": "rejected", "cure_by": ""}, "cure_by", "blank"),
        ("task_sheets", {"share_points": "B-01=two"}, "share_points", "bad_points"),
        ("task_sheets", {"decided_by": "nobody"}, "decided_by", "unknown"),
        ("crew_members", {"worker_code": "nobody"}, "worker_code", "unknown"),
        ("agreements", {"currency": "DEM"}, "currency", "not_a_choice"),
    ],
)
def test_the_fault_names_the_cell(sample, kind, changes, column, code):
    header, row = changed(kind, changes)

    (fault,) = tried(kind, header, row).faults

    assert (fault.row, fault.column, fault.code) == (2, column, code)
    assert str(fault.expected)


TERMS = {
    "a night supplement": ({"night_percent": "20"}, {"night_percent": 20}),
    "a salary for forty hours": (
        {"basis": "薪水", "rate": "1560.00", "salary_per": "月", "covers_minutes": "40:00"},
        {"basis": "salary", "salary_per": "month", "covers_minutes": 2_400},
    ),
    "a guarantee of a piece price": (
        {"basis": "piece", "item": "wall", "unit": "m2", "guarantee": "11.00"},
        {"guarantee_minor": 1_100},
    ),
    "a determination with its fringe": (
        {"determination": "TX99", "basic_rate": "22", "fringe_rate": "5", "fringe_to_plan": "3.50"},
        {
            "prevailing": {
                "id": "TX99", "basic_minor": 2_200, "fringe_minor": 500, "plan_minor": 350,
                "cash_minor": 0,
            }
        },
    ),
}  # fmt: skip


def test_what_is_agreed_beside_the_rate_is_taken_from_the_sheet_and_twice_is_once(sample):
    for name, (cells, expected) in TERMS.items():
        header, row = changed("agreements", cells)

        first = tried("agreements", header, row, dry_run=False)
        again = tried("agreements", header, row, dry_run=False)

        assert ((first.faults, first.new), (again.faults, again.same)) == (((), 1), ((), 1)), name
        rate = AgreedRate.objects.order_by("-pk").first()
        assert {field: getattr(rate, field) for field in expected} == expected, name


MISPLACED = [
    ({"night_percent": "300"}, "night_percent", "above_max"),
    ({"salary_per": "month"}, "salary_per", "only_with"),
    ({"covers_minutes": "40:00"}, "covers_minutes", "only_with"),
    ({"guarantee": "11.00"}, "guarantee", "only_with"),
    ({"fringe_to_plan": "5.00"}, "fringe_to_plan", "only_with"),
    ({"determination": "TX99", "basic_rate": "22"}, "fringe_rate", "blank"),
]


def test_terms_that_belong_to_another_cell_are_faults_that_say_so(sample):
    for cells, column, code in MISPLACED:
        (fault,) = tried("agreements", *changed("agreements", cells)).faults

        assert (fault.column, fault.code) == (column, code)
        assert str(fault.problem)
        assert str(fault.expected)


def test_a_second_membership_over_the_same_days_is_a_fault_and_written_nowhere(sample):
    header, row = table("crew_members")
    before = CrewMember.objects.count()
    other = next(c.code for c in Crew.objects.all() if c.code != row[header.index("crew_code")])
    row[header.index("crew_code")] = other

    (fault,) = tried("crew_members", header, row).faults

    assert fault.row == 2
    assert "crew member" in str(fault.expected)
    assert CrewMember.objects.count() == before
