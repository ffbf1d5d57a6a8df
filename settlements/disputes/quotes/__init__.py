"""Deadline quotes: a JSON document in, a JSON document out, nothing stored.

For tests, for parties who ask by when, and for whoever checks what a clock of a case says.
"""

from settlements.disputes.quotes.answer import quote
from settlements.disputes.quotes.schema import ANSWER, DOCUMENT

__all__ = ["ANSWER", "DOCUMENT", "quote"]
