"""Independent signals about a punch, and their sum. Trust decides who looks, never what is paid.

A punch starts at 50; each signal adds or takes its points once; below 40 the day goes to a person with
the signals as reasons. No single word of a foreman, and no missing fix alone with good neighbours, can
bring a punch there; a forged code, a faked position or an impossible journey can.

Of a gate: a face in a rush, or a card at a gate whose clock is wrong, stays above; a card in a rush, an
impossible journey, and a passage on a day that the worker called absent do not, although the crew is
always near at seven in the morning. docs/attendance.md says what each weight has to be for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

START = 50
ASK_BELOW = 40
BEST = 100

ACCURACY_METRES_MAX = 100
# Faster than this nobody gets from one site to another; a train does 350 km/h, its stations are not sites.
METRES_PER_SECOND_MAX = 56
LATE = timedelta(hours=24)
NEIGHBOUR = timedelta(minutes=15)
NEIGHBOURS_MIN = 2

POINTS: dict[str, int] = {
    "inside_fence": 20,
    "outside_fence": -40,
    "no_position": -25,
    "poor_accuracy": -10,
    "mock_location": -60,
    "signed": 10,
    "unsigned": -10,
    "new_phone": -5,
    "shared_phone": -25,
    "clock_turned": -20,
    "sent_late": -5,
    "impossible_speed": -60,
    "gate_code": 40,
    "gate_code_late": 15,
    "gate_code_stale": -30,
    "gate_code_forged": -60,
    "neighbours": 15,
    "roll_call_present": 20,
    "roll_call_absent": -10,
    "absent_signed": -60,
    "device_known": 10,
    "biometric": 15,
    "password": -10,
    "clock_wrong": -15,
    "many_at_once": -45,
}

# How a person showed who they are where nobody else can show it for them.
BIOMETRIC = ("face", "finger", "palm")
# A turnstile lets one person through in about two seconds (its makers' figures: 25 to 60 a minute).
RUSH_PEOPLE = 5
RUSH_SECONDS = 3
# A gate where this is the rule has several doors behind one serial number: its rushes say nothing.
RUSH_USUAL = 100
RUSH_USUAL_PERCENT = 10
# So far off, a corrected clock is no small drift any more.
CLOCK_WRONG = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason, with what it rests on."""

    code: str
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """What it adds or takes."""
        return POINTS[self.code]


@dataclass(frozen=True, slots=True)
class Told:
    """What a phone's punch says of itself; distances in metres, None where unknown."""

    has_position: bool
    outside_by: int | None
    accuracy: int | None
    mock: bool
    signed: bool
    known_phone: bool
    clock: str
    delay: timedelta
    code: str = ""


def signals_of(told: Told) -> tuple[Signal, ...]:
    """The signals that need nothing but the punch itself."""
    return tuple(
        signal
        for signal in (
            _place(told),
            _accuracy(told),
            Signal("mock_location") if told.mock else None,
            Signal("signed" if told.signed else "unsigned"),
            None if told.known_phone else Signal("new_phone"),
            Signal("clock_turned", {"by": told.clock}) if told.clock != "as_said" else None,
            Signal("sent_late", {"minutes": told.delay // timedelta(minutes=1)})
            if told.delay > LATE
            else None,
            Signal(told.code) if told.code else None,
        )
        if signal is not None
    )


@dataclass(frozen=True, slots=True)
class GateTold:
    """What a gate's punch says of itself: how the person was known, its clock's error, its delay."""

    method: str
    clock_error: timedelta
    delay: timedelta


def signals_of_gate(told: GateTold) -> tuple[Signal, ...]:
    """The signals that need nothing but the punch itself. Its device is on the list, else it is parked."""
    found = [Signal("device_known")]
    if told.method in BIOMETRIC:
        found.append(Signal("biometric", {"method": told.method}))
    elif told.method == "password":
        found.append(Signal("password"))
    if abs(told.clock_error) >= CLOCK_WRONG:
        found.append(Signal("clock_wrong", {"seconds": round(told.clock_error.total_seconds())}))
    if told.delay > LATE:
        found.append(Signal("sent_late", {"minutes": told.delay // timedelta(minutes=1)}))
    return tuple(found)


def _place(told: Told) -> Signal | None:
    if not told.has_position:
        return Signal("no_position")
    if told.outside_by is None:
        return None  # the site has no fence: nothing is known
    # Whoever may be inside within the phone's own doubt is not called outside.
    if told.outside_by <= min(told.accuracy or 0, ACCURACY_METRES_MAX):
        return Signal("inside_fence")
    return Signal("outside_fence", {"metres": told.outside_by})


def _accuracy(told: Told) -> Signal | None:
    if not told.has_position or (told.accuracy or 0) <= ACCURACY_METRES_MAX:
        return None
    return Signal("poor_accuracy", {"metres": told.accuracy})


def too_fast(metres: int, seconds: int) -> bool:
    """Whether nobody can have gone so far in that time; what GPS errs by is no journey."""
    return metres > 2 * ACCURACY_METRES_MAX and metres > METRES_PER_SECOND_MAX * max(seconds, 1)


def is_usual(rushed: int, passages: int) -> bool:
    """Whether so many of a gate's passages were in a rush that this is how the gate is built."""
    return rushed > RUSH_USUAL and rushed * 100 > RUSH_USUAL_PERCENT * passages


def score(points: Iterable[int]) -> int:
    """0 to 100."""
    return max(0, min(BEST, START + sum(points)))
