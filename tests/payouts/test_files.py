"""Bank files as values: what goes out is exact, what comes in is taken whole or refused by its place."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from settlements.payouts.files import iso20022, lists
from settlements.payouts.files.values import FileHead, FileLine, Unreadable
from tests.shared import SHARED, needs_shared

HEAD = FileHead(
    "B1-0001",
    "CNY",
    "9999000011112222",
    "临澜建设",
    datetime(2026, 10, 15, 8, tzinfo=UTC),
    "临澜银行",
)
LINES = [
    FileLine(1, "payout:1:1", 660_005, "99990000000000000001", "李伟", "105", "临澜银行"),
    FileLine(2, "payout:2:1", 40_000, "99990000000000000002", "张强·阿不都", "105", "临澜银行"),
]


def rows(body, encoding):
    return list(csv.reader(body.decode(encoding).splitlines()))


def test_the_minimal_list_has_yuan_and_a_totals_row():
    found = rows(lists.write("minimal-1", HEAD, LINES), "utf-8")

    assert found == [
        ["账号", "户名", "金额", "附言"],
        ["99990000000000000001", "李伟", "6600.05", "payout:1:1"],
        ["99990000000000000002", "张强·阿不都", "400.00", "payout:2:1"],
        ["合计", "2", "7000.05", ""],
    ]


def test_a_bank_that_counts_in_fen_and_reads_gbk_gets_both():
    found = rows(lists.write("minimal-fen-1", HEAD, LINES), "gb18030")

    assert [r[2] for r in found] == ["金额", "660005", "40000", "700005"]


@needs_shared
@pytest.mark.parametrize(
    ("profile", "sample"),
    [("icbc-2024", "icbc_batch_payment_columns.csv"), ("minimal-1", "minimal_payroll_list.csv")],
)
def test_the_columns_are_the_banks_own(profile, sample):
    said = (SHARED / "data/samples/bank" / sample).read_text(encoding="utf-8").strip()

    assert [title for title, _ in lists.profiles()[profile]["columns"]] == said.split(",")


@pytest.mark.parametrize("name", ["=1+1", "+86", "@x", "-2", "＝A1"])
def test_a_name_that_a_spreadsheet_computes_is_refused(name):
    with pytest.raises(Unreadable, match="line 1"):
        lists.write("minimal-1", HEAD, [FileLine(1, "k", 1, "9999", name)])


RESULT = "账号,户名,金额,附言,结果,原因\r\n{0}"


def result(*lines):
    return RESULT.format("\r\n".join(lines)).encode("gb18030")


def test_a_result_says_each_line_and_an_unknown_word_settles_nothing():
    found = lists.read_result(
        "minimal-fen-1",
        result(
            "9999,李伟,660005,payout:1:1,成功,",
            "9999,张强,40000,payout:2:1,失败,账户已销户",
            "9999,王芳,1,payout:3:1,处理中,",
        ),
        "CNY",
    )

    assert [(n.key, n.status, n.amount_minor, n.text) for n in found.lines] == [
        ("payout:1:1", "paid", 660_005, ""),
        ("payout:2:1", "rejected", 40_000, "账户已销户"),
        ("payout:3:1", "accepted", 1, ""),
    ]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (result("9999,李伟,1,k,成功,", "合计,1,2,,,"), "total"),
        (result("9999,李伟,1,k,成功,", "9999,李伟,1,k,成功,"), "twice"),
        (result("9999,李伟,1.5,k,成功,"), "line 2"),
        (b"a,b\r\n1,2", "no column"),
        (b"", "empty"),
        (b"\xff\xff\xff", "neither"),
    ],
)
def test_a_result_that_does_not_add_up_is_refused_whole(body, why):
    with pytest.raises(Unreadable, match=why):
        lists.read_result("minimal-fen-1", body, "CNY")


def test_a_pain_001_is_valid_by_the_schema_of_the_standard():
    """pain.001.001.09, as the registration authority publishes it; a library for tests carries it."""
    place = Path(find_spec("sepaxml").origin).parent / "schemas/pain.001.001.09.xsd"
    schema = xmlschema.XMLSchema(str(place))
    long_name = FileLine(3, "payout:3:1", 1, "DE99999999999999999999", "名" * 200, "9" * 50, "")
    body = iso20022.pain_001(HEAD, [*LINES, long_name]).decode()

    assert [(e.path, e.reason) for e in schema.iter_errors(body)] == []
    for wrong in (
        body.replace("<PmtMtd>TRF", "<PmtMtd>XXX"),
        body.replace("<NbOfTxs>", "<NbOfTx>"),
    ):
        with pytest.raises((xmlschema.XMLSchemaException, ET.ParseError)):
            schema.validate(wrong)


def camt(kind="053", version="08", *, opening="1000.00", closing="600.00", entries="", ccy="CNY"):
    tag = {"053": ("BkToCstmrStmt", "Stmt"), "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[kind]
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{ccy}'>{amount}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd></Bal>"
        for code, amount in (("OPBD", opening), ("CLBD", closing))
    )
    return (
        f"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}'><{tag[0]}>"
        f"<{tag[1]}><Id>S-1</Id><Acct><Id><Othr><Id>9999</Id></Othr></Id><Ccy>{ccy}</Ccy></Acct>"
        f"{balances if kind == '053' else ''}{entries}</{tag[1]}></{tag[0]}></Document>"
    ).encode()


def entry(amount, way="DBIT", details="", reference="E1"):
    return (
        f"<Ntry><NtryRef>{reference}</NtryRef><Amt Ccy='CNY'>{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>"
        f"<BookgDt><Dt>2026-10-16</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def detail(key, amount, more=""):
    return f"<TxDtls><Refs><EndToEndId>{key}</EndToEndId></Refs><Amt Ccy='CNY'>{amount}</Amt>{more}</TxDtls>"


@pytest.mark.parametrize("version", ["02", "04", "06", "08"])
def test_a_statement_of_any_version_is_read(version):
    body = camt(version=version, entries=entry("400.00", details=detail("payout:2:1", "400.00")))

    (found,) = iso20022.read_statements(body)

    assert (found.reasons, found.account) == ((), "9999")
    assert (found.page.opening_minor, found.page.closing_minor) == (100_000, 60_000)
    (line,) = found.page.entries
    assert (line.key, line.kind, line.amount_minor) == ("payout:2:1", "payment", -40_000)


def test_one_entry_with_many_details_is_opened():
    many = detail("payout:1:1", "150.00") + detail("payout:2:1", "250.00")

    (found,) = iso20022.read_statements(camt(entries=entry("400.00", details=many)))

    assert [(e.reference, e.key, e.amount_minor) for e in found.page.entries] == [
        ("S-1:E1/1", "payout:1:1", -15_000),
        ("S-1:E1/2", "payout:2:1", -25_000),
    ]


def test_a_notification_tells_a_return_with_its_reason():
    back = detail("payout:2:1", "400.00", "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")

    (found,) = iso20022.read_statements(camt("054", entries=entry("400.00", "CRDT", back)))

    (line,) = found.page.entries
    assert (line.kind, line.amount_minor, line.code) == ("return", 40_000, "AC04")


def test_amounts_that_do_not_fit_the_currency_park_the_statement():
    (found,) = iso20022.read_statements(camt(opening="18.150", closing="18.150"))

    assert found.reasons == ("decimals",)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE x [<!ENTITY a 'b'>]><Document>&a;</Document>",
        b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><Document/>",
        b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.001.001.09'/>",
        b"<Document/>",
        b"not xml",
        b"",
    ],
)
def test_what_is_no_statement_is_refused_before_it_is_read(body):
    with pytest.raises(Unreadable):
        iso20022.read_statements(body)


def test_a_status_report_tells_each_line_its_code():
    body = (
        b"<Document xmlns='urn:iso:std:iso:20022:tech:xsd:pain.002.001.10'><CstmrPmtStsRpt>"
        b"<OrgnlGrpInfAndSts><OrgnlMsgId>B1-0001</OrgnlMsgId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>"
        b"<OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>payout:1:1</OrgnlEndToEndId>"
        b"<TxSts>ACSC</TxSts></TxInfAndSts><TxInfAndSts><OrgnlEndToEndId>payout:2:1</OrgnlEndToEndId>"
        b"<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf></StsRsnInf>"
        b"</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )

    found = iso20022.read_status(body)

    assert found.of == "B1-0001"
    assert [(n.key, n.status, n.code, n.text) for n in found.lines] == [
        ("payout:1:1", "paid", "", ""),
        ("payout:2:1", "rejected", "AC04", "closed"),
    ]


# The order of elements that CustomerCreditTransferInitiationV09 prescribes where we write them.
ORDER = {
    "GrpHdr": ["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"],
    "PmtInf": [
        "PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", "PmtTpInf", "ReqdExctnDt", "Dbtr", "DbtrAcct",
        "DbtrAgt", "CdtTrfTxInf",
    ],
    "CdtTrfTxInf": ["PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf"],
    "PmtId": ["InstrId", "EndToEndId"],
}  # fmt: skip
LONGEST = {"MsgId": 35, "PmtInfId": 35, "InstrId": 35, "EndToEndId": 35, "Nm": 140, "Ustrd": 140}


def test_pain_001_has_the_schemas_order_lengths_and_sums():
    root = ET.fromstring(iso20022.pain_001(HEAD, LINES))

    for one in root.iter():
        one.tag = one.tag.rpartition("}")[2]
        assert len(one.text or "") <= LONGEST.get(one.tag, 10**6)
        assert len(one) > 0 or (one.text or "").strip(), one.tag
    for name, order in ORDER.items():
        for one in root.iter(name):
            tags = [child.tag for child in one]
            assert tags == sorted(tags, key=order.index), name
    amounts = [e.text for e in root.iter("InstdAmt")]
    assert amounts == ["6600.05", "400.00"]
    assert {e.text for e in root.iter("CtrlSum")} == {"7000.05"}
    assert {e.text for e in root.iter("NbOfTxs")} == {"2"}


def plain(amount, way="CRDT", more="", number="1"):
    """An entry that the bank itself gave no reference, only a number in this statement."""
    return (
        f"<Ntry><NtryRef>{number}</NtryRef><Amt Ccy='CNY'>{amount}</Amt><CdtDbtInd>{way}</CdtDbtInd>"
        f"{more}<BookgDt><Dt>2026-10-16</Dt></BookgDt></Ntry>"
    )


def kinds(body):
    (found,) = iso20022.read_statements(body)
    return [(e.kind, e.amount_minor) for e in found.page.entries]


def test_a_reversed_payment_comes_back_and_a_reversed_deposit_is_no_payment_of_ours():
    reversal = "<RvslInd>true</RvslInd>"

    assert kinds(camt(entries=plain("400.00", "CRDT", reversal))) == [("return", 40_000)]
    assert kinds(camt(entries=plain("400.00", "DBIT", reversal))) == [("reversal", -40_000)]
    assert kinds(camt(entries=plain("400.00", "DBIT"))) == [("payment", -40_000)]


def test_the_banks_own_charge_is_a_fee():
    family = "<Fmly><Cd>ICDT</Cd><SubFmlyCd>CHRG</SubFmlyCd></Fmly>"
    charge = f"<BkTxCd><Domn><Cd>PMNT</Cd>{family}</Domn></BkTxCd>"

    assert kinds(camt(entries=plain("1.50", "DBIT", charge))) == [("fee", -150)]


def test_what_is_not_booked_yet_has_not_moved_the_balance():
    pending = plain("400.00", "DBIT", "<Sts><Cd>PDNG</Cd></Sts>")
    booked = plain("400.00", "DBIT", "<Sts>BOOK</Sts>", number="2")

    (found,) = iso20022.read_statements(camt(entries=pending + booked))

    assert [e.amount_minor for e in found.page.entries] == [-40_000]
    assert found.page.closing_minor - found.page.opening_minor == -40_000


def test_a_number_that_counts_in_its_statement_only_names_no_entry_of_another():
    first = camt(entries=plain("400.00", "DBIT"))
    second = first.replace(b"<Id>S-1</Id>", b"<Id>S-2</Id>")

    names = {iso20022.read_statements(b)[0].page.entries[0].reference for b in (first, second)}

    assert names == {"S-1:1", "S-2:1"}


def test_two_entries_of_one_reference_are_two_entries():
    (found,) = iso20022.read_statements(camt(entries=plain("100.00") + plain("100.00")))

    assert [e.reference for e in found.page.entries] == ["S-1:1", "S-1:1#2"]


@pytest.mark.parametrize(
    "body, reason",
    [
        (
            camt(entries="<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"
                 + plain("1.00")),
            "entries_missing",
        ),
        (camt(entries=plain("1.00").replace("CNY", "USD")), "other_currency"),
        (camt(entries=plain("1.005")), "decimals"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_as_the_accounts_money_is_parked_unread(body, reason):
    (found,) = iso20022.read_statements(body)

    assert found.reasons == (reason,)
    assert found.page.entries == ()


def test_yen_have_no_decimals_and_dinars_three():
    for currency, amount, minor in (("JPY", "400", 400), ("KWD", "400.125", 400_125)):
        body = (
            camt(entries=plain(amount)).replace(b"CNY", currency.encode())
            .replace(b">1000.00<", b">1000<").replace(b">600.00<", b">600<")
        )  # fmt: skip
        (found,) = iso20022.read_statements(body)
        assert (found.reasons, found.page.entries[0].amount_minor) == ((), minor)
