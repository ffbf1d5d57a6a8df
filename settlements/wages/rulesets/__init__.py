"""Rule sets as dated data: one TOML file a jurisdiction, each value with region and source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from settlements.wages.errors import UnknownRuleSet

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of a rule set, in force in `region` and below from `valid_from`."""

    name: str
    region: str
    valid_from: date
    value: Any
    article: str
    source: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A jurisdiction's rules. `tiers` are kept by class of day, `values` by name."""

    name: str
    currency: str
    calendar: str
    method: str
    values: Mapping[str, tuple[Dated, ...]]
    tiers: Mapping[str, tuple[Dated, ...]]
    articles: Mapping[str, str]
    record: Mapping[str, Any]


def names() -> list[str]:
    """The kept rule sets."""
    return sorted(path.stem.upper() for path in FOLDER.glob("*.toml"))


@cache
def load(name: str) -> RuleSet:
    """The rule set of this name; UnknownRuleSet when none is kept."""
    if name not in names():
        raise UnknownRuleSet(rule_set=name, known=", ".join(names()))
    return parse(tomllib.loads((FOLDER / f"{name.lower()}.toml").read_text("utf-8")))


def parse(data: Mapping[str, Any]) -> RuleSet:
    """A rule set from its file's content."""
    return RuleSet(
        name=data["name"],
        currency=data["currency"],
        calendar=data["calendar"],
        method=data["method"],
        values=_by_name([_value(v) for v in data.get("value", [])]),
        tiers=_by_name([_tiers(t) for t in data.get("tiers", [])]),
        articles=data.get("articles", {}),
        record=data.get("record", {}),
    )


def _value(raw: Mapping[str, Any]) -> Dated:
    return Dated(
        raw["name"], raw["region"], raw["valid_from"], raw["value"], raw["article"], raw["source"]
    )


def _tiers(raw: Mapping[str, Any]) -> Dated:
    steps = tuple((s["after"], s["percent"], s["name"], s["article"]) for s in raw["steps"])
    return Dated(raw["day"], raw["region"], raw["valid_from"], steps, "", raw["source"])


def _by_name(found: list[Dated]) -> dict[str, tuple[Dated, ...]]:
    by_name: dict[str, tuple[Dated, ...]] = {}
    for one in found:
        by_name[one.name] = (*by_name.get(one.name, ()), one)
    return by_name
