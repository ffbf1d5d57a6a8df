"""An import is a dry run or all or nothing; twice is once; each fault names its place."""

import pytest
from django.core.management import call_command

from jianzhu.access.actor import SYSTEM
from jianzhu.access.models import Organisation
from jianzhu.kernel import clock
from jianzhu.kernel.errors import SameHand
from settlements.imports.commands import approve_proposals, import_sheet
from settlements.imports.rows import KINDS
from settlements.month import files, setup
from workers_app.people.models import PayeeAccount, Worker
from workers_app.terms.models import AgreedRate

TWO = "code,name\n91990101MA0000001Y,临澜建设\n91990101MA00000022,临澜总包\n"


def take(kind, text, *, dry_run=False, name=None):
    content = text if isinstance(text, bytes) else text.encode()
    return import_sheet(
        kind=kind,
        name=name or f"{kind}.csv",
        content=content,
        actor=SYSTEM,
        at=clock.now(),
        dry_run=dry_run,
    )


def test_a_dry_run_says_what_would_be_done_and_does_nothing(db):
    report = take("organisations", TWO, dry_run=True)

    assert (report.new, report.same, report.faults, report.done) == (2, 0, (), False)
    assert Organisation.objects.count() == 0


def test_the_same_sheet_twice_is_once(db):
    assert take("organisations", TWO).new == 2

    again = take("organisations", TWO)

    assert (again.new, again.same) == (0, 2)
    assert Organisation.objects.count() == 2


def test_one_fault_keeps_every_row_out_and_names_file_row_and_column(db):
    take("organisations", TWO)

    report = take("parties", "project_code,organisation_code,role\nP-9,91990101MA0000001Y,owner\n")

    (fault,) = report.faults
    assert (fault.file, fault.row, fault.column, fault.code) == (
        "parties.csv",
        2,
        "project_code",
        "unknown",
    )
    assert "P-9" in str(fault.problem)


def test_the_same_key_with_other_content_is_a_fault_and_overwrites_nothing(db):
    take("organisations", TWO)

    report = take("organisations", TWO.replace("临澜总包", "别的公司"))

    (fault,) = report.faults
    assert (fault.row, fault.code) == (3, "differs")
    assert Organisation.objects.filter(name="别的公司").count() == 0


def test_a_good_row_beside_a_bad_one_is_not_written(db):
    report = take("organisations", TWO + "91990101MA00000022,另一个名字\n")

    assert report.faults
    assert Organisation.objects.count() == 0


@pytest.fixture
def sample(db):
    for kind in setup.ORDER:
        setup.load(kind)


def test_the_whole_sample_loads_and_loading_it_again_is_nothing_new(sample):
    assert Worker.objects.count() == 48
    assert sum(setup.load(kind).new for kind in setup.ORDER) == 0


def test_rates_and_accounts_count_only_after_a_second_person_approved(sample):
    assert AgreedRate.objects.exclude(state="proposed").count() == 0
    assert PayeeAccount.objects.exclude(state="pending").count() == 0

    setup.approve()

    assert AgreedRate.objects.filter(state="proposed").count() == 0
    assert PayeeAccount.objects.filter(state="verified").count() == 48


def test_nobody_approves_the_own_import(sample):
    from projects.sites.models import Project

    with pytest.raises(SameHand):
        approve_proposals(project_id=Project.objects.first().pk, actor=SYSTEM, at=clock.now())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_refuses_wrong_columns_with_what_would_be_right(kind, db):
    report = take(kind, "nonsense\n1\n")

    assert report.faults
    assert all(str(fault.expected) for fault in report.faults)


def test_the_command_exits_with_two_and_says_where(db, tmp_path, capsys):
    file = tmp_path / "organisations.csv"
    file.write_text("code,name\n,临澜建设\n", encoding="utf-8")

    with pytest.raises(SystemExit) as end:
        call_command("import_sheet", "organisations", str(file))

    said = capsys.readouterr()
    assert end.value.code == 2
    assert "organisations.csv" in said.err
    assert "nothing written" in said.out


def test_a_sheet_in_gb18030_with_chinese_headers_is_read(sample):
    assert files.sheet("crews").read_bytes().decode("gb18030").startswith("用人单位代码")
