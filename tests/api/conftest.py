"""A small site with a bank, and callers of the API."""

import pytest

from tests.api.caller import Caller
from tests.site import Site
from tests.stories.conftest import bank  # noqa: F401 - pays what the stories pay


@pytest.fixture
def site(db, bank):  # noqa: F811 - the fixture of the stories
    return Site.build(workers=2).minimum_wage()


@pytest.fixture
def call(site):
    """call(actor) → the caller with that actor's token; call(None) has none."""
    return Caller
