"""From bytes to text, strictly: a wrong guess is refused, never shown as other letters."""

from __future__ import annotations

import re
import unicodedata

from jianzhu.kernel.sheets.faults import BadCell, Unreadable

_WIDE_START = 0x0800  # from here on UTF-8 takes three bytes: nothing GB18030 text looks like
_LONE_NARROW = re.compile("(?<![A-Za-z\u0080-\u07ff])[\u0080-\u07ff]+(?![A-Za-z\u0080-\u07ff])")
# Controls, formats (zero-width, bidi), surrogates, private use: none can be seen or trusted.
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})
_REPLACEMENT = "\ufffd"


def decoded(content: bytes) -> str:
    """The text of a CSV file in UTF-8 (with or without BOM) or GB18030; raises Unreadable."""
    if b"\0" in content:
        raise Unreadable("nul_byte", row=content.count(b"\n", 0, content.index(b"\0")) + 1)
    if content.startswith(b"\xef\xbb\xbf"):
        return _strict(content, "utf-8-sig")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _gb18030(content)
    if _could_be_gb18030(text, content):
        raise Unreadable("ambiguous_encoding")
    return text


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise Unreadable("undecodable", row=row, offset=error.start) from None


def _gb18030(content: bytes) -> str:
    text = _strict(content, "gb18030")
    # Most UTF-8 Chinese is also valid GB18030 with other letters: a file glued together from both
    # would decode, wrongly. A line that is valid UTF-8 with three-byte letters gives it away.
    for number, line in enumerate(content.split(b"\n"), start=1):
        if not line.isascii() and _is_wide_utf8(line):
            raise Unreadable("mixed_encoding", row=number)
    return text


def _is_wide_utf8(line: bytes) -> bool:
    try:
        return any(ord(c) >= _WIDE_START for c in line.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _could_be_gb18030(text: str, content: bytes) -> bool:
    # A few short Chinese words in GB18030 are also valid UTF-8 of two-byte letters. Those letters
    # then stand alone, while in Latin names they touch plain letters ("José").
    if text.isascii() or any(ord(c) >= _WIDE_START for c in text) or not _LONE_NARROW.search(text):
        return False
    try:
        other = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return all("\u4e00" <= c <= "\u9fff" for c in other if not c.isascii())


def refuse_hidden(text: str) -> None:
    """Raises BadCell for characters that nobody sees: they hide a second meaning."""
    if text.isascii() and text.isprintable():
        return
    for character in text:
        if unicodedata.category(character) in _HIDDEN_CATEGORIES or character == _REPLACEMENT:
            raise BadCell("hidden_character", character=f"U+{ord(character):04X}")
