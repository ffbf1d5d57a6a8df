"""A relay with one wrong line: what was published counts as done, so the broker is the only record."""

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django has to be set up first

from jianzhu.management.commands import relay as command  # noqa: E402
from jianzhu.outbox import relay  # noqa: E402

honest = command.publish


def publish(claim):
    done = honest(claim)
    if done:
        relay._execute(relay._DONE, {"ids": [one.id for one in claim.news]})
    return done


command.publish = publish
call_command("relay")
