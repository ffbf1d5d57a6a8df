"""Text on its way into a sheet that somebody will open in a spreadsheet program."""

from __future__ import annotations

import unicodedata

# A cell that starts with one of these is computed by Excel, LibreOffice or WPS (CSV injection);
# full-width forms fold to the same signs when a program normalises them.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def neutralise(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would compute it.

    For text cells only: numbers are written as numbers.
    """
    start = unicodedata.normalize("NFKC", text[:8])
    bare = start.lstrip(" \u3000\u00a0\u200b\ufeff")
    computed = start.startswith(FORMULA_STARTS) or bare.startswith(FORMULA_STARTS)
    return f"'{text}" if computed else text
