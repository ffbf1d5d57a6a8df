"""A receipt verifies offline, and nothing that was changed in it or behind it does."""

import copy
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from jianzhu.audit import rebuild
from projects.acceptance.models import TaskSheet
from projects.attendance.models import Punch
from settlements.evidence import verifier
from settlements.evidence.documents import public_keys
from settlements.evidence.verifier import facts_of, verify_document
from settlements.payouts.models import Payout
from settlements.statements.models import Statement, StatementLine
from tests.api.caller import Caller
from tests.audit.ground import as_superuser

KINDS = {
    "punches": lambda s: Punch.objects.filter(worker=s.li_wei).first().pk,
    "task-sheets": lambda s: TaskSheet.objects.get().pk,
    "statements": lambda s: Statement.objects.get(worker=s.li_wei).pk,
    "payouts": lambda s: Payout.objects.get(worker=s.li_wei).pk,
}


def receipt(site, kind):
    answer = Caller(site.actor(site.li_wei)).get(f"{kind}/{KINDS[kind](site)}/receipt")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize("kind", KINDS)
def test_a_worker_gets_a_receipt_that_verifies_with_the_published_keys(site, kind):
    said = receipt(site, kind)

    found = verify_document(said, **public_keys())

    assert found.faults == []
    assert said["keys"] == public_keys()
    assert any("countersigned" in line for line in found.lines)
    assert {r["id"] for r in said["records"]} >= {KINDS[kind](site)}


def test_a_receipt_says_what_the_record_says(site):
    payout = Payout.objects.get(worker=site.li_wei)
    said = receipt(site, "payouts")

    (facts,) = [facts_of(r) for r in said["records"] if r["table"] == "settlements_payout"]

    assert facts["amount_minor"] == str(payout.amount_minor)
    assert facts["state"] == payout.state
    assert facts["reference"] == payout.reference


def spoil_value(said):
    record = said["records"][0]
    record["row"] = record["row"].replace("40000", "99999", 1)


def spoil_names(said):
    columns = said["records"][0]["columns"]
    columns[0], columns[-1] = columns[-1], columns[0]


def spoil_event(said):
    event = next(e for e in said["events"] if e["id"] == said["records"][0]["event"])
    event["content"] = event["content"].replace("database", "somebody")


def own_line(said):
    """The line of the log that the first record hangs on."""
    record = said["records"][0]
    event = next(e for e in said["events"] if e["id"] == record["event"])
    return next(n for n in event["lines"] if n["line"].startswith(f"{record['id']} "))


def spoil_line(said):
    line = own_line(said)
    line["line"] = line["line"].replace("40000", "99999")


def spoil_place(said):
    own_line(said)["place"] += 1


def spoil_digest(said):
    """Record and line changed together, so that they fit each other."""
    record = said["records"][0]
    old = hashlib.sha256(record["row"].encode()).hexdigest()
    record["row"] = record["row"].replace("40000", "99999", 1)
    new = hashlib.sha256(record["row"].encode()).hexdigest()
    for line in (n for event in said["events"] for n in event["lines"]):
        line["line"] = line["line"].replace(old, new)


def spoil_head(said):
    said["head"] = said["head"].replace("\n", "\n9", 1)


def spoil_witness(said):
    text, _, lines = said["head"].rpartition("\n\n")
    said["head"] = f"{text}\n\n{lines.splitlines()[0]}\n"


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_value,
        spoil_names,
        spoil_event,
        spoil_line,
        spoil_place,
        spoil_digest,
        spoil_head,
        spoil_witness,
    ],
)
def test_a_changed_receipt_does_not_verify(site, spoil):
    said = receipt(site, "payouts")
    changed = copy.deepcopy(said)
    # Records come by table: the payout's own is first to be spoiled.
    changed["records"].sort(key=lambda r: r["table"] != "settlements_payout")

    spoil(changed)

    assert changed != said
    assert not verify_document(changed, **public_keys()).ok


def test_a_receipt_signed_by_another_log_does_not_verify(site, settings):
    said = receipt(site, "payouts")
    settings.AUDIT_KEY = "another key that is long enough to be one 0123"

    assert not verify_document(said, **public_keys()).ok


def test_a_record_changed_behind_the_log_is_named_by_its_receipt(site):
    ident = KINDS["payouts"](site)
    as_superuser(f"UPDATE settlements_payout SET amount_minor = 1 WHERE id = {ident}")

    found = verify_document(receipt(site, "payouts"), **public_keys())

    assert any(f"settlements_payout {ident}:" in fault for fault in found.faults)


