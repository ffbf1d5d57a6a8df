"""Quotes of attendance: given punches in, days and overtime out, nothing stored.

For whoever sets up a rule, for an arbitrator who changes one fact, and for tests.
"""

from projects.attendance.quotes.answer import quote
from projects.attendance.quotes.schema import ANSWER, DOCUMENT

__all__ = ["ANSWER", "DOCUMENT", "quote"]
