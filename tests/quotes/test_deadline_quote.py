"""A deadline quote reckons and forgets: by command, and over HTTP for whoever is signed in."""

import json
import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from jianzhu.access.authentication import new_token
from jianzhu.access.models import User
from jianzhu.kernel import clock
from settlements.disputes.errors import MalformedDeadline
from settlements.disputes.quotes import quote
from settlements.disputes.rules import published
from tests.site import Site

HOME = Path(__file__).resolve().parents[2] / "examples" / "deadline-quotes"


def example(name):
    return json.loads((HOME / f"{name}.json").read_text())


@pytest.mark.parametrize("file", sorted(HOME.glob("*.json")), ids=lambda f: f.stem)
def test_each_example_is_answered_alike_by_command_and_over_http(file, db, capsys):
    site = Site.build(workers=1)
    token = new_token(User.objects.get(pk=site.li_wei.user_id), clock.now())

    call_command("deadline_quote", str(file))
    by_http = Client().post(
        "/api/v1/deadline-quotes",
        file.read_text(),
        "application/json",
        headers={"Authorization": f"Bearer {token}"},
    )

    assert by_http.status_code == 200, by_http.content
    assert json.loads(capsys.readouterr().out) == by_http.json()


def test_the_answer_says_the_day_the_rule_the_order_and_what_silence_does():
    award, answer = quote(example("suspended-award"))["clocks"]

    assert (award["last_day"], award["due_at"]) == ("2026-10-12", "2026-10-13T00:00:00+08:00")
    assert (award["rule"], award["state"], award["on_silence"]) == (
        "CN/award@2008-05-01",
        "lapsed",
        "may_sue",
    )
    assert {one["why"] for one in award["skipped"]} == {"order"}
    assert (answer["last_day"], answer["state"]) == ("2026-10-16", "running")


def test_one_clock_follows_another_and_the_later_leg_counts():
    response, determination = quote(example("nsw-christmas"))["clocks"]

    assert (response["last_day"], response["after"]) == ("2027-01-07", "appointment")
    assert determination["last_day"] == "2027-01-21"


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [
        ("zone", "Mars/Base", "zone"),
        ("calendar", "XX", "clocks[0].calendar"),
        ("clocks", ["nothing"], "clocks[0]"),
        ("events", {}, "clocks[0]"),
        ("events", {"accepted": "2026-02-30"}, "events.accepted"),
        ("events", {"accepted": "2026-08-18T09:00:00"}, "events.accepted"),
        ("events", {"accepted": "9999-12-31"}, "events.accepted"),
        ("pauses", [{"from": "2026-08-28", "order": ""}], "pauses[0].order"),
        ("extensions", [{"clock": "award", "count": 16, "order": "o"}], "clocks[0]"),
        ("clocks", [{"name": "a", "after": "accepted", "count": 1, "unit": "fortnight"}], "clocks[0].unit"),
        ("clocks", [{"name": "a", "after": "accepted", "count": 3000, "unit": "year"}], "clocks[0]"),
    ],
)  # fmt: skip
def test_what_cannot_be_reckoned_is_refused_with_its_place(place, value, field):
    document = {**example("suspended-award"), place: value}

    with pytest.raises(MalformedDeadline) as refusal:
        quote(document)

    assert refusal.value.facts["field"] == field


def test_what_of_a_clock_nobody_read_in_its_source_is_said_in_the_answer():
    """The ten days of art. 30 were read; that they are working days was not."""
    asked = {"zone": "Asia/Shanghai", "calendar": "CN", "clocks": ["answer", "award"]}
    events = {"served": "2026-10-12", "accepted": "2026-10-12"}

    answer, award = quote({**asked, "events": events})["clocks"]

    assert answer["not_checked"] == ["unit"]
    assert award["not_checked"] == []


def test_every_kept_clock_has_a_source_and_no_place_is_told_of_another_ones_law():
    for one in published.clocks():
        assert one.source, one.stamp
        assert one.problem() == "", one.stamp
        if not one.regime.startswith("CN"):
            assert "Labour Dispute" not in one.source, one.stamp
            assert not re.search(r"\bart\. \d", one.source), one.stamp
