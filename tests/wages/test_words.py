"""Every finding and held place has a sentence in both languages; records are checked for contents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from settlements.wages import reasons, records, rulesets
from settlements.wages.engine import compute
from settlements.wages.explain import formula, name, sentence
from settlements.wages.facts import Rate
from tests.wages.people import FIRST, case, codes, day, hourly

SOURCES = Path(reasons.__file__).parent.glob("*.py")


def test_every_code_in_the_engine_has_its_sentence() -> None:
    text = "\n".join(path.read_text("utf-8") for path in SOURCES)
    found = set(re.findall(r'draft\.find\(\s*"([a-z_]+)"', text))
    held = set(re.findall(r'draft\.hold\(\s*[^"]*?(?:f"[^"]*", )?[a-z.]*,? ?"([a-z_]+)"', text))

    assert found
    assert found <= set(reasons.FINDINGS)
    assert held <= set(reasons.HELD)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_finding_reads_with_its_amounts(language: str) -> None:
    found = compute(case(days=tuple(day(n, 700) for n in range(8, 31))))

    texts = [reasons.finding(one, "CNY", language) for one in found.findings]

    assert codes(found)
    assert all(texts)
    assert not any("%(" in text for text in texts)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_held_day_reads(language: str) -> None:
    found = compute(case(hourly(valid_to=day(8).on), days=(day(9),)))

    assert [reasons.held(one, language) for one in found.held] != [""]


def test_a_gong_and_its_overtime_read_as_one_row() -> None:
    rate = Rate("R1", "day", 40_000, "CNY", FIRST)

    lines = compute(case(rate, days=(day(8, 600),))).lines

    assert sentence(lines, "zh") == "1 工 × 400.00 + 2 小时 × 75.00 = 550.00"
    assert [name(line, "zh") for line in lines] == ["正常工作", "延时加班"]


def test_a_part_of_a_gong_reads_in_hours_with_the_exact_rate() -> None:
    rate = Rate("R1", "day", 36_000, "CNY", FIRST)

    (line,) = compute(case(rate, days=(day(8, 440),))).lines

    assert formula(line) == "7 h 20 min × 45.00"
    assert formula(line, "zh") == "7 小时 20 分 × 45.00"
    assert line.amount_minor == 33_000


def test_a_complete_record_passes_and_a_thin_one_names_what_it_lacks() -> None:
    whole = dict.fromkeys(rulesets.load("CN").record["fields"], "there")

    assert records.missing("CN", whole) is None
    thin = records.missing("CN", whole | {"working_time": "", "net": None})
    assert thin is not None
    assert thin.facts["missing"] == ("working_time", "net")
    assert thin.article == "Decree 724 art. 15"


@pytest.mark.parametrize("name_", rulesets.names())
def test_every_value_of_a_rule_set_has_region_date_and_source(name_: str) -> None:
    rules = rulesets.load(name_)

    for versions in (*rules.values.values(), *rules.tiers.values()):
        for one in versions:
            assert one.region.split("-")[0] == name_
            assert one.source
            assert one.valid_from.year >= 1930
