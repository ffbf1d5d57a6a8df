"""Who works where, in which crew, on what terms."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sample.dates import FIRST, day
from sample.identity import card, credit_code, id_number, phone

OWNER_A, CONTRACTOR_A, LABOUR_A = credit_code(1), credit_code(2), credit_code(3)
SUPERVISOR_A, COURT, BUREAU, PLATFORM = (credit_code(number) for number in range(4, 8))
OWNER_B, CONTRACTOR_B = "US-00-0000001", "US-00-0000002"

REBAR, CARPENTERS, MASONS, CONCRETE, FRAMERS = "A-REBAR", "A-CARP", "A-MASON", "A-CONC", "B-FRAME"
TRADES = {
    REBAR: "钢筋工",
    CARPENTERS: "木工",
    MASONS: "砌筑工",
    CONCRETE: "混凝土工",
    FRAMERS: "carpenter",
}
SIZES = ((REBAR, 14), (CARPENTERS, 13), (MASONS, 12), (CONCRETE, 5))

HELPER, MOVED, RAISED = "W-A-014", "W-A-012", "W-A-003"
# The sandbox bank reads the end of an account number as an instruction (docs/sandbox-bank.md).
# Whose payment is meant to meet which fate, and by which ending; none means an ordinary account.
FATES = {"W-A-006": "rejected", "W-A-018": "unknown", "W-A-033": "returned"}
ENDINGS: dict[str, str] = {"rejected": "0101", "unknown": "0301", "returned": "0401"}

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = "建国志强海波小军大勇文斌永福长林贵生德明春来铁柱秀英玉兰红梅卫东"  # two signs a name
_RARE = {"W-A-021": "阿依古丽·买买提", "W-A-035": "𠮷海生", "W-A-040": "欧阳长河"}
_NAMES_B = ("Marta Vance", "José Núñez", "Dale Whitlock", "Tobias Fenn")


@dataclass(frozen=True, slots=True)
class Person:
    code: str
    name: str
    crew: str
    trade: str
    person_no: str
    id_kind: str
    id_number: str
    phone: str
    account: str

    @property
    def on_a(self) -> bool:
        return self.code.startswith("W-A-")


@dataclass(frozen=True, slots=True)
class Rate:
    """`yuan` (dollars on B) per hour, 工 or unit of the item over [valid_from, valid_to)."""

    basis: str
    yuan: str
    valid_from: date = FIRST
    valid_to: date | None = None
    item: str = ""
    unit: str = ""
    workday_minutes: int = 480

    def covers(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def per_hour(self) -> Fraction:
        """A time rate as currency units an hour, exactly."""
        hours = Fraction(self.workday_minutes, 60) if self.basis == "day" else Fraction(1)
        return Fraction(self.yuan) / hours


def people(rng: random.Random) -> list[Person]:
    """44 people on site A and 4 on site B; the first of each crew leads it."""
    crews = [crew for crew, size in SIZES for _ in range(size)]
    found = [_person_a(number, crew, rng) for number, crew in enumerate(crews, start=1)]
    return found + [_person_b(number, name) for number, name in enumerate(_NAMES_B, start=1)]


def _person_a(number: int, crew: str, rng: random.Random) -> Person:
    code = f"W-A-{number:03d}"
    name = _SURNAMES[(number * 7) % len(_SURNAMES)] + _given(rng)
    born = date(rng.randint(1966, 2004), rng.randint(1, 12), rng.randint(1, 28))
    return Person(
        code,
        _RARE.get(code, name),
        crew,
        "普工" if code == HELPER else TRADES[crew],
        f"{number + 100:05d}",
        "01",
        id_number(born, number),
        phone(number),
        card(number, _ending(code)),
    )


def _ending(code: str) -> str:
    return ENDINGS.get(FATES.get(code, ""), "")


def _given(rng: random.Random) -> str:
    at = 2 * rng.randrange(len(_GIVEN) // 2)
    return _GIVEN[at : at + 2]


def _person_b(number: int, name: str) -> Person:
    code = f"W-B-{number:03d}"
    return Person(
        code,
        name,
        FRAMERS,
        TRADES[FRAMERS],
        f"{number:04d}",
        "99",
        f"US-99-{number:05d}",
        phone(900 + number),
        card(900 + number, _ending(code)),
    )


def leader(crew: str, everybody: list[Person]) -> Person:
    return next(person for person in everybody if person.crew == crew)


def crew_on(person: Person, on: date) -> str:
    """One rebar fixer changes over to the carpenters in the middle of the month."""
    return CARPENTERS if person.code == MOVED and on >= day(19) else person.crew


def rates(person: Person, is_leader: bool) -> list[Rate]:
    """The versions of the person's agreement, in the order of time."""
    if person.code == RAISED:
        return [Rate("day", "400.00", valid_to=day(16)), Rate("day", "416.00", day(16))]
    if person.code == MOVED:
        return [Rate("day", "320.00", valid_to=day(19)), Rate("hour", "44.00", day(19))]
    if person.code == HELPER:
        return [Rate("day", "100.00")]
    if person.crew == MASONS:
        return [Rate("piece", "230.00", item="砌体砌筑", unit="m³")]
    if person.crew == FRAMERS:
        return [Rate("hour", "36.00" if is_leader else "31.50")]
    basis, lead, member = {
        REBAR: ("day", "440.00", "400.00"),
        CARPENTERS: ("hour", "52.00", "48.00"),
        CONCRETE: ("hour", "50.00", "46.00"),
    }[person.crew]
    return [Rate(basis, lead if is_leader else member)]
