"""`python -m tests.faults.chaos.site WORKERS DAYS`: a site whose work waits for acceptance alone.

Prints the owner's token and the ids of the task sheets, one a day: whoever accepts them makes
WORKERS x DAYS payouts due.
"""

import json
import sys
from datetime import timedelta

import django

django.setup()

from jianzhu.access.authentication import new_token  # noqa: E402 - Django has to be set up first
from jianzhu.access.models import User  # noqa: E402
from jianzhu.kernel import clock  # noqa: E402
from settlements.payouts.rails.sandbox_bank import SandboxBank  # noqa: E402
from tests.site import START, Site  # noqa: E402

FUNDS = 10_000_000_000


def main(workers: int, days: int) -> None:
    from django.conf import settings

    site = Site.build(workers=workers, funds=FUNDS)
    bank = SandboxBank(settings.SANDBOX_BANK_URL, settings.SANDBOX_BANK_TOKEN)
    bank.deposit("9999T-1", "D-T-1", FUNDS)
    sheets = []
    for number in range(days):
        day = START + timedelta(days=number)
        for worker in site.workers:
            site.work(worker, day)
        # Submitted just now: its silence clock will not speak before somebody accepts.
        sheets.append(site.sheet(day, day, submitted=clock.now()))
    token = new_token(User.objects.get(pk=site.owner.user_id), clock.now())
    print(json.dumps({"token": token, "sheets": sheets}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
