"""Piece pay (计件): accepted shares at the agreed price; what goes beyond the quota is overtime.

Where the law multiplies the agreed rate, pieces beyond the quota of normal hours are paid at the
multiple of the day they were made (工资支付暂行规定 art. 13). Under a regular-rate law the piece
earnings enter the week's regular rate instead.
"""

from __future__ import annotations

from settlements.wages.draft import PIECE, Draft
from settlements.wages.facts import Piece, Source
from settlements.wages.statement import Line, Rule


def lines(draft: Draft) -> None:
    """Add the piece lines, and hold the shares that no price covers."""
    for piece in sorted(draft.case.pieces, key=lambda p: (p.last, str(p.id))):
        price = _price(draft, piece)
        if price is None or not piece.quantity_thousandths:
            continue
        minor, rate_id = price
        sources: tuple[Source, ...] = (("piece", piece.id),)
        if piece.sheet_id is not None:
            sources += (("sheet", piece.sheet_id),)
        if rate_id is not None:
            sources += (("rate", rate_id),)
        for tail, quantity, percent, rule in _parts(draft, piece):
            _add(draft, piece, tail, quantity, minor, percent, rule, sources)


def _price(draft: Draft, piece: Piece) -> tuple[int, int | str | None] | None:
    """(price, rate id), or None after holding the share."""
    if piece.price_minor is not None:
        return piece.price_minor, None
    key = f"{piece.last.isoformat()}/piece/{piece.id}"
    rate = draft.terms.piece(piece.last, piece.item)
    if rate is None and draft.terms.piece(piece.first, piece.item) is None:
        draft.hold(key, piece.last, "terms_gap", ("piece", piece.id), item=piece.item)
        return None
    if rate is None or draft.terms.changes(piece.item, piece.first, piece.last):
        # Nobody measured how much was made before the change: not guessed.
        draft.hold(
            key,
            piece.last,
            "price_changes_within",
            ("piece", piece.id),
            item=piece.item,
            first=piece.first.isoformat(),
            last=piece.last.isoformat(),
        )
        return None
    return rate.rate_minor, rate.id


def _parts(draft: Draft, piece: Piece) -> list[tuple[str, int, int, Rule]]:
    """(key tail, thousandths, percent, rule) of the share: within the quota and beyond it."""
    quantity, quota = piece.quantity_thousandths, piece.quota_thousandths
    plain = draft.law.rule("piece", piece.last)
    multiple = None if quota is None else _multiple(draft, piece)
    if quota is None or multiple is None:
        return [("", quantity, 100, plain)]
    percent, rule, all_of_it = multiple
    inside = 0 if all_of_it else min(quantity, quota)
    parts = [("", inside, 100, plain), ("/beyond", quantity - inside, percent, rule)]
    return [part for part in parts if part[1]]


def _multiple(draft: Draft, piece: Piece) -> tuple[int, Rule, bool] | None:
    """(percent, rule, whether the whole quantity lies outside normal time)."""
    law = draft.law.day(piece.last)
    one_day = piece.first == piece.last
    outside = one_day and law.kind != "workday"
    found = draft.law.percent(law.kind if outside else "workday", piece.last)
    if found is None:
        return None
    article = draft.law.rule("piece_beyond_quota", piece.last)
    return found[0], article, outside


def _add(
    draft: Draft,
    piece: Piece,
    tail: str,
    quantity: int,
    minor: int,
    percent: int,
    rule: Rule,
    sources: tuple[Source, ...],
) -> None:
    amount, num, den = draft.price(quantity, minor, PIECE, percent, PIECE)
    draft.lines.append(
        Line(
            f"{piece.last.isoformat()}/piece/{piece.id}{tail}",
            "piece",
            piece.item,
            piece.first,
            piece.last,
            quantity,
            "thousandth",
            num,
            den,
            minor,
            piece.unit,
            percent,
            amount,
            draft.case.currency,
            rule,
            draft.stamp,
            sources,
        )
    )
