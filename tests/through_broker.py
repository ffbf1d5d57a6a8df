"""`python -m tests.through_broker redis|rabbitmq PATHS…`: these tests, with every piece of work going out
over a real broker as a hint and coming back from it. `tests/stories` notices by its settings.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

import pytest

from tests.brokers import broker


def run_once(batch: int = 200) -> int:
    """In place of the relay's own: each claim is published, and a worker's part is done here."""
    from jianzhu.celery import app, publish  # the program itself runs without Django
    from jianzhu.outbox import relay

    claims = relay.claim(batch)
    for one in claims:
        assert publish(one), "the broker is away"
    with app.connection_for_read() as connection, connection.channel() as channel:
        queue = app.amqp.queues["outbox"](channel)
        queue.declare()
        for _ in claims:
            _work(queue)
    return sum(len(one.news) for one in claims)


def _work(queue) -> None:
    """One hint, acknowledged when it is done."""
    from jianzhu.celery import deliver

    message = None
    while message is None:
        message = queue.get()
    args, _kwargs, _embedded = message.decode()
    deliver.apply(args=args, task_id=message.headers["id"], throw=True)
    message.ack()


def main(kind: str, paths: list[str]) -> int:
    with contextlib.ExitStack() as open_:
        try:
            url = open_.enter_context(broker(kind))
        except pytest.skip.Exception as missing:
            print(f"{kind}: skipped, {missing}")
            return 0
        env = os.environ | {"CELERY_BROKER_URL": url}
        print(f"{kind}:", flush=True)
        return subprocess.run(
            [sys.executable, "-m", "pytest", *paths], env=env, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
