"""ISO 20022: pain.001 out; pain.002, camt.053 and camt.054 in, whatever their version.

What is read comes from outside, so entities and external references are refused before anything is
looked at.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from jianzhu.kernel.money import Money
from settlements.payouts.files.values import FileHead, FileLine, Result, ResultLine, Unreadable
from settlements.payouts.matching import Written, check_chain
from settlements.payouts.rails.protocol import StatementEntry, StatementPage

PAIN_001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
READ = re.compile(
    r"urn:iso:std:iso:20022:tech:xsd:(pain\.002|camt\.053|camt\.054)\.001\.(0[2-9]|1[0-3])"
)
TEXT_MAX = 140
REFERENCE_MAX = 50  # with the number of a detail behind it, the column holds 64


def pain_001(head: FileHead, lines: Sequence[FileLine]) -> bytes:
    """A credit transfer initiation (CustomerCreditTransferInitiationV09) of one file."""
    total = str(Money(sum(n.amount_minor for n in lines), head.currency))
    root = Element("Document", {"xmlns": PAIN_001})
    message = SubElement(root, "CstmrCdtTrfInitn")
    group = SubElement(message, "GrpHdr")
    _add(group, "MsgId", head.name)
    _add(group, "CreDtTm", head.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _add(group, "NbOfTxs", str(len(lines)))
    _add(group, "CtrlSum", total)
    _add(group, "InitgPty/Nm", head.payer_name[:TEXT_MAX])
    info = SubElement(message, "PmtInf")
    _add(info, "PmtInfId", head.name)
    _add(info, "PmtMtd", "TRF")
    _add(info, "NbOfTxs", str(len(lines)))
    _add(info, "CtrlSum", total)
    _add(info, "PmtTpInf/CtgyPurp/Cd", "SALA")
    _add(info, "ReqdExctnDt/Dt", head.made_at.date().isoformat())
    _add(info, "Dbtr/Nm", head.payer_name[:TEXT_MAX])
    _account(info, "DbtrAcct", head.payer_account)
    _add(info, "DbtrAgt/FinInstnId/Othr/Id", head.payer_bank or "NOTPROVIDED")
    for line in lines:
        _transaction(info, head.currency, line)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root)


def _transaction(info: Element, currency: str, line: FileLine) -> None:
    one = SubElement(info, "CdtTrfTxInf")
    ids = SubElement(one, "PmtId")
    _add(ids, "InstrId", line.key)
    _add(ids, "EndToEndId", line.key)
    amount = SubElement(SubElement(one, "Amt"), "InstdAmt", {"Ccy": currency})
    amount.text = str(Money(line.amount_minor, currency))
    if line.bank_code:
        _add(one, "CdtrAgt/FinInstnId/ClrSysMmbId/MmbId", line.bank_code[:35])
    _add(one, "Cdtr/Nm", line.name[:TEXT_MAX])
    _account(one, "CdtrAcct", line.account)
    _add(one, "RmtInf/Ustrd", line.key)


def _account(parent: Element, tag: str, number: str) -> None:
    iban = re.fullmatch(r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{1,30}", number)
    _add(parent, f"{tag}/Id/IBAN" if iban else f"{tag}/Id/Othr/Id", number)


def _add(parent: Element, path: str, text: str) -> None:
    for tag in path.split("/"):
        parent = SubElement(parent, tag)
    parent.text = text


# Reading


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it was written: the page, and why it has to be parked ((), when it can be taken)."""

    reference: str
    account: str
    page: StatementPage
    reasons: tuple[str, ...]
    currency: str = ""


# An entry in one of these states has not moved the balance (yet).
NOT_BOOKED = ("PDNG", "INFO", "FUTR")
# Sub-families of the bank transaction code that are the bank's own charge.
FEES = ("CHRG", "COMM", "FEES")


def read_status(body: bytes) -> Result:
    """pain.002: the bank's word on a file. A group rejected as a whole has a line ("") of its own."""
    root = _parsed(body, "pain.002")
    of = _text(root, ".//OrgnlGrpInfAndSts/OrgnlMsgId")
    group = _text(root, ".//OrgnlGrpInfAndSts/GrpSts")
    lines = [_status(one) for one in root.findall(".//TxInfAndSts")]
    if group == "RJCT" and not lines:
        where = root.find(".//OrgnlGrpInfAndSts")
        assert where is not None
        lines = [ResultLine("", "rejected", None, *_reason(where))]
    return Result(of, tuple(lines))


