"""The words of the papers that depend on the case, from `words.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

Words = dict[str, dict[str, str]]

with Path(__file__).with_suffix(".toml").open("rb") as _file:
    _TABLES: dict[str, Words] = tomllib.load(_file)

TITLES = _TABLES["titles"]
PROCEDURES = _TABLES["procedures"]
ROLES = _TABLES["roles"]
ELEMENTS = _TABLES["elements"]
FINDINGS = _TABLES["findings"]
ARTICLES = _TABLES["articles"]
REMEDIES = _TABLES["remedies"]
ORDERS = _TABLES["orders"]
EFFECTS = _TABLES["effects"]
LABELS = _TABLES["labels"]


def word(table: Words, code: str, language: str) -> str:
    """The word, or the code itself where the table has none."""
    return table[code][language] if code in table else code
