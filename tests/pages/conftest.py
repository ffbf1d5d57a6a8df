"""Pages are asked as a browser asks them, by somebody signed in."""

import pytest
from django.test import Client

from jianzhu.access.models import User
from tests.stories.conftest import bank, site  # noqa: F401 - the same small site


@pytest.fixture
def browse():
    """browse(user id) -> a client signed in as that user, reading English."""

    def as_(user_id):
        client = Client(headers={"accept-language": "en"})
        client.force_login(User.objects.get(pk=user_id))
        client.cookies["django_language"] = "en"
        return client

    return as_
