"""A bundle convinces somebody who trusts nobody, and names the record that was tampered with."""

import io
import json
import subprocess
import sys
import zipfile

import pytest

from jianzhu.audit.queries import history
from projects.attendance.models import DeviceBody
from settlements.evidence.documents import public_keys
from settlements.evidence.verifier import verify_bundle
from settlements.statements.models import StatementLine
from tests.api.caller import Caller
from tests.audit.ground import as_superuser
from tests.evidence.conftest import UNCLEAR
from tests.site import DAY


def paid_line(site):
    return StatementLine.objects.get(statement__worker=site.li_wei, on=DAY)


def bundle(actor, path):
    answer = Caller(actor).get(path)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.content))


def of_case(site):
    return bundle(site.arbitrator, f"disputes/{site.case.pk}/evidence")


def verified(archive):
    return verify_bundle(archive.read, **public_keys())


def test_the_bundle_of_a_case_holds_everything_and_verifies(site):
    archive = of_case(site)

    names = set(archive.namelist())
    assert names >= {"manifest.json", "records.json", "elements.json", "case.json", "verify.py"}
    assert archive.read("report.pdf").startswith(b"%PDF-")
    assert [n for n in names if n.startswith("bodies/")] != []
    tables = {r["table"] for r in json.loads(archive.read("records.json"))["records"]}
    assert tables >= {
        "settlements_statementline",
        "settlements_dispute",
        "projects_dayrecord",
        "projects_punch",
        "projects_devicebody",
    }
    assert verified(archive).faults == []


def test_a_line_without_a_case_has_a_bundle_too(site):
    line = paid_line(site)

    archive = bundle(site.contractor, f"statement-lines/{line.pk}/evidence")

    tables = {r["table"] for r in json.loads(archive.read("records.json"))["records"]}
    assert tables >= {"settlements_payout", "projects_tasksheet", "workers_app_agreedrate"}
    assert verified(archive).faults == []


def test_the_verifier_inside_needs_nothing_but_python(site, tmp_path):
    of_case(site).extractall(tmp_path)

    done = subprocess.run(
        [sys.executable, "-I", "-S", str(tmp_path / "verify.py")],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "everything verifies" in done.stdout


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE settlements_statementline SET label = 'x' WHERE id = {line}",
         "settlements_statementline {line}"),
        ("UPDATE projects_dayrecord SET minutes = 1 WHERE worker_id = {worker}",
         "projects_dayrecord"),
        ("UPDATE projects_punch SET at = at + interval '1 minute' WHERE worker_id = {worker}",
         "projects_punch"),
        ("UPDATE settlements_dispute SET claim = 'nothing'", "settlements_dispute"),
        ("UPDATE jianzhu_auditevent SET actor = 'me' WHERE subject_type = 'dispute'", "event "),
    ],
)  # fmt: skip
def test_the_bundle_of_a_tampered_record_names_the_record(site, sql, named):
    line = StatementLine.objects.get(statement__worker=site.li_wei, on=UNCLEAR)
    facts = {"line": line.pk, "worker": site.li_wei.pk}
    as_superuser(sql.format(**facts))

    faults = verified(of_case(site)).faults

    assert any(named.format(**facts) in fault for fault in faults), faults


def test_a_changed_body_is_named(site):
    as_superuser("UPDATE projects_devicebody SET body = body || 'x'")

    faults = verified(of_case(site)).faults

    assert any("bodies/" in fault for fault in faults)


@pytest.mark.parametrize("name", ["case.json", "elements.json", "README.txt", "verify.py"])
def test_a_changed_file_of_the_bundle_is_named(site, name):
    archive = of_case(site)

    def read(wanted):
        return archive.read(wanted) + (b" " if wanted == name else b"")

    assert any(name in fault for fault in verify_bundle(read, **public_keys()).faults)


def test_each_look_at_evidence_is_told_where_the_parties_see_it(site):
    of_case(site)

    told = [(e.verb, e.actor) for e in history("dispute", site.case.pk)]

    assert ("dispute.take_evidence", str(site.arbitrator)) in told


def test_a_worker_does_not_get_what_a_gate_said_of_colleagues(site):
    from tests.site import at

    body = DeviceBody.objects.create(
        device=site.gate, kind="hikvision", received_at=at(DAY), method="POST", path="/", body=b"-",
        digest=__import__("hashlib").sha256(b"-").digest(),
    )  # fmt: skip
    as_superuser(f"UPDATE projects_punch SET body_id = {body.pk}")

    mine = bundle(site.actor(site.li_wei), f"statement-lines/{paid_line(site).pk}/evidence")

    assert [n for n in mine.namelist() if n.startswith("bodies/")] == []
    assert json.loads(mine.read("manifest.json"))["withheld"] != []
