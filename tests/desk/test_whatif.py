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
