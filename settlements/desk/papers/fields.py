"""What stands in the fields of a paper: the case, in words of one language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import translation

from jianzhu.access import queries as access
from jianzhu.kernel.money import Money
from projects.sites import queries as sites
from projects.sites.queries import ProjectFacts
from settlements.desk.papers import words
from settlements.desk.papers.words import LABELS, word
from settlements.disputes import names
from settlements.disputes import queries as disputes
from settlements.disputes.queries import Case, Ruling
from settlements.statements import queries as statements
from workers_app.people import queries as people

OFFICE_ROLE = "arbitrator"
COUNTRY = "CN"


@dataclass(frozen=True, slots=True)
class Writer:
    """One case, told in one language."""

    case: Case
    language: str
    project: ProjectFacts

    @classmethod
    def of(cls, case: Case, language: str) -> Writer:
        return cls(case, language, sites.project(case.project_id))

    def label(self, code: str, **facts: str) -> str:
        return word(LABELS, code, self.language).format(**facts)

    def day(self, at: datetime | None) -> str:
        """A date at the site."""
        return self._local(at, "day")

    def instant(self, at: datetime | None) -> str:
        return self._local(at, "instant")

    def _local(self, at: datetime | None, form: str) -> str:
        if at is None:
            return "—"
        return at.astimezone(ZoneInfo(self.project.zone)).strftime(
            word(LABELS, form, self.language)
        )

    def money(self, minor: int | None) -> str:
        if minor is None:
            return self.label("unknown")
        return f"{self.project.currency} {Money(minor, self.project.currency)}"

    def joined(self, names: list[str]) -> str:
        return self.label("and").join(names)

    @property
    def office(self) -> str:
        """The decider's own office."""
        roles = access.roles_ever(self.case.assigned_to_id) if self.case.assigned_to_id else []
        ids = [r.organisation_id for r in roles if r.role == OFFICE_ROLE and r.valid_to is None]
        return access.organisation_names(ids).get(ids[0], "—") if ids else "—"

    @property
    def arbitrator(self) -> str:
        return access.name_of(self.case.assigned_to_id) if self.case.assigned_to_id else "—"

    @property
    def claimants(self) -> list[str]:
        ids = [p.worker_id for p in self.case.claimants if p.worker_id] or [self.case.worker_id]
        names = people.names(ids)
        return [names[i] for i in ids]

    @property
    def respondents(self) -> list[str]:
        ids = [p.organisation_id for p in self.case.parties if p.organisation_id]
        names = access.organisation_names(ids)
        return [names[i] for i in ids]

    def common(self) -> dict[str, str]:
        """The fields that every paper may name."""
        return {
            "case": str(self.case.id),
            "office": self.office,
            "number": self.case.number or f"#{self.case.id}",
            "project": f"{self.project.name} ({self.project.code})",
            "claimants": self.joined(self.claimants),
            "respondents": self.joined(self.respondents) or "—",
            "parties": self.parties(),
            "claim": self.case.claim,
            "disputed": self.money(self.in_dispute),
            "procedure": word(words.PROCEDURES, self.case.procedure, self.language),
            "arbitrator": self.arbitrator,
            "filed_on": self.day(self.case.filed_at),
            "accepted_on": self.day(self.case.accepted_at),
            "hearing_at": self.instant(self.case.hearing_at),
            "clocks": self.clocks(),
            "history": self.history(),
            "answer": self.answer(),
            "rules": self.rules(),
        }

    @property
    def in_dispute(self) -> int | None:
        """The sum that the case was about, also when it is over."""
        known = [n.disputed_minor for n in self.case.lines if n.disputed_minor is not None]
        return sum(known) if len(known) == len(self.case.lines) else None

    def parties(self) -> str:
        """One line each: side and name; no identity number, which the office's own file has."""
        workers = people.names([p.worker_id for p in self.case.parties if p.worker_id])
        companies = access.organisation_names(
            [p.organisation_id for p in self.case.parties if p.organisation_id]
        )
        rows = [
            (p.role, workers.get(p.worker_id or 0) or companies.get(p.organisation_id or 0, "—"))
            for p in self.case.parties
        ] or [("worker", name) for name in self.claimants]
        colon = "：" if self.language == "zh" else ": "
        return "\n".join(f"{word(words.ROLES, role, self.language)}{colon}{n}" for role, n in rows)

    def rules(self) -> str:
        """The sources of the clocks that ran in this case: whose law or terms it goes by."""
        told = dict.fromkeys(
            c.source
            for c in disputes.clocks(self.case.id)
            if c.rule.partition("/")[0].partition("-")[0] in ("", self.project.country)
        )
        return "; ".join(told) or self.label("no_rules")

    def missing(self) -> str:
        """What the records lack, line by line, numbered; of all that can be missing a claimant has."""
        rows = [e for e in disputes.elements(self.case.id) if e.missing and e.asked != "respondent"]
        said = [
            self.label(
                "missing",
                n=str(number),
                day=self._line_day(e.line_id),
                line=str(e.line_id),
                element=word(words.ELEMENTS, e.element, self.language),
                what=self._word(e.missing),
            )
            for number, e in enumerate(rows, 1)
        ]
        return "\n".join(said) or self.label("nothing_missing")

    def asked(self) -> str:
        """Who has to bring what until when, of all that was asked for."""
        asked = [c for c in disputes.clocks(self.case.id) if c.name == "supply"]
        said = []
        for number, clock in enumerate(asked, 1):
            line, element, side = clock.key.split("/")
            facts = {
                "n": str(number),
                "side": self.label(f"side_{side}"),
                "day": self._line_day(int(line)),
                "line": line,
                "element": word(words.ELEMENTS, element, self.language),
                "at": self.instant(clock.due_at),
            }
            said.append(self.label("asked", **facts))
        return "\n".join(said)

    def served(self) -> str:
        """The papers of this case that were made and served, in time."""
        case = self.case
        told = [("acceptance", case.accepted_at), ("hearing", case.hearing_at)]
        told += [(r.kind, r.served_at) for r in disputes.rulings(case.id)]
        rows = [(kind, at) for kind, at in told if at is not None]
        return "\n".join(
            self.label(
                "served",
                n=str(number),
                title=word(words.TITLES, kind, self.language),
                at=self.instant(at),
            )
            for number, (kind, at) in enumerate(rows, 1)
        )

    def _line_day(self, line_id: int) -> str:
        found = statements.lines(Q(pk=line_id))
        return f"{found[0].on:%Y-%m-%d}" if found else ""

    def told(self, text: str) -> str:
        """The product's own sentences in the paper's language; what people wrote as they wrote it."""
        with translation.override("zh-hans" if self.language == "zh" else "en"):
            return translation.gettext(text) if text else ""

    def _word(self, code: str) -> str:
        return self.told(code).replace("_", " ")

    def clocks(self) -> str:
        """What runs now and until when, each by its rule."""
        running = [c for c in disputes.clocks(self.case.id) if c.state == "running"]
        with translation.override("zh-hans" if self.language == "zh" else "en"):
            told = [
                self.label("until", name=names.clock(c.name), at=self.instant(c.due_at))
                for c in running
            ]
        return "\n".join(told) or self.label("no_clock")

    def history(self) -> str:
        """Filed, accepted, heard, and by whom."""
        case = self.case
        steps = [
            ("filed", case.filed_at),
            ("accepted", case.accepted_at),
            ("hearing", case.hearing_at),
        ]
        told = [self.label(code, at=self.day(at)) for code, at in steps if at is not None]
        if case.assigned_to_id:
            told.append(self.label("assigned", name=self.arbitrator))
        return "\n".join(told)

    def answer(self) -> str:
        """What the respondents said of the elements."""
        said = [
            f"{word(words.ELEMENTS, e.element, self.language)}: {e.respondent}"
            for e in disputes.elements(self.case.id)
            if e.respondent
        ]
        return "\n".join(dict.fromkeys(said)) or self.label("no_answer")

    def remedy(self, ruling: Ruling) -> str:
        """Who may go where until when; by the kind of the document, never mixed (art. 47 to 51)."""
        if self.project.country != COUNTRY:
            return word(words.REMEDIES, "elsewhere", self.language)
        code = (
            "mediation" if ruling.kind == "mediation" else "final" if ruling.final else "not_final"
        )
        why = ("no_minimum",) if ruling.why_not_final else ()
        codes = (*why, code, "enforce")
        return "\n".join(word(words.REMEDIES, one, self.language) for one in codes)
