"""Quotes: a JSON document in, a JSON document out, nothing stored.

For tests, for contractors who ask what work will cost, and for arbitrators who change one fact.
"""

from __future__ import annotations

from settlements.wages.quotes.answer import quote
from settlements.wages.quotes.schema import ANSWER, DOCUMENT

__all__ = ["ANSWER", "DOCUMENT", "quote"]
