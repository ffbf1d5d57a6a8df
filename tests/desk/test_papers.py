"""Each paper holds what the law asks of it, in Chinese and in English."""

import io
import re

import pypdf
import pytest

from settlements.desk import papers
from settlements.desk.errors import NoSuchPaper
from settlements.disputes import commands as disputes
from settlements.disputes import queries
from settlements.disputes.models import Dispute
from tests.desk.conftest import seen
from tests.site import DAY, at


def text(made):
    pages = pypdf.PdfReader(io.BytesIO(made.content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def squeezed(*said):
    return ["".join(one.split()) for one in said]


@pytest.fixture
def conducted(case):
    Dispute.objects.filter(pk=case.pk).update(
        accepted_at=at(DAY, 21),
        hearing_at=at(DAY.replace(day=26), 9, 30),
        number="临澜劳人仲案字〔2026〕第7号",
        procedure="simple",
    )
    return case


def awarded(site, case, line, amount=38_000):
    disputes.draft(
        dispute_id=case.pk,
        awards={line.pk: amount},
        reasons="{不是模板} 考勤缺出场记录，验收已通过。",
        actor=site.arbitrator,
        at=at(DAY, 22),
    )
    disputes.issue_drafts(dispute_id=case.pk, actor=site.arbitrator, at=at(DAY, 22))
    return queries.rulings(case.pk)[0]


def test_the_notice_of_acceptance(site, conducted):
    zh = text(papers.acceptance(seen(conducted.pk), "zh", at(DAY, 22)))
    en = text(papers.acceptance(seen(conducted.pk), "en", at(DAY, 22)))

    wanted = squeezed(
        "受理通知书", "临澜仲裁院", "临澜劳人仲案字〔2026〕第7号", site.li_wei.name, "临澜劳务",
        "我上了一整天", "400.00", "四十五日", "十日内提交答辩书", "第三十九条",
    )  # fmt: skip
    for said in wanted:
        assert said in zh
    for said in squeezed("Notice of acceptance", "45 days", "within 10 days", "(art. 6, 39)"):
        assert said in en


def test_the_notice_of_hearing(conducted):
    zh = text(papers.hearing(seen(conducted.pk), "zh", at(DAY, 22)))
    en = text(papers.hearing(seen(conducted.pk), "en", at(DAY, 22)))

    for said in squeezed("开庭通知书", "2026年10月26日09:30", "三日前请求延期", "缺席裁决", "回避"):
        assert said in zh
    for said in squeezed("Notice of hearing", "26 October 2026, 09:30", "by default", "challenge"):
        assert said in en


def test_the_award_says_who_pays_whom_how_much_by_when_and_who_may_go_where(site, conducted, line):
    ruling = awarded(site, conducted, line)
    zh = text(papers.ruling(seen(conducted.pk), ruling, "zh", at(DAY, 23)))
    en = text(papers.ruling(seen(conducted.pk), ruling, "en", at(DAY, 23)))

    (item,) = ruling.items
    for said in squeezed(
        "仲裁裁决书", "当事人", "案件由来", "申请人请求", "被申请人答辩", "查明的事实与证据", "考勤",
        "{不是模板}", "临澜劳务", site.li_wei.name, "380.00", item.due_on.isoformat(), "终局",
        "第四十七条", "十五日内向人民法院提起诉讼", "三十日内", "仲裁员", "书记员", "盖章",
    ):  # fmt: skip
        assert said in zh, said
    for said in squeezed("Award", "Facts found", "final and in force", "380.00", "art. 47", "seal"):
        assert said in en, said


def test_a_draft_says_that_it_is_one(site, conducted, line):
    disputes.draft(
        dispute_id=conducted.pk,
        awards={line.pk: 1},
        reasons="so",
        actor=site.arbitrator,
        at=at(DAY, 22),
    )
    (ruling,) = queries.rulings(conducted.pk)

    assert "草稿，未签发" in text(papers.ruling(seen(conducted.pk), ruling, "zh", at(DAY, 23)))


def test_a_mediation_statement_binds_on_signature(site, conducted, line):
    from dataclasses import replace

    ruling = replace(awarded(site, conducted, line), kind="mediation", final=True)

    zh = text(papers.ruling(seen(conducted.pk), ruling, "zh", at(DAY, 23)))

    for said in squeezed("调解书", "自愿达成如下协议", "380.00", "签收后，发生法律效力"):
        assert said in zh


def test_an_order_says_what_stops_and_that_the_time_does_not_count(site, conducted):
    disputes.conduct(
        dispute_id=conducted.pk,
        verb="suspend",
        facts={"reason": "expert_opinion", "note": "等待鉴定"},
        actor=site.arbitrator,
        at=at(DAY, 22),
    )

    zh = text(papers.order(seen(conducted.pk), "zh", at(DAY, 23)))

    for said in squeezed("决定书", "中止本案的审理", "等待鉴定", "不计入审理期限"):
        assert said in zh


@pytest.mark.parametrize("make", [papers.acceptance, papers.hearing, papers.order])
def test_no_paper_tells_of_what_has_not_happened(case, make):
    with pytest.raises(NoSuchPaper):
        make(seen(case.pk), "zh", at(DAY, 22))


def test_outside_china_no_chinese_remedy_is_promised(site, conducted, line):
    ruling = awarded(site, conducted, line)
    type(site.project).objects.filter(pk=site.project.pk).update(rule_set="AU")

    en = text(papers.ruling(seen(conducted.pk), ruling, "en", at(DAY, 23)))

    assert re.sub(r"\s", "", "until a court of competent jurisdiction") in en
    assert "art.48" not in en
