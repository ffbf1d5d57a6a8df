"""What the verifier says, in the reader's language: it speaks English alone, as it has to run anywhere."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

# Each sentence of `verifier.py` as a pattern, and the sentence that is translated.
PATTERNS = tuple(
    (re.compile(pattern + r"\Z", re.DOTALL), sentence)
    for pattern, sentence in (
        (r"signed by the log:\s+(?P<key>.*)", gettext_noop("signed by the log: %(key)s")),
        (
            r"countersigned at (?P<time>\d+): (?P<key>.*)",
            gettext_noop("countersigned by the witness (Unix time %(time)s): %(key)s"),
        ),
        (r"not countersigned by a witness", gettext_noop("not countersigned by a witness")),
        (
            r"(?P<records>\d+) records, (?P<events>\d+) events in the log of (?P<leaves>\d+) leaves",
            gettext_noop("%(records)s records, %(events)s events in a log of %(leaves)s leaves"),
        ),
        (
            r"(?P<files>\d+) files as the manifest says",
            gettext_noop("%(files)s files are as the manifest says"),
        ),
        (
            r"(?P<what>.*): it is not what event (?P<event>\d+) sealed: the record was changed",
            gettext_noop("%(what)s: this record was changed; event %(event)s sealed another"),
        ),
        (
            r"(?P<what>.*): the log knows nothing of it",
            gettext_noop("%(what)s: the log knows nothing of it"),
        ),
        (
            r"(?P<what>.*): its columns are not named as they were sealed",
            gettext_noop("%(what)s: its columns are named otherwise than they were sealed"),
        ),
        (
            r"event (?P<event>\d+): it is not in the log: the event was changed",
            gettext_noop("event %(event)s was changed: it is not in the log"),
        ),
        (
            r"event (?P<event>\d+): its line of (?P<row>.*) is not as it was told: it was changed",
            gettext_noop("event %(event)s: its line about %(row)s was changed"),
        ),
        (
            r"(?P<name>.*): it is not what the manifest says: the file was changed",
            gettext_noop("the file %(name)s was changed: it is not what the manifest says"),
        ),
        (
            r"(?P<name>.*): it is not the body that projects_devicebody (?P<row>\d+) names",
            gettext_noop("%(name)s is not what the gate sent (record %(row)s)"),
        ),
        (
            r"the signature of (?P<name>.*) is not over this tree head",
            gettext_noop("the signature of %(name)s is not over this tree head"),
        ),
        (
            r"(?P<name>.*) has not signed this tree head",
            gettext_noop("%(name)s has not signed this tree head"),
        ),
        (
            r"the tree head is of another log than the key",
            gettext_noop("the tree head is of another log than the key"),
        ),
        (
            r"this is no document of the format (?P<name>.*)",
            gettext_noop("this is neither a receipt nor the records of a bundle (%(name)s)"),
        ),
        (
            r"(?P<what>.*): damaged \((?P<why>.*)\)",
            gettext_noop("%(what)s is damaged (%(why)s)"),
        ),
    )
)


def told(said: str) -> str:
    """The sentence in the reader's language; what no pattern knows stays as it is."""
    for pattern, sentence in PATTERNS:
        found = pattern.match(said)
        if found is not None:
            return _(sentence) % found.groupdict()
    return said