STATUSES = {"ACSC": "paid", "ACCC": "paid", "RJCT": "rejected", "CANC": "rejected"}


def _status(one: Element) -> ResultLine:
    code, text = _reason(one)
    status = STATUSES.get(_text(one, "TxSts"), "accepted")
    return ResultLine(_text(one, "OrgnlEndToEndId"), status, None, code, text)


def _reason(one: Element) -> tuple[str, str]:
    code = _text(one, "StsRsnInf/Rsn/Cd") or _text(one, "StsRsnInf/Rsn/Prtry")
    return code[:40], " ".join(t.text or "" for t in one.findall("StsRsnInf/AddtlInf"))[:300]


def read_statements(body: bytes) -> list[Statement]:
    """camt.053 statements or camt.054 notifications, oldest first, each checked by itself.

    A notification (054) has no balances: it proves payments, and its own sums are taken as they are.
    """
    root = _parsed(body, "camt")
    found = [_statement(one) for one in (*root.iter("Stmt"), *root.iter("Ntfctn"))]
    if not found:
        raise Unreadable("no statement in it")
    return found


def _statement(one: Element) -> Statement:
    currency = _text(one, "Acct/Ccy") or _first_currency(one)
    entries = [e for e in one.findall("Ntry") if _status_of(e) not in NOT_BOOKED]
    amounts = tuple(_signed(e) for e in entries)
    opening, closing = _balance(one, ("OPBD", "PRCD")), _balance(one, ("CLBD",))
    reference = (_text(one, "Id") or "?")[:60]
    reasons = _why_not(one, currency, opening, amounts, closing)
    if reasons:
        page = StatementPage(reference, 0, 0, ())
        return Statement(reference, _account_of(one), page, reasons, currency)
    try:
        page = StatementPage(
            cursor=reference,
            opening_minor=_minor(opening or "0", currency),
            closing_minor=_minor(closing or "0", currency),
            entries=_numbered(s for e in entries for s in _entries(e, currency, reference)),
            has_balances=one.tag == "Stmt",
        )
    except ValueError as error:
        raise Unreadable(f"statement {reference}: {error}") from error
    return Statement(reference, _account_of(one), page, (), currency)


def _why_not(
    one: Element,
    currency: str,
    opening: str | None,
    amounts: tuple[str, ...],
    closing: str | None,
) -> tuple[str, ...]:
    """Why nothing of it can be read as money; a gap is shown by whoever takes the page."""
    told = _text(one, "TxsSummry/TtlNtries/NbOfNtries")
    if told.isascii() and told.isdigit() and int(told) != len(one.findall("Ntry")):
        return ("entries_missing",)
    if any(e.get("Ccy", currency) != currency for e in one.findall("Ntry/Amt")):
        return ("other_currency",)
    if one.tag != "Stmt":
        opening = closing = "0"
    if opening is None or closing is None:
        return ("no_balance",)
    (check,) = check_chain([Written(currency, opening, amounts, closing)])
    return tuple(r for r in check.reasons if r != "does_not_foot")


def _numbered(entries: Iterable[StatementEntry]) -> tuple[StatementEntry, ...]:
    """A bank that gives one reference to several entries means each of them: none falls away."""
    seen: Counter[str] = Counter()
    found = []
    for entry in entries:
        seen[entry.reference] += 1
        again = seen[entry.reference]
        found.append(
            entry if again == 1 else replace(entry, reference=f"{entry.reference}#{again}")
        )
    return tuple(found)


def _status_of(entry: Element) -> str:
    return _text(entry, "Sts/Cd") or _text(entry, "Sts")


def _entries(one: Element, currency: str, statement: str) -> Iterator[StatementEntry]:
    """One entry a payment: a line with many details is opened, when they sum to it."""
    whole = _minor(_signed(one), currency)
    reference = _reference(one, statement)
    details = one.findall("NtryDtls/TxDtls")
    parts = [_detail(d, whole, currency) for d in details]
    if len(parts) < 2 or sum(p[0] for p in parts) != whole:
        parts = [(whole, *(parts[0][1:] if len(parts) == 1 else (_batch(one), "", "", "")))]
    for number, (amount, key, code, text, payee) in enumerate(parts, start=1):
        yield StatementEntry(
            reference=f"{reference}/{number}" if len(parts) > 1 else reference,
            key=key,
            kind=_kind(one, amount, key),
            amount_minor=amount,
            code=code,
            text=text,
            at=_booked(one),
            payee=payee,
        )


