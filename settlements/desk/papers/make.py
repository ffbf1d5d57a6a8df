"""Filling a template and setting it as a PDF."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import translation
from reportlab.platypus import Flowable

from jianzhu.access import queries as access
from jianzhu.audit.queries import history
from jianzhu.kernel import paper
from settlements.desk.errors import NoSuchPaper
from settlements.desk.papers import words
from settlements.desk.papers.fields import COUNTRY, Writer
from settlements.desk.papers.words import word
from settlements.disputes import queries as disputes
from settlements.disputes.queries import Case, Ruling
from settlements.evidence.elements import elements
from settlements.statements import queries as statements
from settlements.statements import trace
from settlements.statements.rules import SENTENCES
from workers_app.people import queries as people

HOME = Path(__file__).parent / "templates"
LANGUAGES = ("zh", "en")
KINDS = (
    "acceptance",
    "completion",
    "evidence",
    "hearing",
    "record",
    "service",
    "nonacceptance",
    "award",
    "mediation",
    "order",
)
# A line of a template that begins so is there under Chinese law alone, or anywhere else alone.
CHINA, ELSEWHERE = "[CN] ", "[--] "
# The last of these tells how a case ended; "" where a decision, data or an agreement did.
ENDINGS = {
    "dispute.reject": "rejected",
    "dispute.terminate": "terminated",
    "dispute.deem_withdrawn": "deemed_withdrawn",
    "dispute.withdraw": "withdrawn",
    "dispute.resolve": "",
    "dispute.settle": "",
    "dispute.decide": "",
}
CENTRE = 1
OFFICE, TITLE, HEADING, TEXT, SMALL = 13, 18, 12, 10.5, 8
WIDTH_ELEMENTS = (20, 18, 34, 34, 54, 28)
WIDTH_ITEMS = (30, 48, 30, 34, 26, 20)

Tables = Mapping[str, Callable[[], list[Flowable]]]


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF and what to call it."""

    name: str
    content: bytes


def acceptance(case: Case, language: str, at: datetime) -> Paper:
    """受理通知书. NoSuchPaper before the case was accepted."""
    if case.accepted_at is None:
        raise NoSuchPaper(paper=_("notice of acceptance"))
    writer = Writer.of(case, language)
    return _made("acceptance", writer, writer.common(), _signed(writer, case.accepted_at), at)


def hearing(case: Case, language: str, at: datetime) -> Paper:
    """开庭通知书. NoSuchPaper before a day was set."""
    if case.hearing_at is None:
        raise NoSuchPaper(paper=_("notice of hearing"))
    writer = Writer.of(case, language)
    return _made("hearing", writer, writer.common(), _signed(writer, at), at)


def completion(case: Case, language: str, at: datetime) -> Paper:
    """补正通知书: everything that is missing, once. NoSuchPaper where nothing was asked for."""
    clocks = [c for c in disputes.clocks(case.id) if c.name == "correction"]
    if not clocks:
        raise NoSuchPaper(paper=_("notice to complete"))
    writer = Writer.of(case, language)
    due = writer.instant(clocks[-1].due_at)
    fields = {**writer.common(), "missing": writer.missing(), "correction_due": due}
    return _made("completion", writer, fields, _signed(writer, clocks[-1].since), at)


def evidence(case: Case, language: str, at: datetime) -> Paper:
    """举证通知书: who brings what until when. NoSuchPaper where nobody was asked."""
    writer = Writer.of(case, language)
    asked = writer.asked()
    if not asked:
        raise NoSuchPaper(paper=_("notice to produce evidence"))
    return _made("evidence", writer, {**writer.common(), "asked": asked}, _signed(writer, at), at)


def record(case: Case, language: str, at: datetime) -> Paper:
    """庭审笔录, with all that is known, to be filled in at the hearing. NoSuchPaper before a day was
    set."""
    if case.hearing_at is None:
        raise NoSuchPaper(paper=_("record of the hearing"))
    writer = Writer.of(case, language)
    tables = {"elements": lambda: _elements(writer), **_signed(writer, case.hearing_at)}
    return _made("record", writer, writer.common(), tables, at)


def service(case: Case, language: str, at: datetime) -> Paper:
    """送达回证, to be signed, over all that was served. NoSuchPaper where nothing was."""
    writer = Writer.of(case, language)
    served = writer.served()
    if not served:
        raise NoSuchPaper(paper=_("receipt of service"))
    return _made("service", writer, {**writer.common(), "served": served}, _signed(writer, at), at)


