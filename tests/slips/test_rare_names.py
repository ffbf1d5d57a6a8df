"""Names that the paper's font can't print are replaced visibly and counted: no sign is lost."""

import io
import unicodedata
from datetime import date

import pytest

from jianzhu.kernel import paper
from tests.api.caller import Caller
from tests.slips.conftest import words
from tests.slips.test_tables import content
from workers_app.people.models import Worker

# Middle dots of three kinds, Latin with marks above and below, the round zero, an old variant.
PRINTED = [
    "买买提·吐尔逊",
    "阿依古丽•买买提",
    "玛丽‧布朗",
    "Nguyễn Văn Đức",
    "Łukasz Żółć",
    "〇",
    "龦",
    "Ёжиков",
]
# CJK extensions A, B, C and E, Uyghur, Tibetan, Yi.
LACKING = ["䶮", "㛃", "𠀀", "𪟝", "𬭳", "ئابدۇللا", "བསྟན", "ꆈꌠ"]


@pytest.mark.parametrize("name", PRINTED)
def test_usual_names_are_printed_as_they_are(name):
    assert paper.printable(name) == (name, [])


@pytest.mark.parametrize("name", LACKING)
def test_what_the_font_lacks_is_marked_sign_by_sign(name):
    shown, lacking = paper.printable(f"王{name}")

    assert shown == "王" + paper.LACKING * len(name)
    assert lacking == list(name)


def test_letters_and_their_marks_are_put_together_and_what_nobody_sees_is_left_out():
    apart = unicodedata.normalize("NFD", "Đức") + "\u200b\u202e\ufe00"

    assert paper.printable(apart) == ("Đức", [])


def test_a_paper_says_how_many_and_which(db):
    file = io.BytesIO()

    paper.write(
        file, "x", [paper.text("李䶮", 9), paper.facts([("n", "䶮㛃")], 190, 9)], date(2026, 10, 1)
    )

    said = words(file.getvalue())
    assert "李〓" in said
    assert "3" in said
    assert "U+4DAE,U+36C3" in said


def test_slip_wage_table_and_attendance_sheet_count_the_signs_of_a_rare_name(month, statement):
    Worker.objects.filter(pk=month.li_wei.pk).update(name="李䶮·Łuk")
    base = f"projects/{month.project.pk}"
    papers = [
        f"statements/{statement.pk}/pay-slip.pdf?language=en",
        f"{base}/wage-table.pdf?language=en",
        f"{base}/attendance-sheet.pdf?language=en",
    ]

    for path in papers:
        said = words(content(Caller(month.contractor).get(path)))

        assert "李〓·Łuk" in said, path
        assert "1charactersthatthisfontdoesnothaveareprintedas〓:U+4DAE." in said, path
