"""Sorting a batch of phone punches: what is new, what is known, what is refused, what is set aside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from projects.attendance.phones.models import Phone, PhonePunch
from projects.attendance.phones.said import Said, is_signed
from projects.attendance.rules.phone_clock import Corrected, Sent, corrected
from projects.sites.models import Site
from workers_app.terms import queries as terms


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one punch of the batch: "taken", "known", "parked" or "refused", and why.

    A phone drops what is taken, known or parked from its queue and keeps what is refused.
    """

    phone: UUID
    sequence: int
    result: str
    code: str = ""
    punch_id: int | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A punch that will be written."""

    said: Said
    phone: Phone
    site: Site
    time: Corrected
    signed: bool

    @property
    def key(self) -> str:
        """Its name among the punches of the site's phones."""
        return f"{self.said.phone}/{self.said.sequence}"

    @property
    def day(self) -> date:
        """The site's date."""
        return self.time.at.astimezone(ZoneInfo(self.site.zone)).date()


@dataclass(slots=True)
class Batch:
    """What the punches of one sending became."""

    taken: list[Taken] = field(default_factory=list)
    parked: list[tuple[Said, str]] = field(default_factory=list)
    results: list[Result] = field(default_factory=list)

    def answer(self, said: Said, result: str, code: str = "", punch_id: int | None = None) -> None:
        """Note what became of it."""
        self.results.append(Result(said.phone, said.sequence, result, code, punch_id))


def sort(
    punches: Sequence[Said],
    phones: Mapping[UUID, Phone],
    sites: Mapping[int, Site],
    sent: Sent,
    worker_id: int,
) -> Batch:
    """Each punch once, in order of phone and sequence number."""
    batch = Batch()
    known = _known(phones.values(), punches)
    seen: set[tuple[UUID, int]] = set()
    for said in sorted(punches, key=lambda s: (s.phone, s.sequence)):
        name = (said.phone, said.sequence)
        if name in seen:
            continue
        seen.add(name)
        _one(batch, said, known.get(name), phones, sites, sent, worker_id)
    return batch


def _known(phones: Iterable[Phone], punches: Sequence[Said]) -> dict[tuple[UUID, int], PhonePunch]:
    rows = PhonePunch.objects.filter(
        phone__in=list(phones), sequence__in={s.sequence for s in punches}
    ).select_related("phone")
    return {(row.phone.installation, row.sequence): row for row in rows}


def _one(
    batch: Batch,
    said: Said,
    known: PhonePunch | None,
    phones: Mapping[UUID, Phone],
    sites: Mapping[int, Site],
    sent: Sent,
    worker_id: int,
) -> None:
    phone, site = phones.get(said.phone), sites.get(said.site_id)
    if said.worker_id != worker_id:
        batch.answer(said, "refused", "not_yours")  # it waits until its worker signs in
    elif phone is None:
        batch.answer(said, "refused", "unknown_phone")  # it waits until the phone is registered
    elif known is not None and bytes(known.digest) == said.digest:
        batch.answer(said, "known", punch_id=known.punch_id)
    elif known is not None:
        batch.answer(said, "refused", "differs")
    elif phone.public_key and not is_signed(said, bytes(phone.public_key)):
        _park(batch, said, "bad_signature")
    elif site is None:
        _park(batch, said, "unknown_site")
    else:
        time = corrected(said.at, said.boot, said.monotonic_ms, sent)
        taken = Taken(said, phone, site, time, signed=bool(phone.public_key))
        if terms.rates([worker_id], site.project_id, taken.day, taken.day):
            batch.taken.append(taken)
        else:
            _park(batch, said, "no_terms")


def _park(batch: Batch, said: Said, code: str) -> None:
    batch.parked.append((said, code))
    batch.answer(said, "parked", code)


def reach(moments: Iterable[datetime]) -> tuple[date, date]:
    """The first and last date of these moments."""
    days = [moment.date() for moment in moments]
    return min(days), max(days)