def nonacceptance(case: Case, language: str, at: datetime) -> Paper:
    """不予受理通知书. NoSuchPaper unless the application was not accepted."""
    if _ended(case) != "rejected":
        raise NoSuchPaper(paper=_("notice of non-acceptance"))
    writer = Writer.of(case, language)
    fields = {**writer.common(), "order_reason": case.reasons or "—"}
    return _made("nonacceptance", writer, fields, _signed(writer, case.ended_at), at)


def order(case: Case, language: str, at: datetime) -> Paper:
    """决定书: not accepted, withdrawn, terminated, or the suspension that was ordered last."""
    writer = Writer.of(case, language)
    pauses = disputes.pauses(case.id)
    code = _ended(case) or ("suspended" if pauses else "")
    if code not in words.ORDERS:
        raise NoSuchPaper(paper=_("decision on procedure"))
    last = pauses[-1] if pauses else None
    reason = f"{last.reason} {last.note}".strip() if code == "suspended" and last else case.reasons
    since = last.since if code == "suspended" and last else case.ended_at
    fields = {
        **writer.common(),
        "order": word(words.ORDERS, code, language),
        "order_reason": reason or "—",
        "order_effect": word(words.EFFECTS, code, language).format(since=writer.day(since)),
    }
    return _made("order", writer, fields, _signed(writer, since), at)


def _ended(case: Case) -> str:
    """How a case ended otherwise than by its lines, by the log; "" while it is open."""
    if case.ended_at is None:
        return ""
    told = [ENDINGS[e.verb] for e in history("dispute", case.id) if e.verb in ENDINGS]
    return told[-1] if told else ""


def ruling(case: Case, ruling_: Ruling, language: str, at: datetime) -> Paper:
    """裁决书 or 调解书: one document, final or not, never both."""
    writer = Writer.of(case, language)
    kind = "mediation" if ruling_.kind == "mediation" else "award"
    fields = {
        **writer.common(),
        "title": word(words.TITLES, ruling_.kind, language),
        "reasons": writer.told(ruling_.reasons) or "—",
        "articles": word(words.ARTICLES, ruling_.kind, language) if kind == "award" else "",
        "remedy": writer.remedy(ruling_),
    }
    tables: dict[str, Callable[[], list[Flowable]]] = {
        "elements": lambda: _elements(writer),
        "items": lambda: _items(writer, ruling_),
        **_signed(writer, ruling_.made_at),
    }
    mark = ruling_.state if ruling_.state in ("draft", "void") else ""
    return _made(kind, writer, fields, tables, at, mark)


NOTICES: dict[str, Callable[[Case, str, datetime], Paper]] = {
    "acceptance-notice": acceptance,
    "completion-notice": completion,
    "evidence-notice": evidence,
    "hearing-notice": hearing,
    "hearing-record": record,
    "service-receipt": service,
    "non-acceptance-notice": nonacceptance,
    "order": order,
}


def come_to(case: Case) -> list[str]:
    """The notices that the case has come to, in the order of a case."""
    names = [c.name for c in disputes.clocks(case.id)]
    there = {
        "acceptance-notice": case.accepted_at is not None,
        "completion-notice": "correction" in names,
        "evidence-notice": "supply" in names,
        "hearing-notice": case.hearing_at is not None,
        "hearing-record": case.hearing_at is not None,
        "service-receipt": bool(Writer.of(case, "zh").served()),
        "non-acceptance-notice": _ended(case) == "rejected",
        "order": bool(_ended(case) or disputes.pauses(case.id)),
    }
    return [kind for kind, so in there.items() if so]


def _made(
    kind: str,
    writer: Writer,
    fields: Mapping[str, str],
    tables: Tables,
    at: datetime,
    mark: str = "",
) -> Paper:
    parts: list[Flowable] = []
    if mark:
        parts.append(paper.text(writer.label(mark), TEXT, CENTRE))
    file = io.BytesIO()
    name = f"{kind}-{writer.case.id}-{writer.language}.pdf"
    made_on = at.astimezone(ZoneInfo(writer.project.zone)).date()
    with translation.override("zh-hans" if writer.language == "zh" else "en"):
        for line in _lines(_template(writer.language, kind), writer.project.country):
            parts += _parts(line, fields, tables)
        paper.write(file, name, parts, made_on)
    return Paper(name, file.getvalue())


@cache
def _template(language: str, kind: str) -> str:
    return (HOME / language / f"{kind}.txt").read_text(encoding="utf-8")


