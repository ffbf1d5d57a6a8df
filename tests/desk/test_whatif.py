"""What one other fact would come to: the engine's own answer from the case's real inputs, stored nowhere."""

import pytest

from jianzhu.audit.models import AuditEvent
from jianzhu.kernel.errors import Invalid, NotFound
from settlements.desk import whatif
from settlements.desk.whatif import Fact
from settlements.statements.models import StatementLine
from tests.desk.conftest import seen
from tests.site import DAY, at


def ask(case, **fact):
    return whatif.ask(seen(case.pk), Fact(**fact))


def test_an_unclear_day_with_eight_hours_brings_one_workday(case, line):
    answer = ask(case, line_id=line.pk, minutes=480)

    assert (answer.before_minor, answer.after_minor) == (0, 40_000)
    (moved,) = answer.moved
    assert (moved.on, moved.before_minor, moved.after_minor) == (DAY, None, 40_000)


def test_half_the_hours_bring_half_and_ten_hours_the_overtime_of_the_law(case, line):
    half = ask(case, line_id=line.pk, minutes=240)
    long = ask(case, line_id=line.pk, minutes=600)

    assert half.after_minor == 20_000
    # 40,000 for eight hours, two more at 150 per cent of 5,000 each (Labour Law art. 44).
    assert long.after_minor == 40_000 + 2 * 7_500


def test_another_rate_moves_the_day_at_once(site):
    from settlements.disputes import commands as disputes

    site.work(site.li_wei, DAY)
    site.run()
    (line,) = site.lines(site.li_wei)
    case = disputes.file(
        line_ids=[line.pk], claim="450", actor=site.actor(site.li_wei), at=at(DAY, 20)
    )

    answer = ask(case, line_id=line.pk, rate_minor=45_000)

    assert answer.difference_minor == 5_000


def test_the_question_changes_nothing(case, line):
    before = list(StatementLine.objects.order_by("pk").values()), AuditEvent.objects.count()

    ask(case, line_id=line.pk, minutes=480)

    assert (
        list(StatementLine.objects.order_by("pk").values()),
        AuditEvent.objects.count(),
    ) == before


def test_a_line_of_another_case_and_a_fact_that_is_not_there_are_refused(case, line):
    with pytest.raises(NotFound):
        ask(case, line_id=line.pk + 1, minutes=480)
    with pytest.raises(Invalid):
        ask(case, line_id=line.pk, sheet_id=1, quantity_thousandths=1)
    with pytest.raises(Invalid):
        ask(case, line_id=line.pk)


def test_another_accepted_quantity_moves_the_piece_pay_of_its_sheet_alone(site):
    """Ten cubic metres at 50.00 were accepted and paid; what would twelve have brought?"""
    from settlements.disputes import commands as disputes
    from tests.site import agree_piece

    for worker in site.workers:
        agree_piece(site=site, worker=worker, item="砌体", unit="m3", price=5_000)
    site.work(site.li_wei, DAY)
    sheet = site.sheet(DAY, DAY, piece=True, quantity=10_000)
    site.accept(sheet)
    site.run()
    piece = next(n for n in site.lines(site.li_wei) if n.kind == "piece")
    assert piece.amount_minor == 50_000
    case = disputes.file(
        line_ids=[piece.pk], claim="it was twelve", actor=site.actor(site.li_wei), at=at(DAY, 20)
    )

    answer = ask(case, line_id=piece.pk, sheet_id=sheet, quantity_thousandths=12_000)

    assert answer.difference_minor == 10_000
    assert [(m.before_minor, m.after_minor) for m in answer.moved] == [(50_000, 60_000)]
    with pytest.raises(Invalid):
        ask(case, line_id=piece.pk, sheet_id=sheet + 1, quantity_thousandths=12_000)
