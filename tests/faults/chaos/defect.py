"""A relay with one wrong line: it answers a lost answer with a new attempt under a new key."""

import uuid
from dataclasses import replace

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - Django has to be set up first

from settlements.payouts.rails.sandbox_bank import SandboxBank  # noqa: E402

honest = SandboxBank.send_many


def send_many(self, instructions):
    fresh = {i.key: replace(i, key=f"{i.key}:{uuid.uuid4()}") for i in instructions}
    said = honest(self, list(fresh.values()))
    again = [i for i in instructions if said[fresh[i.key].key].status == "unknown"]
    answers = {i.key: said[fresh[i.key].key] for i in instructions if i not in again}
    return answers | (send_many(self, again) if again else {})


SandboxBank.send_many = send_many
call_command("relay")