def _lines(template: str, country: str) -> Iterator[str]:
    """The lines that hold there: nobody is told of another country's law."""
    here, there = (CHINA, ELSEWHERE) if country == COUNTRY else (ELSEWHERE, CHINA)
    for line in template.splitlines():
        if not line.startswith(there):
            yield line.removeprefix(here)


def _parts(line: str, fields: Mapping[str, str], tables: Tables) -> Iterator[Flowable]:
    mark, _space, rest = line.partition(" ")
    if line.startswith("@"):
        yield from tables[line[1:]]()
    elif mark == "=":
        yield paper.text(rest.format_map(fields), OFFICE, CENTRE)
    elif mark == "#":
        yield from (paper.gap(2), paper.text(rest.format_map(fields), TITLE, CENTRE), paper.gap(2))
    elif mark == ">":
        yield from (paper.text(rest.format_map(fields), TEXT, 2), paper.gap(2))
    elif mark == "##":
        yield from (paper.gap(3), paper.text(rest.format_map(fields), HEADING), paper.gap(1))
    else:
        # A field may hold several paragraphs; what a person typed is never a template itself.
        for paragraph in line.format_map(fields).splitlines():
            yield from (paper.text(paragraph, TEXT, 0, 1.6), paper.gap(0.6))


def _elements(writer: Writer) -> list[Flowable]:
    lines = statements.lines(Q(pk__in=[n.line_id for n in writer.case.lines]))
    heads = ("line", "element", "claimant", "respondent", "record", "finding")
    rows = [[paper.text(writer.label(head), SMALL) for head in heads]]
    days = {n.id: f"{n.on:%m-%d}" for n in lines}
    for one in elements([trace.of_line(n) for n in lines], writer.case):
        cells = (
            f"{days.get(one.line_id, '')} #{one.line_id}",
            word(words.ELEMENTS, one.element, writer.language),
            one.claimant or "—",
            one.respondent or "—",
            _plain(one.record),
            word(words.FINDINGS, one.finding, writer.language),
        )
        rows.append([paper.text(cell, SMALL) for cell in cells])
    return [paper.table(rows, WIDTH_ELEMENTS, SMALL), paper.gap(2)]


def _plain(record: str) -> str:
    """What the records say; a coded reason as its sentence."""
    return translation.gettext(SENTENCES[record]) if record in SENTENCES else record or "—"


def _items(writer: Writer, ruling_: Ruling) -> list[Flowable]:
    """Who pays whom how much by when, item by item, each final or not."""
    lines = {n.id: n for n in statements.lines(Q(pk__in=[i.line_id for i in ruling_.items]))}
    payers = access.organisation_names(i.payer_id for i in ruling_.items)
    payees = people.names(i.payee_id for i in ruling_.items)
    heads = ("line", "payer", "payee", "amount", "due", "final")
    rows = [[paper.text(writer.label(head), SMALL) for head in heads]]
    for item in ruling_.items:
        line = lines.get(item.line_id)
        cells = (
            f"{line.on:%Y-%m-%d} #{item.line_id}" if line else f"#{item.line_id}",
            payers.get(item.payer_id, "—"),
            payees.get(item.payee_id, "—"),
            writer.money(item.amount_minor),
            item.due_on.isoformat(),
            _kind(writer, ruling_),
        )
        rows.append([paper.text(cell, SMALL) for cell in cells])
    total = writer.money(sum(i.amount_minor for i in ruling_.items))
    rows.append([paper.text(cell, SMALL) for cell in ("Σ", "", "", total, "", "")])
    return [paper.table(rows, WIDTH_ITEMS, SMALL), paper.gap(2)]


def _kind(writer: Writer, ruling_: Ruling) -> str:
    if ruling_.kind == "mediation":
        return "—"
    return writer.label("is_final" if ruling_.final else "not_final")


def _signed(writer: Writer, on: datetime | None) -> dict[str, Callable[[], list[Flowable]]]:
    def signed() -> list[Flowable]:
        said = (
            f"{writer.label('arbitrator')}: {writer.arbitrator} ____________",
            f"{writer.label('clerk')}: ____________",
            f"{writer.office} {writer.label('seal')}",
            f"{writer.label('dated')}: {writer.day(on)}",
        )
        return [paper.gap(8), *(paper.text(one, TEXT, 2, 1.6) for one in said)]

    return {"signed": signed}


def _(text: str) -> str:
    return translation.gettext(text)
