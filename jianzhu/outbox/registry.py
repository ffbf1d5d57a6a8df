"""Who listens to what. Rooms register in their `subscribers` module when the app starts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class News:
    """A message as a listener gets it; `attempts`: how often somebody began with it before."""

    id: int
    topic: str
    payload: dict[str, Any]
    attempts: int = 0


# A listener takes many messages at once and must bear hearing any of them again.
Listener = Callable[[list[News], datetime], None]

# Longer than any round of ids should take; who needs more says so.
SECONDS_MAX = 45

_listeners: dict[str, Listener] = {}
_seconds: dict[str, int] = {}
_topics: dict[str, list[str]] = defaultdict(list)


def listens_to(*topics: str, seconds_max: int = SECONDS_MAX) -> Callable[[Listener], Listener]:
    """Register a function of (news, at) under its dotted name; it is stopped after `seconds_max`."""

    def register(function: Listener) -> Listener:
        name = f"{function.__module__.removesuffix('.subscribers')}.{function.__name__}"
        _listeners[name] = function
        _seconds[name] = seconds_max
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


def seconds_of(name: str) -> int:
    """How long the listener may take over one call."""
    return _seconds.get(name, SECONDS_MAX)
