"""The next moves of a case on its page: each verb that its reader may do now, as a form with its facts.

What may follow is read from the machines' tables; what a verb has to be told stands in `FORMS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from jianzhu.access import policy
from jianzhu.access.actor import Actor
from jianzhu.kernel import clock
from jianzhu.kernel.errors import Invalid, NotFound
from jianzhu.kernel.money import Money
from jianzhu.web.pages import page_actor, signed_in
from projects.sites import queries as sites
from settlements.disputes import commands, queries, stages
from settlements.disputes.commands.conducting import REASONS as ORDERS
from settlements.disputes.commands.deciding import DECIDED
from settlements.disputes.models import decision_machine, dispute_machine
from settlements.disputes.queries import BY_DATA, Case, CaseRecord, Ruling

# What a court did with a document, and how a side goes there: page's word and machine's verb.
COURT = {"uphold": "uphold", "annul": "annul", "enforce": "enforce"}
APPEALS = {"sue": "sue", "set_aside": "ask_set_aside"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to be told. `kind`: words, long, moment, number, tick, choice or amounts (one for
    each line that waits; what is left blank is not named)."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A move and its facts; `means` is the machine's own sentence, "" where it is no move of it."""

    verb: str
    facts: tuple[Fact, ...]
    means: str = ""


WHY = Fact("reasons", "long", needed=True)
AMOUNTS = Fact("amounts", "amounts")
KIND = Fact("kind", "choice", DECIDED)
WHICH = Fact("which", "choice")  # a document and what becomes of it: "17/sue"
FORMS: dict[str, tuple[Fact, ...]] = {
    "complete": (),
    "ask_correction": (),
    "accept": (
        Fact("procedure", "choice", ("simple", "ordinary")),
        Fact("number", "words"),
        Fact("with_gaps", "tick"),
    ),
    "serve": (Fact("waive_answer", "tick"),),
    "answer": (),
    "mediate": (),
    "mediate_first": (),
    "schedule": (Fact("hearing_at", "moment", needed=True),),
    "hold": (Fact("absent", "choice", ("", "claimant", "respondent")),),
    "decide": (KIND, AMOUNTS, WHY),
    "propose": (AMOUNTS, WHY),
    "settle": (AMOUNTS, WHY),
    "to_ordinary": (),
    "suspend": (Fact("reason", "choice", tuple(ORDERS)), Fact("note", "words")),
    "resume": (),
    "extend": (Fact("days", "number", needed=True), Fact("note", "words", needed=True)),
    "reject": (WHY,),
    "terminate": (WHY,),
    "court": (WHICH, Fact("words", "words", needed=True)),
    "plead": (Fact("words", "long", needed=True),),
    "appeal": (WHICH, Fact("court", "words", needed=True)),
}
OF_PARTIES = ("plead", "appeal")
# Whose right it is, where it is not that of conducting the case.
RIGHTS = {"decide": "decide", "plead": "answer", "appeal": "appeal"}
MEANINGS = {move.verb: move.meaning for move in dispute_machine}


def offered(actor: Actor, case: Case, record: CaseRecord, side: str) -> list[Form]:
    """The forms of this reader, in the order in which a case goes."""
    verbs: list[str] = []
    if case.assigned_to_id == actor.user_id and policy.may(actor, "dispute", "conduct"):
        verbs += [v for v in FORMS if v not in OF_PARTIES and _decider_may(v, case, record)]
    if side == "respondent" and _machine_may("answer", case):
        verbs.append("plead")
    if _appeals(record, side):
        verbs.append("appeal")
    return [_form(verb, case, record, side) for verb in verbs]


def decided(record: CaseRecord) -> set[int]:
    """Lines whose award waits for its window: nothing else is said of them."""
    gone = ("draft", "void", "annulled")
    waiting = [r for r in record.decisions if r.posted_at is None and r.state not in gone]
    return {item.line_id for ruling in waiting for item in ruling.items}


def _decider_may(verb: str, case: Case, record: CaseRecord) -> bool:
    standing = any(order.until is None for order in record.suspensions)
    goes_on = case.ended_at is None
    beside = {
        "suspend": goes_on and not standing,
        "resume": standing,
        "extend": any(c.name == "award" and c.state == "running" for c in record.clocks),
        "to_ordinary": goes_on and case.procedure == "simple",
        "propose": case.state in BY_DATA and case.suspended_at is None,
        "decide": case.state in BY_DATA and case.suspended_at is None,
        "court": bool(list(_court(record))),
    }
    return beside[verb] if verb in beside else _machine_may(verb, case)


def _machine_may(verb: str, case: Case) -> bool:
    moves = case.suspended_at is None or verb in stages.ENDS
    return moves and dispute_machine.may(verb, case.state)


def _form(verb: str, case: Case, record: CaseRecord, side: str) -> Form:
    which = tuple(_court(record) if verb == "court" else _appeals(record, side))
    whole = dispute_machine.may("decide", case.state)
    kinds = DECIDED if whole else tuple(kind for kind in DECIDED if kind != "award")
    known = {WHICH: which, KIND: kinds}
    facts = tuple(replace(f, choices=known[f]) if f in known else f for f in FORMS[verb])
    return Form(verb, facts, MEANINGS.get("answer" if verb == "plead" else verb, ""))


