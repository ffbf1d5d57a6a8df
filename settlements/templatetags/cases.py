"""How the moves of a case and their facts are named on pages."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from settlements.disputes import names
from settlements.disputes.queries import Ruling
from settlements.statements.rules import SENTENCES

register = template.Library()

MOVES = {
    "complete": gettext_noop("The application is complete"),
    "ask_correction": gettext_noop("Ask for what is missing"),
    "accept": gettext_noop("Accept the case"),
    "serve": gettext_noop("Serve the application"),
    "answer": gettext_noop("Go on without an answer"),
    "mediate": gettext_noop("Call mediation"),
    "mediate_first": gettext_noop("Mediate before the hearing"),
    "schedule": gettext_noop("Set the hearing"),
    "hold": gettext_noop("The hearing was held"),
    "decide": gettext_noop("Decide"),
    "propose": gettext_noop("Propose a result"),
    "settle": gettext_noop("Record an agreement"),
    "to_ordinary": gettext_noop("Turn to the ordinary procedure"),
    "suspend": gettext_noop("Suspend by order"),
    "resume": gettext_noop("Resume"),
    "extend": gettext_noop("Extend the time limit"),
    "reject": gettext_noop("Not accept the application"),
    "terminate": gettext_noop("Terminate the case"),
    "court": gettext_noop("What the court did"),
    "plead": gettext_noop("Answer the application"),
    "appeal": gettext_noop("Go to court"),
}
FACTS = {
    "procedure": gettext_noop("Procedure"),
    "number": gettext_noop("Case number"),
    "with_gaps": gettext_noop("accepted with papers still missing"),
    "waive_answer": gettext_noop("without waiting for an answer (simple procedure)"),
    "hearing_at": gettext_noop("Day and hour, at the site"),
    "absent": gettext_noop("Who stayed away"),
    "kind": gettext_noop("Kind of decision"),
    "reasons": gettext_noop("Reasons"),
    "reason": gettext_noop("Reason"),
    "note": gettext_noop("Note"),
    "days": gettext_noop("Days"),
    "which": gettext_noop("Which decision, and what"),
    "words": gettext_noop("In words"),
    "court": gettext_noop("Court"),
}
CHOICES = {
    "": gettext_noop("nobody"),
    "simple": gettext_noop("simple, one arbitrator"),
    "ordinary": gettext_noop("ordinary"),
    "claimant": gettext_noop("the claimant"),
    "respondent": gettext_noop("the respondent"),
    "award": gettext_noop("award on all that is left"),
    "partial": gettext_noop("award on the clear part first"),
    "advance": gettext_noop("advance payment"),
    "party_died": gettext_noop("a party died"),
    "capacity_lost": gettext_noop("a party can't act any more"),
    "successor_unknown": gettext_noop("the employer ended, its successor is unknown"),
    "force_majeure": gettext_noop("force majeure"),
    "other_case": gettext_noop("it depends on another case"),
    "injury_finding": gettext_noop("it waits for an injury finding"),
    "expert_opinion": gettext_noop("an expert opinion was asked for"),
    "evidence_delegated": gettext_noop("evidence is taken elsewhere"),
    "settlement_asked": gettext_noop("the parties want to settle"),
    "public_service": gettext_noop("service by public notice"),
    "uphold": gettext_noop("the court left it standing"),
    "annul": gettext_noop("the court annulled it"),
    "enforce": gettext_noop("enforcement was asked for"),
    "sue": gettext_noop("sue"),
    "set_aside": gettext_noop("ask to set it aside"),
}


@register.filter
def clock_name(name: str) -> str:
    """What a clock waits for."""
    return names.clock(name)


@register.filter
def source_words(cited: str) -> str:
    """Where a clock was read."""
    return names.source(cited)


@register.filter
def side_name(code: str) -> str:
    """Who owes it."""
    return names.side(code)


@register.filter
def record_words(record: str) -> str:
    """What the records say; a coded reason as its sentence."""
    return _(SENTENCES[record]) if record in SENTENCES else record or "—"


@register.filter
def told(text: str) -> str:
    """The product's own sentences in the reader's language; what people wrote as they wrote it."""
    return _(text) if text else ""


@register.filter
def move_name(verb: str) -> str:
    """What the button says."""
    return _(MOVES[verb])


@register.filter
def fact_name(name: str) -> str:
    """What the field says."""
    return _(FACTS[name])


@register.filter
def choice_name(value: str, rulings: Iterable[Ruling]) -> str:
    """A choice in words; "17/sue" with the kind and day of document 17."""
    number, slash, what = value.partition("/")
    if not slash:
        return _(CHOICES.get(value, value))
    ruling = next(one for one in rulings if str(one.id) == number)
    return f"{_(ruling.kind)} {ruling.made_at:%Y-%m-%d} #{ruling.id}: {_(CHOICES[what])}"
