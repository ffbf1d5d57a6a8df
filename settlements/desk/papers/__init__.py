"""Papers of a case (文书): notices, awards, mediation statements, orders, from templates, as PDF.

A template (`templates/LANGUAGE/KIND.txt`) is text with {fields}. A line that begins with "= " is the
office, "# " the title, "## " a heading, "> " the case number; "@items", "@elements" and "@signed"
are the tables. "[CN] " begins a line that stands under Chinese law alone, "[--] " one that stands
elsewhere. An office that words its papers otherwise edits these files.
"""

from settlements.desk.papers.make import (
    KINDS,
    LANGUAGES,
    NOTICES,
    acceptance,
    come_to,
    completion,
    evidence,
    hearing,
    nonacceptance,
    order,
    record,
    ruling,
    service,
)

__all__ = [
    "KINDS",
    "LANGUAGES",
    "NOTICES",
    "acceptance",
    "come_to",
    "completion",
    "evidence",
    "hearing",
    "nonacceptance",
    "order",
    "record",
    "ruling",
    "service",
]
