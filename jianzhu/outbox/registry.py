"""Who listens to what. Rooms register in their `subscribers` module when the app starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class News:
    """A message as a listener gets it."""

    id: int
    topic: str
    payload: dict[str, Any]


# A listener takes many messages at once and must bear hearing any of them again.
Listener = Callable[[list[News], datetime], None]

_listeners: dict[str, Listener] = {}
_topics: dict[str, list[str]] = defaultdict(list)


def listens_to(*topics: str) -> Callable[[Listener], Listener]:
    """Register a function of (news, at) under its dotted name."""

    def register(function: Listener) -> Listener:
        name = f"{function.__module__.removesuffix('.subscribers')}.{function.__name__}"
        _listeners[name] = function
        for topic in topics:
            _topics[topic].append(name)
        return function

    return register


def listeners_of(topic: str) -> list[str]:
    """Names of those who hear of the topic."""
    return _topics.get(topic, [])


def listener(name: str) -> Listener:
    """The function registered under the name; KeyError if its code is gone."""
    return _listeners[name]
