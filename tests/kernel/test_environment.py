"""A setting that can't be meant stops the start and says what would be right."""

import pytest

from jianzhu import environment
from jianzhu.environment import BadSetting


def test_a_zone_is_taken_by_its_name(monkeypatch):
    monkeypatch.setenv("TIME_ZONE", "Australia/Lord_Howe")

    assert environment.zone("TIME_ZONE", "Asia/Shanghai") == "Australia/Lord_Howe"


@pytest.mark.parametrize("value", ["+08:00", "Asia/Beijing", "../etc/passwd"])
def test_what_is_no_zone_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("TIME_ZONE", value)

    with pytest.raises(BadSetting, match="Asia/Shanghai"):
        environment.zone("TIME_ZONE", "Asia/Shanghai")
