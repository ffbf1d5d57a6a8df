"""How the stop switch says no."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from jianzhu.kernel.errors import Refusal


class NotReadBack(Refusal):
    """A restored database doesn't know what the bank has paid since: it is read before anything goes."""

    code = "not_read_back"
    status = 409
    sentence = _(
        "This database was restored or took over. Before payouts start, the bank's statement has to be "
        "read of wage accounts %(accounts)s, and what it shows has to be closed: breaks %(breaks)s."
    )
