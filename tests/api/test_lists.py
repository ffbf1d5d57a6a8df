"""Lists cost the same number of queries however long they are, and no id is too large to be asked."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.caller import refused
from tests.site import DAY

LISTS = (
    "punches",
    "day-records",
    "corrections",
    "parked-events",
    "task-sheets",
    "wage-accounts",
    "deposits",
    "statements",
    "statement-lines",
    "payouts",
    "disputes",
)


def queries(caller, path):
    with CaptureQueriesContext(connection) as asked:
        answer = caller.get(path)
    assert answer.status_code == 200
    return len(asked), len(answer.json()["items"])


def test_a_longer_list_asks_no_more_queries(site, call):
    for day in (DAY, DAY.replace(day=13)):
        for worker in site.workers:
            site.work(worker, day)
        site.accept(site.sheet(day, day))
    site.run()
    for worker in site.workers:
        line = site.lines(worker)[0].pk
        call(site.actor(worker)).post("disputes", {"line_ids": [line], "claim": "it was longer"})
    caller = call(site.contractor)

    short = {path: queries(caller, f"{path}?limit=1") for path in LISTS}
    long = {path: queries(caller, path) for path in LISTS}

    assert {p: n for p, (n, _) in short.items()} == {p: n for p, (n, _) in long.items()}
    assert max(count for _, count in long.values()) >= 4
    assert long["disputes"][1] == 2


@pytest.mark.parametrize(
    "path", ["task-sheets/{}/submission", "day-records/{}", "statements/{}", "statement-lines/{}"]
)
def test_an_id_beyond_every_row_is_just_absent(site, call, path):
    actor = site.leader if "sheets" in path else site.contractor
    caller = call(actor)
    ask = caller.post if "sheets" in path else caller.get

    assert refused(ask(path.format(2**70)), 404, "not_found")


@pytest.mark.parametrize("move", ["payouts/{}/retry", "corrections/{}/approval"])
def test_a_move_of_an_id_beyond_every_row_is_just_absent(site, call, move):
    answer = call(site.contractor).post(move.format(2**70), {"answer": "yes"})

    assert refused(answer, 404, "not_found")


@pytest.mark.parametrize("body", [[], "text", 7, None, {"worker_id": {}}, {"on": [1]}])
def test_a_body_of_another_shape_is_a_400(site, call, body):
    answer = call(site.contractor).post("corrections", body)

    assert refused(answer, 400, "invalid")
