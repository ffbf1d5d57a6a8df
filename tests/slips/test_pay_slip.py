"""The worker takes along what was paid, how it was reckoned, and under which article."""

import pytest

from settlements.statements.models import Statement
from tests.api.caller import Caller, refused
from tests.slips.conftest import words


def content(answer):
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


@pytest.fixture
def slip(month, statement):
    def read(language):
        caller = Caller(month.actor(month.li_wei))
        answer = caller.get(f"statements/{statement.pk}/pay-slip.pdf?language={language}")
        assert answer["Content-Type"] == "application/pdf"
        return words(content(answer))

    return read


def test_each_day_is_a_sum_that_anybody_can_check(slip):
    said = slip("zh")

    assert "1工×400.00+2小时×75.00=550.00" in said
    assert "8小时×100.00=800.00" in said
    assert "8小时×150.00=1200.00" in said
    assert "劳动法第四十四条第三项" in said


def test_english_readers_read_the_same_in_english(slip):
    said = slip("en")

    assert "1day×400.00+2h×75.00=550.00" in said
    assert "LabourLawart.44(3)" in said
    assert "statutory-holidaywork" in said
    assert "Thedayisunclearandwaitsforananswer." in said


def test_the_shown_sums_are_those_of_the_shown_lines(slip):
    said = slip("zh")

    assert "2600.00" in said
    assert "人民币贰仟陆佰元整" in said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "取整:四舍五入，每行末尾取整一次(half_up:line)"),
        ("en", "Rounded:halfup,eachlineonce,atitsend(half_up:line)"),
    ],
)
def test_the_rounding_is_a_named_setting_on_the_slip(slip, language, said):
    assert said in slip(language)


def test_the_slip_names_employer_payer_card_and_reference(slip, month):
    said = slip("zh")

    payouts = {n.payout for n in month.lines(month.li_wei) if n.payout}
    for shown in ("临澜劳务", "临澜总包", "李伟", "2026-10", *(p.reference for p in payouts)):
        assert shown in said


def test_the_font_is_in_the_file(month, statement):
    answer = Caller(month.actor(month.li_wei)).get(f"statements/{statement.pk}/pay-slip.pdf")

    assert b"WenQuanYi" in content(answer)


def test_the_same_slip_is_the_same_bytes(month, statement):
    caller = Caller(month.actor(month.li_wei))

    first, second = (
        content(caller.get(f"statements/{statement.pk}/pay-slip.pdf")) for _ in range(2)
    )

    assert first == second


def test_a_colleagues_slip_is_not_found(month):
    other = Statement.objects.get(worker=month.zhang_qiang)

    answer = Caller(month.actor(month.li_wei)).get(f"statements/{other.pk}/pay-slip.pdf")

    assert refused(answer, 404, "not_found")


@pytest.mark.parametrize("query", ["language=fr", "language="])
def test_a_language_that_nobody_wrote_is_refused(month, statement, query):
    answer = Caller(month.actor(month.li_wei)).get(
        f"statements/{statement.pk}/pay-slip.pdf?{query}"
    )

    assert refused(answer, 400, "invalid")


def test_the_page_shows_the_same_sums(month, statement, client):
    client.force_login(month.li_wei.user)
    client.cookies["django_language"] = "en"

    page = client.get(f"/statements/{statement.pk}/slip/").content.decode()

    assert "1 day × 400.00 + 2 h × 75.00 = 550.00" in page
    for name, shown in (
        ("Gross", "2600.00"),
        ("Net", "2600.00"),
        ("Paid out", "2600.00"),
        ("Waiting", "0.00"),
    ):
        assert f"<dt>{name}</dt><dd>¥{shown}</dd>" in page
    assert "人民币贰仟陆佰元整" in page
    download = client.get(f"/statements/{statement.pk}/slip.pdf")
    assert "statutory-holidaywork" in words(content(download))
