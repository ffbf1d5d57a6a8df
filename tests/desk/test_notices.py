"""The notices that a case comes to on its way, in both languages, and none of them under another
country's law."""

import re

import pytest

from settlements.desk import papers
from settlements.desk.errors import NoSuchPaper
from settlements.desk.papers import make
from settlements.disputes import commands as disputes
from tests.api.caller import Caller
from tests.desk.conftest import seen
from tests.desk.test_papers import squeezed, text
from tests.site import DAY, at

# What only a paper under Chinese law may say.
CHINESE_LAW = re.compile(
    r"第[一二三四五六七八九十百零]+条|中华人民共和国|\bart\. ?\d|articles? \d|Arbitration Law|Decree 724"
)


def conduct(site, case, verb, **facts):
    disputes.conduct(
        dispute_id=case.pk, verb=verb, facts=facts, actor=site.arbitrator, at=at(DAY, 20)
    )


@pytest.fixture
def applied(site, case):
    """It went to arbitration."""
    claimant = site.actor(site.li_wei)
    disputes.escalate(dispute_id=case.pk, to="arbitration", actor=claimant, at=at(DAY, 20))
    return case


def both(kind, case):
    """The paper in Chinese and English, as text without spaces."""
    return [
        text(papers.NOTICES[kind](seen(case.pk), language, at(DAY, 21)))
        for language in ("zh", "en")
    ]


def holds(said, *wanted):
    for one in squeezed(*wanted):
        assert one in said, one


def test_the_notice_to_produce_evidence_names_who_brings_what_until_when(site, case):
    zh, en = both("evidence-notice", case)

    due = "2026年10月15日00:00"  # two working days after Monday the 12th
    holds(zh, "举证通知书", "被申请人：2026-10-12", "考勤", due, "用人单位应当提供", "第三十九条")
    holds(en, "Notice to produce evidence", "Respondent: 2026-10-12", "Attendance", "art. 6, 39")


def test_the_notice_to_complete_is_there_once_something_was_asked_for(site, applied):
    with pytest.raises(NoSuchPaper):
        papers.completion(seen(applied.pk), "zh", at(DAY, 21))

    conduct(site, applied, "ask_correction")

    zh, en = both("completion-notice", applied)
    holds(zh, "补正通知书", site.li_wei.name, "一次性告知", "2026年10月20日00:00", "第二十八条")
    holds(en, "Notice to complete", "what is still missing", "20 October 2026", "art. 28")


def test_the_record_of_a_hearing_has_all_that_is_known_and_room_for_the_rest(site, applied):
    conduct(site, applied, "accept", procedure="simple", number="临澜劳人仲案字〔2026〕第7号")
    conduct(site, applied, "serve", waive_answer=True)
    with pytest.raises(NoSuchPaper):
        papers.record(seen(applied.pk), "zh", at(DAY, 21))

    conduct(site, applied, "schedule", hearing_at=at(DAY.replace(day=26), 9))

    zh, en = both("hearing-record", applied)
    holds(zh, "庭审笔录", "第7号", "2026年10月26日09:00", "我上了一整天", "要素", "质证", "书记员")
    holds(en, "Record of the hearing", "26 October 2026, 09:00", "Element by element", "Clerk")


def test_the_receipt_of_service_lists_what_was_served(site, applied):
    with pytest.raises(NoSuchPaper):
        papers.service(seen(applied.pk), "zh", at(DAY, 21))
    conduct(site, applied, "accept", procedure="simple")

    zh, en = both("service-receipt", applied)

    holds(zh, "送达回证", "受理通知书", "签收", "拒收", site.li_wei.name)
    holds(en, "Receipt of service", "Notice of acceptance", "refused")


@pytest.mark.parametrize(
    ("verb", "kind", "zh_says", "en_says"),
    [
        ("reject", "non-acceptance-notice", "不予受理通知书", "Notice of non-acceptance"),
        ("reject", "order", "对本申请不予受理", "not accepted"),
        ("terminate", "order", "终止本案的审理", "is terminated"),
    ],
)
def test_a_case_that_ended_before_a_decision_has_its_paper_with_the_reason(
    site, applied, verb, kind, zh_says, en_says
):
    conduct(site, applied, verb, reasons="{不是模板} 不属于受理范围")
    assert seen(applied.pk).state == "closed"

    zh, en = both(kind, applied)

    holds(zh, zh_says, "{不是模板}不属于受理范围")
    holds(en, en_says)
    assert kind in papers.come_to(seen(applied.pk))


def test_a_case_offers_the_papers_that_it_has_come_to_and_the_api_gives_them(site, applied):
    assert papers.come_to(seen(applied.pk)) == ["evidence-notice"]
    conduct(site, applied, "accept", procedure="simple")
    caller = Caller(site.arbitrator)
    path = f"disputes/{applied.pk}"

    found = papers.come_to(seen(applied.pk))

    assert found == ["acceptance-notice", "evidence-notice", "service-receipt"]
    for kind in found:
        answer = caller.get(f"{path}/{kind}?language=en")
        assert (answer.status_code, answer.content[:4]) == (200, b"%PDF"), kind
    for kind in ("completion-notice", "hearing-record", "non-acceptance-notice"):
        answer = caller.get(f"{path}/{kind}")
        assert (answer.status_code, answer.json()["code"]) == (409, "no_such_paper"), kind


@pytest.mark.parametrize("language", papers.LANGUAGES)
@pytest.mark.parametrize("kind", papers.KINDS)
def test_no_paper_outside_china_cites_chinese_law(language, kind):
    template = make._template(language, kind)

    elsewhere = "\n".join(make._lines(template, "AU"))

    assert not CHINESE_LAW.search(elsewhere), CHINESE_LAW.search(elsewhere)
    assert "[" not in re.sub(r"\[ \]", "", elsewhere), "every mark is read"
    # The law of the others hangs on the case (`words.toml`), or they are forms to be filled in.
    if kind not in ("mediation", "order", "record", "service"):
        assert CHINESE_LAW.search("\n".join(make._lines(template, "CN")))
        assert "{rules}" in elsewhere


def test_elsewhere_a_notice_names_the_rules_by_which_its_clocks_ran(site, applied):
    from dataclasses import replace

    conduct(site, applied, "accept", procedure="simple")
    case = seen(applied.pk)
    writer = make.Writer.of(case, "en")
    abroad = replace(writer, project=replace(writer.project, country="AU"))

    made = make._made("acceptance", abroad, abroad.common(), make._signed(abroad, None), at(DAY))

    said = text(made)
    assert not re.search(r"art\.\d|ArbitrationLaw|Decree724", said)
    holds(said, "Rules that apply", "the platform's terms")
