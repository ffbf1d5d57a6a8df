"""Who is who: workers, crews over time, and where wages may go. Frozen values only."""

from __future__ import annotations

from base64 import b64decode, b64encode
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from jianzhu.kernel.errors import NotFound
from jianzhu.kernel.vault import CannotOpen, blind_index, seal, unseal
from workers_app.people.models import Crew, CrewMember, PayeeAccount, Worker
from workers_app.people.rules import Home


@dataclass(frozen=True, slots=True)
class Person:
    """A worker as pages show one: identity and phone masked to the last four."""

    id: int
    code: str
    name: str
    employer_id: int
    trade: str
    id_number: str
    phone: str


@dataclass(frozen=True, slots=True)
class CrewDays:
    """The crews of one worker over time: starts in order, each with its crew or None."""

    starts: tuple[date, ...]
    crew_ids: tuple[int | None, ...]

    def on(self, day: date) -> int | None:
        """The crew of that day; None between two."""
        place = bisect_right(self.starts, day)
        return self.crew_ids[place - 1] if place else None


@dataclass(frozen=True, slots=True)
class Payee:
    """A verified account; `hold_until` is set while its first payment has to wait."""

    id: int
    worker_id: int
    tail: str
    hold_until: datetime | None


@dataclass(frozen=True, slots=True)
class PayeeToPay:
    """An account in clear, for the rail alone."""

    id: int
    account: str
    name: str


def worker(worker_id: int) -> Person:
    """One worker; NotFound when absent."""
    row = Worker.objects.filter(pk=worker_id).first()
    if row is None:
        raise NotFound(noun="worker")
    return _person(row)


def workers(where: Q) -> list[Person]:
    """Workers by a filter, by code."""
    return [_person(row) for row in Worker.objects.filter(where).order_by("code", "pk")]


def _person(row: Worker) -> Person:
    return Person(
        row.pk,
        row.code,
        row.name,
        row.employer_id,
        row.trade,
        f"****{row.id_number_tail}",
        f"****{row.phone_tail}",
    )


def in_clear(worker_ids: Iterable[int]) -> dict[int, Person]:
    """These workers with their whole identity and phone: for the ledger that the law asks for, whose
    opening its caller records; nothing else may call this. Who was erased stays masked."""
    found = {}
    for row in Worker.objects.filter(pk__in=list(worker_ids)).order_by("pk"):
        found[row.pk] = _person(row)
        if row.person_key:
            found[row.pk] = replace(
                found[row.pk],
                id_number=_opened(row, "id_number", bytes(row.id_number_sealed)),
                phone=_opened(row, "phone", bytes(row.phone_sealed)),
            )
    return found


def _opened(row: Worker, field: str, sealed: bytes) -> str:
    key = bytes(row.person_key)
    return unseal(person_key=key, sealed=sealed, place=f"worker.{field}:{row.pk}")


def names(worker_ids: Iterable[int]) -> dict[int, str]:
    """{worker: name}."""
    rows = Worker.objects.filter(pk__in=list(worker_ids))
    return dict(rows.values_list("pk", "name"))


def phone_of(worker: Worker) -> str:
    """The number on record, in clear, for a message to it."""
    return unseal(
        person_key=bytes(worker.person_key),
        sealed=bytes(worker.phone_sealed),
        place=f"worker.phone:{worker.pk}",
    )


def reached(worker_id: int) -> tuple[str, str]:
    """(phone number, language) by which the worker is told something."""
    row = Worker.objects.select_related("user").get(pk=worker_id)
    return phone_of(row), row.user.language if row.user else settings.LANGUAGE_CODE


def crews_on(worker_ids: Iterable[int], first: date, last: date) -> dict[int, CrewDays]:
    """For each worker the crews of the days [first, last]; one query."""
    spans: dict[int, list[tuple[date, int | None]]] = defaultdict(list)
    rows = _members(first, last).filter(worker_id__in=list(worker_ids))
    for member in rows.order_by("worker_id", "valid_from"):
        own = spans[member.worker_id]
        if own and own[-1][0] == member.valid_from:
            own.pop()  # the former crew ended on the day this one begins
        own.append((member.valid_from, member.crew_id))
        if member.valid_to is not None:
            own.append((member.valid_to, None))
    return {
        worker_id: CrewDays(tuple(d for d, _ in own), tuple(c for _, c in own))
        for worker_id, own in spans.items()
    }


