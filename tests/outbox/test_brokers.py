"""With a broker the wage goes the same way: it carries hints, the outbox stays the record."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jianzhu.kernel.keys import kept_port
from settlements.payouts.models import Payout
from settlements.payouts.sandbox.books import Books
from tests.brokers import broker
from tests.database import url as database_url
from tests.site import DAY, Site, at

ROOT = Path(__file__).resolve().parents[2]
PAID_SECONDS_MAX = 60
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("brokers")]


@contextlib.contextmanager
def processes(folder: Path, broker_url: str):
    """A relay that publishes, a Celery worker that works, and the bank, on the test's database."""
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "CELERY_BROKER_URL": broker_url,
        "JIANZHU_VAR": str(folder),
    }
    books = Books(folder / "bank")
    books.deposit("9999T-1", "D-T-1", 100_000_000)
    books.close()
    port = str(kept_port(folder / "bank" / "port"))
    python = sys.executable
    started = [
        _start(env, folder, python, "-m", "settlements.payouts.sandbox", "--port", port,
               "--dir", str(folder / "bank")),
        _start(env, folder, python, "-m", "celery", "-A", "jianzhu", "worker", "--pool=solo",
               "--without-gossip", "--without-mingle", "--loglevel=INFO"),
        _start(env, folder, python, "manage.py", "relay"),
    ]  # fmt: skip
    try:
        yield folder / "printed"
    finally:
        for process in started:
            process.kill()
            process.wait()


def _start(env, folder, *argv):
    with (folder / "printed").open("ab") as printed:
        return subprocess.Popen(argv, cwd=ROOT, env=env, stdout=printed, stderr=printed)


def wait_until_paid(count, printed):
    deadline = time.monotonic() + PAID_SECONDS_MAX
    while time.monotonic() < deadline:
        if Payout.objects.filter(state="paid").count() == count:
            return
        time.sleep(0.1)
    raise AssertionError(f"not paid: {printed.read_text()[-3_000:]}")


@pytest.mark.parametrize("kind", ["rabbitmq", "redis"])
def test_a_matched_line_is_paid_through_a_broker_and_without_it_when_it_dies(
    kind, transactional_db, tmp_path
):
    site = Site.build(workers=2)
    site.work(site.li_wei, DAY)
    sheet = site.sheet(DAY, DAY, submitted=at(DAY, 18))

    with contextlib.ExitStack() as alive:
        running = alive.enter_context(contextlib.ExitStack())
        url = running.enter_context(broker(kind))
        printed = alive.enter_context(processes(tmp_path, url))
        site.accept(sheet)
        wait_until_paid(1, printed)
        assert "jianzhu.outbox.deliver" in printed.read_text(), "a worker had the hint"

        running.close()  # killed, with all that it held
        site.work(site.zhang_qiang, DAY)
        wait_until_paid(2, printed)
