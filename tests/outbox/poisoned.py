"""`python -m tests.outbox.poisoned FILE`: a relay whose listener dies of some messages.

It writes what it heard into FILE, a line each, and ends when nothing is due any more.
"""

import os
import signal
import sys
import time
from pathlib import Path

import django
from django.db.models.functions import Now

django.setup()

from jianzhu.outbox import registry, relay  # noqa: E402 - Django has to be set up first
from jianzhu.outbox.models import OutboxMessage  # noqa: E402


@registry.listens_to("test.poisoned", seconds_max=1)
def hear(news, at):
    with Path(sys.argv[1]).open("a") as heard:
        for one in news:
            poison = str(one.payload["n"]).partition(" ")[0]
            if poison == "kills":
                os.kill(os.getpid(), signal.SIGKILL)
            if poison == "raises":
                raise RuntimeError("poison")
            while poison == "hangs":
                signal.pause()
            heard.write(f"{one.payload['n']}\n")
            heard.flush()


def main():
    waiting = OutboxMessage.objects.filter(done_at=None, parked_at=None)
    while waiting.exists():
        if not relay.run_once():
            time.sleep(0.1)  # for a lease to run out by the database's clock
        waiting.update(due_at=Now())  # the pause after a failure is not what is tried here


if __name__ == "__main__":
    main()
