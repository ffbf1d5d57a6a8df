"""C2: the broker is away, comes back empty, or is wiped: the outbox is the record, so nothing is lost.

Also: two workers in network namespaces of their own share one queue.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import subprocess
import threading
import time
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.brokers import Redis
from tests.faults.chaos.ground import Ground
from tests.faults.sizes import LONG, seed_of, size

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.fault("C2"),
    # In the suite tests/outbox/test_brokers kills a broker with all that it held.
    pytest.mark.skipif(
        not LONG, reason="processes of its own take their time: make chaos FAULT=C2"
    ),
]
SEED = seed_of("CHAOS_SEED")
WORKERS, DAYS = size("C2_WORKERS", 5, 50), size("C2_DAYS", 2, 40)
AWAY_SECONDS = size("C2_SECONDS", 1, 600)
CALM = {"passed": 100}


def nothing_was_lost_or_doubled(ground):
    assert ground.doubles() == []
    ground.python("manage.py", "books_verify")


def accept_all(ground):
    said = ground.prepare(WORKERS, DAYS)
    ground.start("web")
    ground.start("relay-1")
    return ground.accept(said["token"], said["sheets"])


def test_a_broker_that_goes_away_and_comes_back_wiped_loses_nothing(tmp_path):
    with Redis() as redis, Ground(tmp_path / "g", SEED, broker=redis.url, fates=CALM) as ground:
        accepting = accept_all(ground)
        ground.start("worker-1")
        redis.kill()  # with all that it held
        accepting.join(AWAY_SECONDS + 60)
        time.sleep(AWAY_SECONDS)  # how long it is away is what is tried
        redis.start()
        assert not accepting.is_alive(), "the web answered all the while"

        ground.wait_until_settled(WORKERS * DAYS)
        nothing_was_lost_or_doubled(ground)


def test_the_control_that_takes_the_broker_for_the_record_loses_work(tmp_path):
    """One wrong line: what was published counts as done. A wiped broker then takes it along."""
    wrong = ("-m", "tests.faults.chaos.believes_the_broker")
    with (
        Redis() as redis,
        Ground(tmp_path / "g", 7, broker=redis.url, fates=CALM, relay=wrong) as ground,
    ):
        accept_all(ground).join(60)
        ground.wait_until_published()
        redis.kill()
        redis.start()
        ground.start("worker-1")

        with pytest.raises(AssertionError, match="days paid"):
            ground.wait_until_settled(WORKERS * DAYS, seconds=5)


# Two namespaces


def ip(*arguments):
    return subprocess.run(["ip", *arguments], check=False, capture_output=True, text=True)


class Namespace:
    """A network of its own, joined to ours by one cable; None of ours is seen but what is forwarded."""

    def __init__(self, number: int) -> None:
        self.name = f"jz{os.getpid()}-{number}"
        self.here, self.there = f"10.199.{number}.1", f"10.199.{number}.2"
        self.cable = f"jzc{os.getpid() % 10_000}{number}"

    def __enter__(self):
        if shutil.which("ip") is None or ip("netns", "add", self.name).returncode:
            pytest.skip("ip netns is not allowed here")
        made = [
            ip(
                "link",
                "add",
                self.cable,
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                self.name,
            ),
            ip("addr", "add", f"{self.here}/24", "dev", self.cable),
            ip("link", "set", self.cable, "up"),
            ip("-n", self.name, "addr", "add", f"{self.there}/24", "dev", "eth0"),
            ip("-n", self.name, "link", "set", "eth0", "up"),
            ip("-n", self.name, "link", "set", "lo", "up"),
        ]
        if any(done.returncode for done in made):
            self.__exit__()
            pytest.skip("no cable between namespaces can be made here")
        return self

    def __exit__(self, *_: object) -> None:
        ip("netns", "del", self.name)
        ip("link", "del", self.cable)


@contextlib.contextmanager
def forwarded(host, port):
    """Whoever calls this address from a namespace reaches the same port of 127.0.0.1."""
    over = threading.Event()
    door = socket.create_server((host, port))
    door.settimeout(0.2)

    def serve():
        while not over.is_set():
            with contextlib.suppress(OSError):  # nobody called, or the door was closed
                caller, _ = door.accept()
                threading.Thread(target=join, args=(caller, port, over), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield
    finally:
        over.set()
        door.close()


def join(caller, port, over):
    with caller, socket.create_connection(("127.0.0.1", port)) as called:
        while not over.is_set():
            ready, _, _ = select.select([caller, called], [], [], 0.2)
            for one in ready:
                with contextlib.suppress(ConnectionError):
                    if said := one.recv(65_536):
                        (called if one is caller else caller).sendall(said)
                        continue
                return


def at_host(url, host):
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{place[0]}{place[1]}{host}:{parts.port}"))


def test_two_workers_in_two_network_namespaces_share_one_queue(tmp_path):
    with contextlib.ExitStack() as open_:
        spaces = [open_.enter_context(Namespace(number)) for number in (1, 2)]
        redis = open_.enter_context(Redis())
        ground = open_.enter_context(Ground(tmp_path / "g", SEED, broker=redis.url, fates=CALM))
        said = ground.prepare(WORKERS, DAYS)
        ports = [urlsplit(u).port for u in (redis.url, ground.url, ground.line.url)]
        for number, space in enumerate(spaces, start=1):
            for port in ports:
                open_.enter_context(forwarded(space.here, port))
            ground.start(f"worker-{number}", inside=space.name, env={
                "CELERY_BROKER_URL": at_host(redis.url, space.here),
                "DATABASE_URL": at_host(ground.url, space.here),
                "SANDBOX_BANK_URL": at_host(ground.line.url, space.here),
            })  # fmt: skip
        ground.start("web")
        ground.start("relay-1")
        ground.accept(said["token"], said["sheets"]).join(60)

        ground.wait_until_settled(WORKERS * DAYS)

        nothing_was_lost_or_doubled(ground)
        for number in (1, 2):
            log = (ground.folder / f"worker-{number}.log").read_text()
            assert "succeeded" in log, f"worker {number} had a part of the work"
