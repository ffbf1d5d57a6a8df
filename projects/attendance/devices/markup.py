"""XML alerts of older Hikvision firmware as the same objects that the JSON push gives.

Parsed by defusedxml, which refuses DTDs, entities and external references (XXE, billion laughs).
"""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from projects.attendance.devices.notebook import BODY_BYTES_MAX, Notebook

ELEMENTS_MAX = 1000


def documents(raw: bytes, book: Notebook) -> list[tuple[str, Any]]:
    """One object two levels deep, without namespaces, or nothing and a fault."""
    if len(raw) > BODY_BYTES_MAX:
        book.fault("body_too_large", "body", f"{len(raw)} bytes")
        return []
    try:
        root = fromstring(raw.strip(), forbid_dtd=True)
    except DefusedXmlException as refused:
        book.fault("xml_refused", "body", type(refused).__name__)
        return []
    except (ParseError, ValueError, LookupError, RecursionError) as problem:
        book.fault("not_xml", "body", str(problem))
        return []
    return [("body", {_name(child): _value(child) for child in root[:ELEMENTS_MAX]})]


def _value(element: Element) -> object:
    if len(element) == 0:
        return (element.text or "").strip()
    return {_name(child): (child.text or "").strip() for child in element[:ELEMENTS_MAX]}


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
