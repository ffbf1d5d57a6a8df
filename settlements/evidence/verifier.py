#!/usr/bin/env python3
"""Verify a receipt or an evidence bundle with nothing but Python's standard library.

    python3 verify.py                    the bundle in whose folder this file lies
    python3 verify.py FILE.json|FILE.zip a receipt, or a bundle as it was downloaded
    … --log VKEY --witness VKEY          the public keys, as the operator publishes them

Without keys the ones inside the file are used, which shows that the file is whole but not whose it
is: compare them with the published ones. Exit status 0: everything verifies; 1: something does not.

What is checked: every file against the manifest; the signature of the log over its tree head, and
the witness's under it (Ed25519, RFC 8032; c2sp.org/tlog-checkpoint, tlog-cosignature); every event
against the head (RFC 9162 §2.1.3.2), and each line of it against the root of its lines; every record
against the line of the event that sealed it; every raw body against its record.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

FORMAT = "jianzhu-evidence/2"
# In the first format an event's lines stood in its content.
FORMATS = ("jianzhu-evidence/1", FORMAT)
LOG, WITNESS = 1, 4  # signature types of c2sp.org/signed-note


class Bad(Exception):
    """Something does not verify; the message names it."""


# ---- Ed25519, RFC 8032 §5.1: points as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z ----

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, g, h, f = f - e, h - g, h + g, f + e
    return e * g % P, h * f % P, g * h % P, e * f % P


def _times(scalar: int, point: Point) -> Point:
    found: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = _add(found, point)
        point, scalar = _add(point, point), scalar >> 1
    return found


def _point(encoded: bytes) -> Point:
    value = int.from_bytes(encoded, "little")
    y, sign = value & ((1 << 255) - 1), value >> 255
    if y >= P:
        raise Bad("a point of the signature is not in its one form")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Bad("a point of the signature is not on the curve")
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _encoded(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point(bytes.fromhex("58" + "66" * 31))


def ed25519_verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the key signed the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= ORDER:
        return False
    try:
        key = _point(public)
    except Bad:
        return False
    said = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(said, "little") % ORDER
    minus = (P - key[0], key[1], 1, P - key[3])
    return _encoded(_add(_times(scalar, BASE), _times(challenge, minus))) == signature[:32]


# ---- Merkle tree, RFC 9162 ----


def root_of(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to; Bad when its length is not exact."""
    if not 0 <= index < size:
        raise Bad(f"leaf {index} is not in a tree of {size}")
    place, last, node = index, size - 1, leaf
    for one in proof:
        if last == 0 or len(one) != 32:
            raise Bad("the proof has a node too many, or a damaged one")
        if place & 1 or place == last:
            node = hashlib.sha256(b"\x01" + one + node).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\x01" + node + one).digest()
        place, last = place >> 1, last >> 1
    if last:
        raise Bad("the proof has a node too few")
    return node


# ---- Signed notes ----


def key_of(vkey: str, kind: int) -> tuple[str, bytes, bytes]:
    """(name, id, public key) of a verifier key."""
    try:
        name, ident, encoded = vkey.strip().split("+", 2)
        raw = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise Bad(f"this is no verifier key: {vkey!r}") from error
    made = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if len(raw) != 33 or raw[0] != kind or made.hex() != ident:
        raise Bad(f"the verifier key is damaged: {vkey!r}")
    return name, made, raw[1:]


def head_of(note: str) -> tuple[str, int, bytes]:
    """(origin, size, root) of a checkpoint."""
    try:
        origin, size, root = note.split("\n")[:3]
        return origin, int(size), base64.b64decode(root, validate=True)
    except ValueError as error:
        raise Bad("the tree head is no checkpoint") from error


def signed_at(note: str, vkey: str, kind: int) -> int:
    """The time of a witness's signature (0 of a log's); Bad when the key did not sign the note."""
    name, ident, public = key_of(vkey, kind)
    text, _, lines = note.rpartition("\n\n")
    for line in lines.splitlines():
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "—" or parts[1] != name:
            continue
        signature = _bytes(parts[2])
        if signature[:4] != ident:
            continue
        time, own = (signature[4:12], signature[12:]) if kind == WITNESS else (b"", signature[4:])
        seconds = int.from_bytes(time, "big")
        prefix = f"cosignature/v1\ntime {seconds}\n" if time else ""
        if not ed25519_verifies(public, f"{prefix}{text}\n".encode(), own):
            raise Bad(f"the signature of {name} is not over this tree head")
        return seconds
    raise Bad(f"{name} has not signed this tree head")