def crew_ids(worker_ids: Iterable[int], first: date, last: date) -> set[int]:
    """Every crew that any of these workers was in on any of the days."""
    rows = _members(first, last).filter(worker_id__in=list(worker_ids))
    return set(rows.values_list("crew_id", flat=True))


def workers_of_crews(crews: Iterable[int], first: date, last: date) -> set[int]:
    """Everybody who was in any of these crews on any of the days."""
    rows = _members(first, last).filter(crew_id__in=list(crews))
    return set(rows.values_list("worker_id", flat=True))


def _members(first: date, last: date) -> QuerySet[CrewMember]:
    return CrewMember.objects.filter(Q(valid_to=None) | Q(valid_to__gt=first), valid_from__lte=last)


def verified_payees(worker_ids: Iterable[int]) -> dict[int, Payee]:
    """The verified account of each worker that has one."""
    rows = PayeeAccount.objects.filter(worker_id__in=list(worker_ids), state="verified")
    found = rows.values_list("pk", "worker_id", "account_tail", "hold_until")
    return {row[1]: Payee(*row) for row in found}


def payees_of(indexes: Iterable[bytes]) -> dict[str, int]:
    """{blind index as hex: the checked account behind it}, where it was of one person alone."""
    rows = PayeeAccount.objects.filter(account_index__in=list(indexes)).exclude(checked_by="")
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows.order_by("pk").values_list("account_index", "worker_id", "pk"):
        found[bytes(row[0]).hex()][row[1]] = row[2]
    return {index: next(iter(of.values())) for index, of in found.items() if len(of) == 1}


def account_index(account: str) -> str:
    """The blind index of an account number as hex, by which the same account is known again."""
    return blind_index(account, "account").hex() if account else ""


@dataclass(frozen=True, slots=True)
class Shared:
    """Several people behind one account or one phone number; `kind` is "account" or "phone"."""

    kind: str
    worker_ids: tuple[int, ...]


def sharing(worker_ids: Iterable[int]) -> list[Shared]:
    """What any of these has in common with somebody: an account that was ever named for both, or a
    phone number. By blind index: no number is opened."""
    wanted = list(worker_ids)
    own = PayeeAccount.objects.filter(worker_id__in=wanted).values("account_index")
    accounts = PayeeAccount.objects.filter(account_index__in=own)
    phones = Worker.objects.filter(
        phone_index__in=Worker.objects.filter(pk__in=wanted).values("phone_index")
    )
    found = _shared("account", accounts.values_list("account_index", "worker_id"))
    return found + _shared("phone", phones.values_list("phone_index", "pk"))


def _shared(kind: str, rows: Iterable[tuple[bytes | memoryview[int], int]]) -> list[Shared]:
    people: dict[bytes, set[int]] = defaultdict(set)
    for index, worker_id in rows:
        people[bytes(index)].add(worker_id)
    return [Shared(kind, tuple(sorted(ids))) for ids in people.values() if len(ids) > 1]


def with_phone(phone_index: bytes) -> set[int]:
    """Workers who gave this phone number, by its blind index."""
    return set(Worker.objects.filter(phone_index=phone_index).values_list("pk", flat=True))


def sealed(worker_id: int, text: str, place: str) -> str:
    """Words under the person's own key, for a log that lasts: unreadable once the person is erased."""
    key = bytes(Worker.objects.values_list("person_key", flat=True).get(pk=worker_id))
    return b64encode(seal(person_key=key, text=text, place=place)).decode()


def opened(worker_id: int, said: str, place: str) -> str:
    """What was sealed. CannotOpen when the person was erased, or it lies in another place."""
    key = bytes(Worker.objects.values_list("person_key", flat=True).get(pk=worker_id))
    return unseal(person_key=key, sealed=b64decode(said), place=place)


def opened_all(said: Iterable[tuple[int, str, str]]) -> dict[str, str]:
    """{place: words} of many (worker, what was sealed, place), with one query; a sentence in place of
    words that nobody can read any more."""
    wanted = list(said)
    rows = Worker.objects.filter(pk__in={w for w, _, _ in wanted if w is not None})
    keys = {pk: bytes(key) for pk, key in rows.values_list("pk", "person_key")}
    return {place: _readable(keys.get(w, b""), text, place) for w, text, place in wanted}


