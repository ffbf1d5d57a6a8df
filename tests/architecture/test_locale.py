"""Whoever reads Chinese meets no English on a page, and what is compiled is what was written."""

import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "jianzhu" / "locale" / "zh_Hans" / "LC_MESSAGES"
TEMPLATES = sorted(ROOT.glob("*/templates/**/*.html"))


@pytest.fixture(scope="module")
def written():
    with (HOME / "django.po").open("rb") as file:
        return _texts(read_po(file))


def _texts(catalogue):
    """{text: translation}; of a text with a plural, {both: both}."""
    return {
        m.id if isinstance(m.id, str) else tuple(m.id): m.string
        if isinstance(m.string, str)
        else tuple(m.string)
        for m in catalogue
        if m.id
    }


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_every_text_of_a_page_is_translated(template, written):
    texts = set(re.findall(r"{%\s*translate\s+[\"'](.+?)[\"']\s*%}", template.read_text()))

    assert sorted(text for text in texts if not written.get(text)) == []


def test_the_compiled_file_is_up_to_date(written):
    with (HOME / "django.mo").open("rb") as file:
        compiled = _texts(read_mo(file))

    assert compiled == written