def _court(record: CaseRecord) -> Iterator[str]:
    for ruling in record.decisions:
        for outcome, verb in COURT.items():
            if decision_machine.may(verb, ruling.state):
                yield f"{ruling.id}/{outcome}"


def _appeals(record: CaseRecord, side: str) -> list[str]:
    """A final document: the worker sues, the employer asks to set it aside; another one: both sue
    (art. 47 to 50)."""
    return [
        f"{ruling.id}/{kind}"
        for ruling in record.decisions
        for kind, verb in APPEALS.items()
        if decision_machine.may(verb, ruling.state) and _open_to(ruling, kind, side)
    ]


def _open_to(ruling: Ruling, kind: str, side: str) -> bool:
    if kind == "sue":
        open_ = side == "claimant" or (side == "respondent" and not ruling.final)
        return open_ and ruling.sue_until is not None
    return side == "respondent" and ruling.set_aside_until is not None


@require_POST
@signed_in
def make(request: HttpRequest, dispute_id: int, verb: str) -> HttpResponse:
    """Make the move with the facts of its form; the command decides whether it may be made."""
    if verb not in FORMS:
        raise NotFound(noun="dispute")
    actor = page_actor(request)
    where = policy.whose(actor, "dispute", RIGHTS.get(verb, "conduct"))
    found = queries.cases(where & Q(pk=dispute_id))
    if not found:
        raise NotFound(noun="dispute")
    facts = _read(request.POST, verb, found[0])
    _COMMANDS.get(verb, _conduct)(dispute_id, verb, facts, actor, clock.now())
    messages.success(request, _("Recorded."))
    return redirect("case", dispute_id=dispute_id)


def _read(said: Mapping[str, str], verb: str, case: Case) -> dict[str, Any]:
    """The facts of the form, each as its kind; what was left blank is left out."""
    project = sites.project(case.project_id)
    found: dict[str, Any] = {}
    for fact in FORMS[verb]:
        if fact.kind == "amounts":
            found["amounts"] = _amounts(said, case, project.currency)
            continue
        text = said.get(fact.name, "").strip()
        if text:
            found[fact.name] = _value(fact, text, project.zone)
        elif fact.needed:
            raise Invalid(field=_(fact.name), problem=_("say it; it can't be left out"))
    return found


def _value(fact: Fact, text: str, zone: str) -> Any:
    try:
        if fact.kind == "moment":
            return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
        if fact.kind == "number":
            return int(text[:6])
    except ValueError as error:
        raise Invalid(field=_(fact.name), problem=text[:60]) from error
    if fact.kind == "tick":
        return text == "yes"
    return text[:10_000] if fact.kind == "long" else text[:300]


def _amounts(said: Mapping[str, str], case: Case, currency: str) -> dict[int, int]:
    named = {n.line_id: said.get(f"amount-{n.line_id}", "").strip() for n in case.lines if n.live}
    try:
        return {line: Money.parse(text, currency).minor for line, text in named.items() if text}
    except (ValueError, ZeroDivisionError) as error:
        raise Invalid(field=_("award"), problem=_("write an amount like 380.00")) from error


def _conduct(case_id: int, verb: str, facts: dict[str, Any], actor: Actor, at: datetime) -> None:
    commands.conduct(dispute_id=case_id, verb=verb, facts=facts, actor=actor, at=at)


def _decide(case_id: int, verb: str, facts: dict[str, Any], actor: Actor, at: datetime) -> None:
    facts["awards"] = facts.pop("amounts")
    commands.decide(dispute_id=case_id, **facts, actor=actor, at=at)


def _plead(case_id: int, verb: str, facts: dict[str, Any], actor: Actor, at: datetime) -> None:
    commands.answer(dispute_id=case_id, words=facts["words"], actor=actor, at=at)


def _court_said(case_id: int, verb: str, facts: dict[str, Any], actor: Actor, at: datetime) -> None:
    ruling, outcome = _which(facts)
    commands.court_said(
        dispute_id=case_id,
        decision_id=ruling,
        outcome=outcome,
        words=facts["words"],
        actor=actor,
        at=at,
    )


def _appeal(case_id: int, verb: str, facts: dict[str, Any], actor: Actor, at: datetime) -> None:
    ruling, kind = _which(facts)
    commands.appeal(
        dispute_id=case_id,
        decision_id=ruling,
        kind=kind,
        court=facts["court"],
        actor=actor,
        at=at,
    )


def _which(facts: Mapping[str, Any]) -> tuple[int, str]:
    number, _slash, what = facts.get("which", "").partition("/")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Invalid(field=_("which"), problem=_("choose a decision"))
    return int(number), what


_COMMANDS: dict[str, Callable[[int, str, dict[str, Any], Actor, datetime], None]] = {
    "decide": _decide,
    "plead": _plead,
    "court": _court_said,
    "appeal": _appeal,
}
