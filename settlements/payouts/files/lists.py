"""代发 lists: columns by profile (data, one version each), GBK or UTF-8, yuan or fen, a totals row.

A cell that a spreadsheet would compute is refused, and a name that the bank's encoding can't write is
named: a list goes out right or not at all.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jianzhu.kernel.money import Money
from settlements.payouts.files.values import FileHead, FileLine, Result, ResultLine, Unreadable

TOTAL = "合计"
LINES_MAX = 100_000


@cache
def profiles() -> dict[str, dict[str, Any]]:
    """{name: profile}, each with its version in the name."""
    folder = Path(__file__).parent / "profiles"
    return {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.toml"))
    }


def write(profile: str, head: FileHead, lines: Sequence[FileLine]) -> bytes:
    """The list as the bank's bytes."""
    said = profiles()[profile]
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\r\n")
    if said["header"]:
        out.writerow([title for title, _ in said["columns"]])
    for line in lines:
        out.writerow([_safe(_cell(said, field, head, line), line) for _, field in said["columns"]])
    if said["totals"]:
        out.writerow(_totals(said, head, lines))
    try:
        return text.getvalue().encode(said["encoding"])
    except UnicodeEncodeError as error:
        raise Unreadable(f"{said['encoding']} can't write {error.object[error.start]!r}") from error


def _cell(said: dict[str, Any], field: str, head: FileHead, line: FileLine) -> str:
    cells = {
        "": "",
        "payer_bank": head.payer_bank,
        "payer_account": head.payer_account,
        "payer_name": head.payer_name,
        "payee_bank": line.bank_name,
        "payee_account": line.account,
        "payee_name": line.name,
        "amount": _amount(said, head.currency, line.amount_minor),
        "memo": said["memo"],
        "key": line.key,
    }
    return str(cells[field])


def _amount(said: dict[str, Any], currency: str, minor: int) -> str:
    return str(minor) if said["unit"] == "fen" else str(Money(minor, currency))


def _safe(cell: str, line: FileLine) -> str:
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "＝") or "\n" in cell:
        raise Unreadable(f"line {line.number}: {cell[:10]!r} would be computed by a spreadsheet")
    return cell


def _totals(said: dict[str, Any], head: FileHead, lines: Sequence[FileLine]) -> list[str]:
    fields = [field for _, field in said["columns"]]
    row = ["" for _ in fields]
    row[0] = TOTAL
    row[fields.index("payee_name")] = str(len(lines))
    row[fields.index("amount")] = _amount(said, head.currency, sum(n.amount_minor for n in lines))
    return row


def read_result(profile: str, body: bytes, currency: str) -> Result:
    """The bank's result file. A status that the profile doesn't know stays accepted: nothing is
    guessed. Raises Unreadable, for the whole file, when its totals are not the sum of its lines."""
    said = profiles()[profile]
    result = said["result"]
    rows = list(csv.reader(io.StringIO(_decoded(body, said["encoding"]))))
    if not rows or len(rows) > LINES_MAX:
        raise Unreadable("an empty list, or one of too many lines")
    titles = [cell.strip() for cell in rows[0]]
    for name in ("key", "amount", "status"):
        if result[name] not in titles:
            raise Unreadable(f"line 1: no column {result[name]}")
    lines, total = [], None
    for number, row in enumerate(rows[1:], start=2):
        cells = {t: c.strip() for t, c in zip(titles, row, strict=False)}
        if row and row[0].strip() == TOTAL:
            total = _minor(said, cells[result["amount"]], currency, number)
        elif any(row):
            lines.append(_result_line(said, cells, currency, number))
    if total is not None and total != sum(n.amount_minor or 0 for n in lines):
        raise Unreadable(f"the total {total} is not the sum of the lines")
    if len({n.key for n in lines}) != len(lines):
        raise Unreadable("a line stands twice in the result")
    return Result("", tuple(lines))


def _result_line(
    said: dict[str, Any], cells: dict[str, str], currency: str, number: int
) -> ResultLine:
    result = said["result"]
    word = cells.get(result["status"], "")
    status = "paid" if word in result["paid"] else "accepted"
    if word in result["rejected"]:
        status = "rejected"
    return ResultLine(
        key=cells.get(result["key"], ""),
        status=status,
        amount_minor=_minor(said, cells.get(result["amount"], ""), currency, number),
        text=cells.get(result["reason"], "")[:300],
    )


def _minor(said: dict[str, Any], text: str, currency: str, number: int) -> int:
    plain = text.replace(",", "")
    try:
        return int(plain) if said["unit"] == "fen" else Money.parse(plain, currency).minor
    except ValueError as error:
        raise Unreadable(f"line {number}: {text!r} is no amount") from error


def _decoded(body: bytes, encoding: str) -> str:
    for name in ("utf-8-sig", encoding):
        try:
            return body.decode(name)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"neither UTF-8 nor {encoding}")