def _readable(key: bytes, said: str, place: str) -> str:
    try:
        return unseal(person_key=key, sealed=b64decode(said), place=place) if said else ""
    except (CannotOpen, ValueError):
        return gettext("(no longer readable)")


def homes(worker_ids: Iterable[int]) -> dict[int, Home]:
    """Roughly where those live who said so, opened for the fares of a plan; nothing else may call this."""
    rows = Worker.objects.filter(pk__in=list(worker_ids)).exclude(home_sealed=b"")
    return {
        pk: Home.read(
            unseal(person_key=bytes(key), sealed=bytes(sealed), place=f"worker.home:{pk}")
        )
        for pk, key, sealed in rows.values_list("pk", "person_key", "home_sealed")
    }


def payees_to_pay(payee_ids: Iterable[int]) -> dict[int, PayeeToPay]:
    """Account numbers in clear, opened for the rail; nothing else may call this."""
    rows = PayeeAccount.objects.filter(pk__in=list(payee_ids)).select_related("worker")
    return {
        row.pk: PayeeToPay(
            id=row.pk,
            account=unseal(
                person_key=bytes(row.worker.person_key),
                sealed=bytes(row.account_sealed),
                place=f"payee_account.account:{row.pk}",
            ),
            name=row.worker.name,
        )
        for row in rows
    }


def leads(worker_id: int, crew_ids: Iterable[int]) -> bool:
    """Whether the worker leads any of these crews."""
    return Crew.objects.filter(pk__in=list(crew_ids), leader_id=worker_id).exists()


def crews_led(worker_id: int | None) -> dict[int, str]:
    """{crew: name} of the crews that the worker leads."""
    return dict(Crew.objects.filter(leader_id=worker_id).order_by("code").values_list("pk", "name"))


def crews(where: Q) -> dict[int, str]:
    """{crew: name} of the crews in the filter (of `policy.whose(…, on="crew")`)."""
    return dict(Crew.objects.filter(where).order_by("code").values_list("pk", "name"))


def crew_exists(crew_id: int, *where: Q) -> bool:
    """Whether there is such a crew; absent and outside of the filter are alike."""
    return Crew.objects.filter(*where, pk=crew_id).exists()


def own_crews(worker_id: int | None) -> set[int]:
    """Every crew that the worker is or was in."""
    rows = CrewMember.objects.filter(worker=worker_id)
    return set(rows.values_list("crew_id", flat=True))


def led_by(worker_id: int | None) -> set[int]:
    """Every worker who is or was in a crew that this one leads."""
    rows = CrewMember.objects.filter(crew__leader=worker_id)
    return set(rows.values_list("worker_id", flat=True))


def leader_of(crew_id: int) -> int:
    """The worker who leads the crew; DoesNotExist when there is no such crew."""
    return Crew.objects.values_list("leader_id", flat=True).get(pk=crew_id)


def crew_names(crew_ids: Iterable[int]) -> dict[int, str]:
    """{crew: name}."""
    return dict(Crew.objects.filter(pk__in=list(crew_ids)).values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Pending:
    """An account that waits for a second person; `replaces` is the tail of the one in use."""

    id: int
    worker_id: int
    bank_name: str
    tail: str
    replaces: str
    made_by: str


def pending(where: Q, worker_ids: Iterable[int]) -> list[Pending]:
    """Pending accounts of these workers."""
    rows = list(PayeeAccount.objects.filter(where, state="pending", worker_id__in=list(worker_ids)))
    live = verified_payees([r.worker_id for r in rows])
    return [
        Pending(
            r.pk,
            r.worker_id,
            r.bank_name,
            r.account_tail,
            live[r.worker_id].tail if r.worker_id in live else "",
            r.made_by,
        )
        for r in sorted(rows, key=lambda r: r.pk)
    ]


def some(worker_ids: Iterable[int]) -> Q:
    """The filter of these workers."""
    return Q(pk__in=list(worker_ids))


def one(worker_id: int) -> Q:
    """The filter of one worker."""
    return Q(pk=worker_id)


def those(worker_ids: Iterable[int]) -> Q:
    """The filter of these workers."""
    return Q(pk__in=list(worker_ids))
