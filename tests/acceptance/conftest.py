"""A small site, and what its task sheets are asked."""

import pytest
from django.test import Client

from jianzhu.access.models import User
from tests.api.conftest import bank, call  # noqa: F401 - the same bank and callers
from tests.site import Site

JPEG = b"\xff\xd8\xff\xe0" + b"wall" * 50


@pytest.fixture
def site(db, bank):  # noqa: F811
    return Site.build(workers=3)


@pytest.fixture
def var(tmp_path, settings):
    """A folder of its own for pictures."""
    settings.VAR = tmp_path
    return tmp_path


@pytest.fixture
def browse():
    """browse(user id) -> a client signed in as that user, reading English."""

    def as_(user_id):
        client = Client(headers={"accept-language": "en"})
        client.force_login(User.objects.get(pk=user_id))
        client.cookies["django_language"] = "en"
        return client

    return as_
