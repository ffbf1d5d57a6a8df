"""The evidence of a case, or of lines without one, in a zip that proves itself to anybody."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Q

from projects.acceptance import queries as acceptance
from projects.attendance import queries as attendance
from projects.sites import queries as sites
from settlements.disputes import queries as disputes
from settlements.disputes.queries import Case
from settlements.evidence import report, verifier
from settlements.evidence.documents import document
from settlements.evidence.elements import elements
from settlements.payouts import queries as payouts
from settlements.statements import queries as statements
from settlements.statements import trace
from settlements.statements.queries import Line
from settlements.statements.trace import Trace
from workers_app.people import queries as people
from workers_app.terms import queries as terms

README = """证据包 / Evidence bundle

report.pdf    可读的报告 / the report to read
case.json     报告中的事实 / the facts of the report
elements.json 要素表 / the element table
records.json  原始记录、封存它们的日志、证明 / the records, the log events that sealed them, proofs
bodies/       考勤机原始报文 / what the gates sent, byte for byte
manifest.json 每个文件的摘要 / the digest of every file
verify.py     核验程序，只需 Python / the verifier; needs Python 3.11 and nothing else

    python3 verify.py --log KEY --witness KEY

The keys are published by the operator (/verify/ on the site): compare them, and check every record,
every event and every signature without trusting whoever gave you this file.
公钥由运营方在网站 /verify/ 公布：请先比对公钥，再核验。
"""


def of_case(case: Case, *, reader: int | None, at: datetime) -> bytes:
    """Everything that the lines of a case stand on. To a worker (`reader`) only those raw bodies are
    given that tell of nobody else."""
    ids = [n.line_id for n in case.lines]
    traces = [trace.of_line(n) for n in statements.lines(Q(pk__in=ids))]
    return _zip({"kind": "dispute", "id": case.id}, traces, case, reader, at)


def of_line(line: Line, *, reader: int | None, at: datetime) -> bytes:
    """The same of one line."""
    about = {"kind": "statement_line", "id": line.id}
    return _zip(about, [trace.of_line(line)], None, reader, at)


def _zip(
    about: dict[str, Any], traces: list[Trace], case: Case | None, reader: int | None, at: datetime
) -> bytes:
    wanted = _wanted(traces, case)
    subjects = {
        "dispute": wanted["settlements_dispute"],
        "task_sheet": wanted["projects_tasksheet"],
        "payout": wanted["settlements_payout"],
    }
    proved = document(about, wanted, subjects=subjects, at=at)
    table = elements(traces, case)
    facts = _facts(about, traces, case)
    bodies = attendance.raw_bodies(wanted["projects_devicebody"], of_worker=reader)
    files = {
        "case.json": _json(facts),
        "elements.json": _json([asdict(one) for one in table]),
        "records.json": _json(proved),
        "verify.py": Path(verifier.__file__).read_bytes(),
        "README.txt": README.encode(),
        **{f"bodies/{ident}.bin": body for ident, body in bodies.items()},
    }
    name, content = report.written(facts, traces, table, proved, at.date())
    files[name] = content
    files["manifest.json"] = _manifest(about, files, wanted, bodies, proved, at)
    return _packed(files, at)


def _wanted(traces: Iterable[Trace], case: Case | None) -> dict[str, set[int]]:
    """{table: ids} of every row behind these lines."""
    rows: dict[str, set[int]] = defaultdict(set)
    for t in traces:
        punches, days = [p.id for p in t.punches], [d.id for d in t.days]
        corrections, rules = attendance.behind(days)
        sheets, rates = [s.id for s in t.sheets], [r.id for r in t.rates]
        paid = [t.line.payout.id] if t.line.payout else []
        for table, ids in (
            ("settlements_statement", [t.line.statement_id]),
            ("settlements_statementline", [t.line.id, *([t.origin.id] if t.origin else [])]),
            ("projects_dayrecord", days),
            ("projects_correction", corrections),
            ("projects_attendancerule", rules),
            ("projects_punch", punches),
            ("projects_devicebody", attendance.bodies_of(punches)),
            ("projects_tasksheet", sheets),
            ("projects_inspection", [i for s in sheets for i in acceptance.inspections_of(s)]),
            ("workers_app_agreedrate", rates),
            ("workers_app_agreement", terms.agreements_of(rates)),
            ("settlements_adjustment", [a.id for a in t.adjustments]),
            ("settlements_payout", paid),
            ("settlements_bankentry", payouts.bank_entries(paid)),
        ):
            rows[table] |= set(ids)
    if case is not None:
        rows["settlements_dispute"] |= {case.id}
        rows["settlements_disputedline"] |= set(disputes.rows_of(case.id))
        for table, ids in disputes.rows_behind(case.id).items():
            rows[table] |= set(ids)
    return rows


def _facts(about: dict[str, Any], traces: list[Trace], case: Case | None) -> dict[str, Any]:
    """What the report says, as data. Names stand here alone; no proof hangs on them."""
    worker_ids = {t.line.worker_id for t in traces}
    return {
        "about": about,
        "workers": people.names(worker_ids),
        "projects": {i: sites.project(i).name for i in sorted({t.line.project_id for t in traces})},
        "case": asdict(case) if case else None,
        "lines": [asdict(t) for t in traces],
    }


def _manifest(
    about: dict[str, Any],
    files: dict[str, bytes],
    wanted: dict[str, set[int]],
    bodies: dict[int, bytes],
    proved: dict[str, Any],
    at: datetime,
) -> bytes:
    checked = verifier.verify_document(proved)
    return _json(
        {
            "format": "jianzhu-bundle/1",
            "about": about,
            "made_at": at,
            "files": [
                {"name": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
                for name, content in sorted(files.items())
            ],
            "withheld": [
                f"projects_devicebody {i}: its body tells of other people; its digest is sealed"
                for i in sorted(wanted["projects_devicebody"] - bodies.keys())
            ],
            "faults": checked.faults,
        }
    )


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()


def _packed(files: dict[str, bytes], at: datetime) -> bytes:
    out = io.BytesIO()
    stamp = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