# ---- Records ----


def values_of(row: str) -> list[str | None]:
    """The values of a PostgreSQL row's text: "(1,,\\"a b\\")" is ["1", None, "a b"]."""
    if row[:1] != "(" or row[-1:] != ")":
        raise Bad("a record is not the text of a row")
    found: list[str | None] = []
    at, end = 1, len(row) - 1
    while True:
        text, at, quoted = _value(row, at, end)
        found.append(text if text or quoted else None)
        if at == end:
            return found
        at += 1


def _value(row: str, at: int, end: int) -> tuple[str, int, bool]:
    """One value, the place of what ends it, and whether it stood in quotes."""
    out, inside, quoted = [], False, False
    while at < end and (inside or row[at] != ","):
        char = row[at]
        if char == "\\" or (char == '"' and inside and row[at + 1 : at + 2] == '"'):
            out.append(row[at + 1])
            at += 2
            continue
        if char == '"':
            inside, quoted = not inside, True
        else:
            out.append(char)
        at += 1
    return "".join(out), at, quoted


def told(event: list[Any], table: str, lines: list[str]) -> dict[int, str]:
    """{id: digest} of the rows of this table that a row event tells of in these lines."""
    data = json.loads(event[6])
    if event[2] != "database" or data.get("of") != table:
        return {}
    if len(event) == 8:
        lines = data["rows"].split("\n")
    parts = [line.split(" ") for line in lines]
    return {int(ident): digest for ident, digest, *_ in parts}


def _check_record(record: dict[str, Any], events: dict[int, Proved]) -> None:
    table, ident = record["table"], record["id"]
    what = f"{table} {ident}"
    if record["event"] not in events:
        raise Bad(f"{what}: the log knows nothing of it")
    event, lines = events[record["event"]]
    digest = told(event, table, lines).get(ident, "")
    if hashlib.sha256(record["row"].encode()).hexdigest() != digest:
        raise Bad(f"{what}: it is not what event {record['event']} sealed: the record was changed")
    names = hashlib.sha256(",".join(record["columns"]).encode()).hexdigest()[:16]
    if names != json.loads(event[6])["named"] or len(record["columns"]) != len(
        values_of(record["row"])
    ):
        raise Bad(f"{what}: its columns are not named as they were sealed")


# An event's content, and those of its lines that are proved.
Proved = tuple[list[Any], list[str]]


def facts_of(record: dict[str, Any]) -> dict[str, str | None]:
    """A record's values by name."""
    return dict(zip(record["columns"], values_of(record["row"]), strict=True))


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Bad("something that has to be base64 is not") from error