def _batch(one: Element) -> str:
    """Our name of a file that the bank booked in one sum."""
    batch = one.find("NtryDtls/Btch")
    return "" if batch is None else _text(batch, "PmtInfId") or _text(batch, "MsgId")


def _reference(one: Element, statement: str) -> str:
    """The bank's own reference; an entry's number counts within its statement only."""
    own = _text(one, "AcctSvcrRef")
    if not own:
        own = f"{statement}:{_text(one, 'NtryRef') or _digest(one)}"
    return own if len(own) <= REFERENCE_MAX else hashlib.sha256(own.encode()).hexdigest()[:40]


def _detail(one: Element, whole: int, currency: str) -> tuple[int, str, str, str, str]:
    """(amount, key, code, text, the creditor's account)."""
    text = _text(one, "AmtDtls/TxAmt/Amt") or _text(one, "Amt")
    amount = _minor(text, currency) if text else abs(whole)
    key = _text(one, "Refs/EndToEndId") or _text(one, "RmtInf/Ustrd")
    code = _text(one, "RtrInf/Rsn/Cd") or _text(one, "RtrInf/Rsn/Prtry")
    account = one.find("RltdPties/CdtrAcct/Id")
    payee = "" if account is None else _text(account, "IBAN") or _text(account, "Othr/Id")
    said = (key[:100], code[:40], _text(one, "RtrInf/AddtlInf"), payee)
    return (amount if whole > 0 else -amount, *said)


def _kind(one: Element, amount: int, key: str) -> str:
    reversal = _text(one, "RvslInd") in ("true", "1")
    if amount < 0:
        if _text(one, "BkTxCd/Domn/Fmly/SubFmlyCd") in FEES:
            return "fee"
        # The bank takes back what it had given: never a payment of ours.
        return "reversal" if reversal and not key else "payment"
    returned = reversal or bool(one.findall(".//RtrInf")) or key
    return "return" if returned else "deposit"


def _booked(one: Element) -> datetime:
    text = _text(one, "BookgDt/DtTm") or _text(one, "BookgDt/Dt") or _text(one, "ValDt/Dt")
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(f"an entry without a booking date: {text!r}") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _balance(one: Element, codes: tuple[str, ...]) -> str | None:
    for balance in one.findall("Bal"):
        if _text(balance, "Tp/CdOrPrtry/Cd") in codes:
            return _signed(balance)
    return None


def _signed(one: Element) -> str:
    """The amount as written, negative for a debit. The indicator is the entry's own direction, of a
    reversal too: a reversed debit is a credit (ISO 20022, ReversalIndicator)."""
    amount = _text(one, "Amt")
    return f"-{amount}" if _text(one, "CdtDbtInd") == "DBIT" else amount


def _minor(text: str, currency: str) -> int:
    return Money.parse(text, currency).minor


def _first_currency(one: Element) -> str:
    amount = one.find(".//Amt")
    return amount.get("Ccy", "") if amount is not None else ""


def _account_of(one: Element) -> str:
    return _text(one, "Acct/Id/IBAN") or _text(one, "Acct/Id/Othr/Id")


def _digest(one: Element) -> str:
    return hashlib.sha256(tostring(one)).hexdigest()[:24]


def _text(one: Element, path: str) -> str:
    found = one.find(path)
    return (found.text or "").strip() if found is not None else ""


def _parsed(body: bytes, kind: str) -> Element:
    """The message without its namespace; Unreadable for another message or anything clever."""
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise Unreadable(f"not an XML message that can be taken: {type(error).__name__}") from error
    space = root.tag.partition("}")[0].lstrip("{")
    known = READ.fullmatch(space)
    if known is None or not known.group(1).startswith(kind):
        raise Unreadable(f"{space or root.tag} is not {kind} in a version from 02 on")
    for one in root.iter():
        one.tag = one.tag.rpartition("}")[2]
    return root
