"""What the law wants to see of every worker, on paper and as a workbook (Decree 724 art. 15)."""

import io

import pytest
from openpyxl import load_workbook

from settlements.slips import queries
from settlements.wages import records
from tests.api.caller import Caller, refused
from tests.slips.conftest import words


def content(answer):
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


@pytest.fixture
def get(month):
    def of(path, actor=None):
        return Caller(actor or month.contractor).get(f"projects/{month.project.pk}/{path}")

    return of


def sheet(get, path):
    book = load_workbook(io.BytesIO(content(get(path))))
    return book[book.sheetnames[0]]


def cells(sheet, row):
    return [cell.value for cell in sheet[row]]


def test_the_wage_table_has_every_mandatory_content(get):
    table = sheet(get, "wage-table.xlsx?month=2026-10&language=zh")

    said = " ".join(str(cells(table, row)[0]) for row in (1, 2, 3))
    heads = cells(table, 4)
    assert table.page_setup.paperSize == 9
    assert table.page_setup.orientation == "landscape"
    for shown in ("工资支付表", "试验楼", "临澜总包", "临澜劳务", "2026-10"):
        assert shown in said
    # Article 15: name, identity, contact, working time, gross, withheld, deducted, net, proof.
    for head in ("姓名", "证件号码", "联系方式", "出勤工日", "出勤工时", "应发", "个人所得税", "社保公积金",
                 "其他扣款", "预支", "实发", "银行流水号", "签字"):  # fmt: skip
        assert head in heads, (head, heads)


def test_amounts_are_numbers_and_rows_sum_to_the_total(get):
    table = sheet(get, "wage-table.xlsx?language=en")
    heads = cells(table, 4)

    rows = [dict(zip(heads, cells(table, at), strict=True)) for at in (5, 6, 7)]

    li_wei, zhang_qiang, total = rows
    assert li_wei["Name"] == "李伟"
    assert [li_wei[n] for n in ("Time pay", "Overtime pay", "Allowances", "Gross", "Net")] == [
        400, 2150, 50, 2600, 2600,
    ]  # fmt: skip
    assert zhang_qiang["Net"] == 200
    for name in ("Time pay", "Overtime pay", "Gross", "Net", "Paid out", "Waiting"):
        assert total[name] == li_wei[name] + zhang_qiang[name], name
    assert li_wei["Days worked"] == 3.25
    assert li_wei["Overtime h"] == 18
    assert "人民币贰仟捌佰元整" in cells(table, 8)[0]


def test_the_paper_says_the_same_and_is_signed_by_six(get):
    said = words(content(get("wage-table.pdf?language=zh")))

    for shown in ("工资支付表", "李伟", "2,600.00".replace(",", ""), "人民币贰仟捌佰元整", "班组长",
                  "劳资专管员", "项目经理", "第1页"):  # fmt: skip
        assert shown in said, shown


def test_the_attendance_sheet_marks_every_day(get):
    table = sheet(get, "attendance-sheet.xlsx?language=zh")
    heads = cells(table, 4)

    li_wei = dict(zip(heads, cells(table, 5), strict=True))
    zhang_qiang = dict(zip(heads, cells(table, 6), strict=True))
    assert [li_wei[day] for day in ("12", "11", "1", "16")] == ["√加2", "√", "√", "?"]
    assert zhang_qiang["12"] == "半"
    assert (li_wei["工日"], li_wei["加班小时"]) == (3, 2)
    # 2 October is a statutory holiday, the 4th a Sunday, the 13th a plain working day.
    assert [zhang_qiang[day] for day in ("2", "4", "13")] == ["假", "休", None]


def test_the_attendance_sheet_prints(get):
    said = words(content(get("attendance-sheet.pdf?language=zh")))

    for shown in ("考勤表", "砌筑班", "李伟", "√加2", "签字"):
        assert shown in said


def test_a_name_that_would_be_a_formula_stays_a_name(month, get):
    month.li_wei.name = "=1+1"
    month.li_wei.save(update_fields=["name"])

    assert cells(sheet(get, "wage-table.xlsx"), 5)[1] == "'=1+1"


@pytest.mark.parametrize(
    "query", ["month=2026-13", "month=10", "crew_id=x", "crew_id=0", "crew_id=99999999999999999999"]
)
def test_what_is_no_month_and_no_crew_is_refused(get, query):
    assert refused(get(f"wage-table.xlsx?{query}"), 400, "invalid")


def test_a_month_without_work_is_an_empty_paper_and_no_error(get):
    assert content(get("wage-table.pdf?month=2031-01"))[:4] == b"%PDF"
    assert content(get("attendance-sheet.xlsx?month=2031-01"))[:2] == b"PK"


def test_owner_and_worker_have_no_right_to_the_table(month, get):
    for actor in (month.owner, month.actor(month.li_wei)):
        assert refused(get("wage-table.pdf", actor), 403, "forbidden")


def test_every_row_is_a_complete_record_by_law(month):
    (table,) = queries.wage_tables(month.project.pk, month.lines()[0].statement.month)

    for row in table.rows:
        record = {
            "employer": table.heading.employer,
            "period": table.heading.month,
            "pay_date": table.heading.pay_on,
            "worker_name": row.worker.name,
            "id_number": row.worker.id_number,
            "contact": row.worker.phone,
            "working_time": row.minutes,
            "gross_items": row.sums.by_column,
            "deducted_items": row.sums.by_column,
            "net": row.sums.net,
            "payment_proof": row.references or "signature",
        }
        assert records.missing("CN", record) is None


def test_the_number_of_queries_does_not_grow_with_the_workers(month, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        queries.wage_tables(month.project.pk, month.lines()[0].statement.month)