def test_one_of_many_changed_together_is_proved_without_showing_the_others(site):
    """Both payouts were sent and told in one statement; neither receipt tells of the other."""
    both = {p.worker_id: p.pk for p in Payout.objects.all()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE settlements_payout SET reason = 'looked at'")
    own, other = both[site.li_wei.pk], both[site.zhang_qiang.pk]

    said = receipt(site, "payouts")

    assert verify_document(said, log=public_keys()["log"]).faults == []
    record = next(r for r in said["records"] if r["table"] == "settlements_payout")
    event = next(e for e in said["events"] if e["id"] == record["event"])
    (line,) = event["lines"]
    assert json.loads(event["content"])[8][0] == len(both)
    assert line["line"].startswith(f"{own} ")
    assert not any(
        n["line"].startswith(f"{other} ") and "40000" in n["line"]
        for e in said["events"]
        for n in e["lines"]
        if json.loads(json.loads(e["content"])[6])["of"] == "settlements_payout"
    )


def test_a_receipt_of_the_first_format_still_verifies(site):
    """Then the lines of all rows stood in the event itself."""
    ident = KINDS["payouts"](site)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE settlements_payout SET reason = 'x' WHERE id = %s", [ident])
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE jianzhu_auditevent SET rows = '', data = data || "
            "jsonb_build_object('rows', rows) WHERE id = (SELECT max(id) FROM jianzhu_auditevent)"
        )

    said = receipt(site, "payouts")
    old = {**said, "format": "jianzhu-evidence/1"}

    found = verify_document(old, log=public_keys()["log"])
    assert found.faults == []
    own = next(r for r in old["records"] if r["table"] == "settlements_payout")
    (event,) = [e for e in old["events"] if e["id"] == own["event"]]
    assert event["lines"] == []
    own["row"] = own["row"].replace("40000", "99999", 1)
    assert not verify_document(old, log=public_keys()["log"]).ok
    assert list(rebuild.differences()) == []


def test_nobody_gets_anothers_receipt(site):
    other = Caller(site.actor(site.zhang_qiang))

    for kind in ("punches", "statements", "payouts"):
        assert other.get(f"{kind}/{KINDS[kind](site)}/receipt").status_code == 404


def test_the_command_and_the_script_verify_a_file(site, tmp_path, capsys):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    said = receipt(site, "payouts")
    good.write_text(json.dumps(said))
    said["records"].sort(key=lambda r: r["table"] != "settlements_payout")
    spoil_digest(said)
    bad.write_text(json.dumps(said))
    keys = public_keys()

    call_command("receipt_verify", str(good), witness=keys["witness"])
    with pytest.raises(SystemExit) as left:
        call_command("receipt_verify", str(bad))
    script = [sys.executable, "-I", str(Path(verifier.__file__))]
    given = ["--log", keys["log"], "--witness", keys["witness"]]

    assert left.value.code == 1
    assert subprocess.run([*script, str(good), *given], check=False).returncode == 0
    assert subprocess.run([*script, str(bad), *given], check=False).returncode == 1
    assert "FAULT event" in capsys.readouterr().out


def test_anybody_verifies_without_signing_in(site):
    said = receipt(site, "payouts")
    nobody = Caller(None)

    fine = nobody.send("POST", "evidence/verifications", said, {}).json()
    spoil_value(said)
    wrong = nobody.send("POST", "evidence/verifications", said, {}).json()

    assert (fine["ok"], wrong["ok"]) == (True, False)
    assert nobody.get("evidence/keys").json() == public_keys()


LINKED_FROM = {
    "punches": "/punches/{}/",
    "task-sheets": "/task-sheets/{}/",
    "statements": "/lines/{line}/",
    "payouts": "/payouts/{}/",
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_receipt_is_linked_downloads_and_verifies_by_file_and_on_the_page(
    site, kind, browse, tmp_path
):
    worker, ident = browse(site.li_wei.user_id), KINDS[kind](site)
    line = StatementLine.objects.filter(statement__worker=site.li_wei).first()
    page = worker.get(LINKED_FROM[kind].format(ident, line=line.pk)).content.decode()
    link = re.search(rf"/receipts/{kind}/{ident}\.json", page)[0]
    given = worker.get(link)
    file = tmp_path / "receipt.json"
    file.write_bytes(given.content)

    call_command("receipt_verify", str(file))
    said = {
        language: Client(headers={"accept-language": language})
        .post("/verify/", {"text": given.content.decode()})
        .content.decode()
        for language in ("en", "zh-hans")
    }

    assert "attachment" in given["Content-Disposition"]
    assert "Everything verifies" in said["en"]
    assert "全部核验通过" in said["zh-hans"]


def test_the_page_verifies_what_is_pasted_or_uploaded(site, tmp_path):
    said, page = receipt(site, "payouts"), Client(headers={"accept-language": "en"})
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(said))

    pasted = page.post("/verify/", {"text": json.dumps(said)})
    with file.open("rb") as upload:
        uploaded = page.post("/verify/", {"file": upload})
    wrong = page.post("/verify/", {"text": "{}"})
    nothing = page.post("/verify/", {"text": "not JSON"})

    assert "Everything verifies" in pasted.content.decode()
    assert "Everything verifies" in uploaded.content.decode()
    assert "does not verify" in wrong.content.decode()
    assert "neither a receipt nor a bundle" in nothing.content.decode()
    assert public_keys()["log"] in page.get("/verify/").content.decode()


def test_what_was_not_sealed_yet_is_sealed_for_the_receipt(site):
    from tests.site import DAY, at

    site.punch(site.li_wei, at(DAY, 18), "in")
    newest = Punch.objects.order_by("-pk").first().pk

    said = Caller(site.actor(site.li_wei)).get(f"punches/{newest}/receipt").json()

    found = verify_document(said)
    assert found.faults == []
    assert said["keys"]["witness"] == ""
    assert "not countersigned by a witness" in found.lines
