"""`FAULT=C1,W2` keeps only the tests that carry one of these ids; `make chaos` those that carry any."""

import os

import pytest

from tests.faults.sizes import LONG
from tests.stories.conftest import bank  # noqa: F401 - pays what the stories pay


def pytest_collection_modifyitems(items):
    wanted = set(filter(None, os.environ.get("FAULT", "").split(",")))
    if wanted or LONG:
        items[:] = [
            item for item in items if (ids := ids_of(item)) and (not wanted or ids & wanted)
        ]


def ids_of(item):
    return {name for marker in item.iter_markers("fault") for name in marker.args}


@pytest.fixture(autouse=True)
def _said(request):
    """Which id this is, where output is shown."""
    print(f"\n{sorted(ids_of(request.node))} {request.node.name}")
