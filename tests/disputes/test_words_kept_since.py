"""Words that stood in clear before they were kept under their person's key are taken along by the
migration: readable as before, told in the journal, fixed as before, and opened again on the way back."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from jianzhu.audit.records import unfit
from settlements.disputes import commands, queries
from settlements.disputes.models import CaseElement, Dispute, Suspension
from tests.site import DAY, Site, at

MIGRATION = import_module("settlements.migrations.0016_disputes_own_words")


class Editor:
    connection = connection


@pytest.fixture
def case(transactional_db):
    """As it stood before: claim, word and note in clear, in rows that the journal knows."""
    site = Site.build(workers=1)
    site.punch(site.li_wei, at(DAY), "in")
    site.run()
    (line,) = site.lines(site.li_wei)
    case = commands.file(
        line_ids=[line.pk], claim="x", actor=site.actor(site.li_wei), at=at(DAY, 20)
    )
    commands.assign(
        dispute_id=case.pk, user_id=site.arbitrator.user_id, actor=site.operator, at=at(DAY, 20)
    )
    commands.conduct(
        dispute_id=case.pk,
        verb="suspend",
        facts={"reason": "expert_opinion", "note": "x"},
        actor=site.arbitrator,
        at=at(DAY, 20),
    )
    MIGRATION.open_again(apps, Editor)
    assert Dispute.objects.get().claim == Suspension.objects.get().note == "x"
    return case


def told():
    """Rows that are not as the journal told of them."""
    ids = {
        "settlements_dispute": Dispute.objects.values_list("pk", flat=True),
        "settlements_caseelement": CaseElement.objects.values_list("pk", flat=True),
        "settlements_suspension": Suspension.objects.values_list("pk", flat=True),
    }
    return unfit({table: list(found) for table, found in ids.items()})


def test_what_stood_in_clear_is_kept_and_stays_fixed_and_told(case):
    with transaction.atomic():
        MIGRATION.keep(apps, Editor)

    assert Dispute.objects.get().claim != "x"
    assert queries.case_by_id(case.pk).claim == "x"
    assert queries.pauses(case.pk)[0].note == "x"
    assert {e.claimant for e in queries.elements(case.pk)} == {"", "x"}
    assert told() == []
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE settlements_dispute SET claim = 'y'")