class Report:
    """What was checked, line by line; `faults` name what does not verify."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.faults: list[str] = []

    def check(self, what: str, work: Any, *args: Any) -> Any:
        """Do one check; a fault is kept and named."""
        try:
            found = work(*args)
        except Bad as error:
            self.faults.append(str(error))
            return None
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            self.faults.append(f"{what}: damaged ({type(error).__name__}: {error})")
            return None
        return found

    @property
    def ok(self) -> bool:
        return not self.faults


def verify_document(document: Any, log: str = "", witness: str = "") -> Report:
    """A receipt, or the records of a bundle."""
    report = Report()
    if not isinstance(document, dict) or document.get("format") not in FORMATS:
        report.faults.append(f"this is no document of the format {FORMAT}")
        return report
    head = report.check("the tree head", _check_head, document, log, witness, report)
    events: dict[int, Proved] = {}
    if head is None:
        return report
    for said in document.get("events") or []:
        proved = report.check("an event", _check_event, said, *head)
        if proved is not None:
            events[said["id"]] = proved
    for record in document.get("records") or []:
        report.check("a record", _check_record, record, events)
    report.lines.append(
        f"{len(document.get('records') or [])} records, {len(events)} events in the log of {head[0]} leaves"
    )
    return report


def _check_head(
    document: dict[str, Any], log: str, witness: str, report: Report
) -> tuple[int, bytes]:
    note, keys = document["head"], document.get("keys") or {}
    log = log or keys["log"]
    signed_at(note, log, LOG)
    report.lines.append(f"signed by the log:       {log}")
    witness = witness or keys.get("witness") or ""
    if witness:
        seconds = signed_at(note, witness, WITNESS)
        report.lines.append(f"countersigned at {seconds}: {witness}")
    else:
        report.lines.append("not countersigned by a witness")
    origin, size, root = head_of(note)
    if origin != key_of(log, LOG)[0]:
        raise Bad("the tree head is of another log than the key")
    return size, root


def _check_event(said: dict[str, Any], size: int, root: bytes) -> Proved:
    content = said["content"].encode()
    proof = [_bytes(node) for node in said["proof"]]
    leaf = hashlib.sha256(b"\x00" + content).digest()
    if root_of(leaf, said["leaf"], size, proof) != root:
        raise Bad(f"event {said['id']}: it is not in the log: the event was changed")
    event = json.loads(content)
    if event[0] != said["id"]:
        raise Bad(f"event {said['id']}: its number is another one")
    lines = said.get("lines") or []
    for one in lines:
        count, of_lines = event[8]
        own = hashlib.sha256(b"\x00" + one["line"].encode()).digest()
        way = [_bytes(node) for node in one["proof"]]
        if root_of(own, one["place"], count, way) != bytes.fromhex(of_lines):
            row = f"{json.loads(event[6]).get('of')} {one['line'].partition(' ')[0]}"
            raise Bad(
                f"event {said['id']}: its line of {row} is not as it was told: it was changed"
            )
    return event, [one["line"] for one in lines]


# ---- Bundles ----


def verify_bundle(read: Any, log: str = "", witness: str = "") -> Report:
    """A bundle, whose files `read(name)` returns as bytes."""
    report = Report()
    manifest = report.check("manifest.json", lambda: json.loads(read("manifest.json")))
    if manifest is None:
        return report
    for one in manifest.get("files") or []:
        report.check(one.get("name", "a file"), _check_file, read, one)
    document = report.check("records.json", lambda: json.loads(read("records.json")))
    found = verify_document(document, log, witness)
    report.lines += found.lines
    report.faults += found.faults
    for fault in manifest.get("faults") or []:
        if fault not in report.faults:
            report.faults.append(fault)
    if isinstance(document, dict):
        listed = {one.get("name") for one in manifest.get("files") or []}
        for record in document.get("records") or []:
            if record.get("table") == "projects_devicebody":
                report.check("a raw body", _check_body, read, record, listed)
    report.lines.append(f"{len(manifest.get('files') or [])} files as the manifest says")
    return report


def _check_file(read: Any, one: dict[str, Any]) -> None:
    if hashlib.sha256(read(one["name"])).hexdigest() != one["sha256"]:
        raise Bad(f"{one['name']}: it is not what the manifest says: the file was changed")


def _check_body(read: Any, record: dict[str, Any], listed: set[Any]) -> None:
    name = f"bodies/{record['id']}.bin"
    digest = (facts_of(record)["digest"] or "").removeprefix("\\x")
    if name in listed and hashlib.sha256(read(name)).hexdigest() != digest:
        raise Bad(f"{name}: it is not the body that projects_devicebody {record['id']} names")


def _reader(place: Path) -> Any:
    """How to read the files of a folder or a zip."""
    if place.is_dir():
        return lambda name: (place / name).read_bytes()
    archive = zipfile.ZipFile(io.BytesIO(place.read_bytes()))
    return archive.read


def verify_file(place: Path, log: str = "", witness: str = "") -> Report:
    """A receipt (.json), a bundle (.zip), or a bundle's folder."""
    if place.is_dir() or zipfile.is_zipfile(place):
        return verify_bundle(_reader(place), log, witness)
    report = Report()
    document = report.check(str(place), lambda: json.loads(place.read_text(encoding="utf-8")))
    if document is None:
        return report
    return verify_document(document, log, witness)


def main(arguments: list[str]) -> int:
    """Verify and say what was found; the exit status."""
    # A console that can't write Chinese shows marks instead of stopping.
    getattr(sys.stdout, "reconfigure", lambda **_: None)(errors="replace")
    keys = {"--log": "", "--witness": ""}
    for name in keys:
        if name in arguments:
            at = arguments.index(name)
            keys[name] = arguments[at + 1]
            del arguments[at : at + 2]
    place = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    report = verify_file(place, keys["--log"], keys["--witness"])
    for line in report.lines:
        print(line)
    for fault in report.faults:
        print(f"FAULT 不符 {fault}")
    print("everything verifies 全部核验通过" if report.ok else "this does NOT verify 核验未通过")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
