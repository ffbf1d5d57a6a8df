"""What `make demo` prints is in the language of who reads the terminal, findings included."""

from datetime import date

import pytest
from django.utils import translation

from settlements.month import run as month
from settlements.statements.models import Statement
from tests.site import START, Site, at

SHORT = {
    "code": "minimum_wage_shortfall",
    "article": "劳动法 第四十八条",
    "line": "",
    "facts": {"region": "CN-99", "minimum_minor": "240000"},
}


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({}, "en"),
    ],
)
def test_the_terminals_locale_chooses(environ, language):
    assert month.language(environ) == language


@pytest.mark.parametrize(
    ("language", "said", "never"),
    [
        ("en", "below the minimum wage of CN-99 (2400.00)", "最低工资"),
        ("zh-hans", "最低工资", "minimum"),
    ],
)
def test_a_finding_is_printed_in_the_readers_language(db, language, said, never):
    site = Site.build(workers=1)
    Statement.objects.create(
        worker=site.li_wei, project=site.project, month=date(2026, 10, 1), currency="CNY",
        pay_on=date(2026, 11, 13), findings=[SHORT], created_at=at(START), evaluated_at=at(START),
    )  # fmt: skip
    printed = []

    with translation.override(language):
        month.tell(printed.append)

    (finding,) = (line for line in printed if said in line)
    assert never not in finding
