"""Papers of a case (文书): notices, awards, mediation statements, orders, from templates, as PDF.

A template (`templates/LANGUAGE/KIND.txt`) is text with {fields}. A line that begins with "= " is the
office, "# " the title, "## " a heading, "> " the case number; "@items", "@elements" and "@signed"
are the tables. An office that words its papers otherwise edits these files.
"""

from settlements.desk.papers.make import KINDS, LANGUAGES, acceptance, hearing, order, ruling

__all__ = ["KINDS", "LANGUAGES", "acceptance", "hearing", "order", "ruling"]
