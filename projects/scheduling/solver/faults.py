"""How the solver says no: a code, the facts, a sentence.

The sentences are message ids: whoever shows them to people translates `SENTENCES[code]` first and
fills in the facts after.
"""

from __future__ import annotations

from typing import Any

SENTENCES = {
    "unreadable": "%(file)s, line %(line)s: %(found)s is not %(expected)s.",
    "no_file": "%(file)s can't be read: %(reason)s.",
    "cut": "%(file)s ends before %(missing)s: the file was cut off.",
    "unknown_format": "%(file)s is in none of the known formats: %(known)s.",
    "empty": "There is nothing to plan: no package was given.",
    "twice": "%(noun)s %(id)s is given twice.",
    "unknown": "Package %(package)s refers to %(noun)s %(id)s, which does not exist.",
    "unknown_worker": "The fixed team of package %(package)s names worker %(id)s, who does not exist.",
    "cycle": "The packages %(packages)s wait for each other in a circle.",
    "negative_duration": "Package %(package)s has a duration of %(duration)s; it has to be 0 or more.",
    "negative_amount": "%(noun)s %(id)s has %(amount)s as its %(what)s; it has to be 0 or more.",
    "window_past": "Package %(package)s has to be over by slot %(latest)s, which is before today.",
    "window_short": "Package %(package)s takes %(duration)s slots, but its window from %(earliest)s to "
    "%(latest)s has only %(room)s.",
    "no_workers": "There is nobody to plan with: the problem has packages with needs, but no worker.",
    "nobody": "Nobody can do package %(package)s: it needs %(count)s of %(skill)s at level %(level)s "
    "with %(certificate)s, and %(found)s qualify.",
    "no_resource": "Package %(package)s uses %(amount)s of %(resource)s, and there are %(capacity)s.",
    "fixed_overlap": "Worker %(worker)s is fixed to packages %(first)s and %(second)s at the same time.",
    "fixed_twice": "Package %(package)s is fixed twice.",
    "fixed_past": "Package %(package)s is fixed to slot %(start)s, which is before today.",
    "fixed_early": "Package %(package)s is fixed to slot %(start)s, before package %(before)s, "
    "which it waits for, is over at %(ends)s.",
    "too_big": "%(what)s is %(amount)s; more than %(most)s can't be planned exactly.",
}


class Fault(Exception):
    """What was given can't be planned; nothing was computed."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts

    def __str__(self) -> str:
        return SENTENCES[self.code] % self.facts
