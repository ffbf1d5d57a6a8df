"""The documents shown in docs/wages.md work, and no refusal or finding is missing from it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from settlements.wages import errors
from settlements.wages.errors import WageRefusal
from settlements.wages.quotes import quote

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "wages.md").read_text("utf-8")


def test_the_shown_quote_gives_the_shown_sentence() -> None:
    (document,) = re.findall(r"```json\n(.*?)```", DOCS, re.DOTALL)

    (day,) = quote(json.loads(document))["days"]

    assert day["sentence"]["en"] in DOCS


def test_every_refusal_is_documented() -> None:
    codes = {
        one.code
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, WageRefusal) and one is not WageRefusal
    }

    assert {code for code in codes if f"`{code}`" not in DOCS} == set()
