"""A site with a witness of its own, a paid day and an unclear one under a case."""

import pytest

from jianzhu.audit import commands as audit
from jianzhu.audit.keys import log_key
from jianzhu.audit.witness import Witness
from jianzhu.management.commands.witness import look
from settlements.disputes import commands as disputes
from settlements.payouts import subscribers
from tests.audit.ground import adopt_reference_data
from tests.bank import BookRail
from tests.pages.conftest import browse  # noqa: F401 - pages are asked as a browser asks them
from tests.site import DAY, Site, at

UNCLEAR = DAY.replace(day=9)


@pytest.fixture
def bank(tmp_path, monkeypatch):
    rail = BookRail(tmp_path / "bank")
    monkeypatch.setattr(subscribers, "rail_named", lambda name: rail)
    yield rail
    rail.books.close()


@pytest.fixture
def witness(tmp_path, settings):
    settings.WITNESS_DIR = tmp_path / "witness"
    witness = Witness.enter(settings.WITNESS_DIR, settings.WITNESS_NAME)
    witness.pin(log_key())
    return witness


@pytest.fixture
def site(transactional_db, bank, witness):
    adopt_reference_data()
    site = Site.build()
    for worker in site.workers:
        site.work(worker, DAY)
        site.punch(worker, at(UNCLEAR, 8), "in")
    site.accept(site.sheet(DAY, DAY))
    site.run()
    line = next(n for n in site.lines(site.li_wei) if n.on == UNCLEAR)
    actor = site.actor(site.li_wei)
    case = disputes.file(line_ids=[line.pk], claim="我上了一整天", actor=actor, at=at(DAY, 20))
    disputes.assign(
        dispute_id=case.pk,
        user_id=site.arbitrator.user_id,
        actor=site.operator,
        at=at(DAY, 20),
    )
    site.case = case
    seal(witness)
    return site


def seal(witness):
    """The sealer and the witness come round."""
    audit.seal(at=at(DAY, 21))
    look(witness)
