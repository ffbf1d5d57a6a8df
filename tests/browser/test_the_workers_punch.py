"""A worker punches on the phone without network: it is kept there, signed, and sent once it can be."""

import re

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from projects.attendance.models import Punch
from projects.attendance.phones import commands, queries
from projects.attendance.phones.models import Phone, PhonePunch
from projects.attendance.rollcall import commands as rollcall
from projects.attendance.rollcall.commands import Called
from projects.attendance.rules import gate_code
from tests.attendance.handset import HERE
from tests.site import DAY, START, at

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
PHONE = "100T-1000000"
ANYWHERE = {"latitude": HERE[0] / 10**7, "longitude": HERE[1] / 10**7, "accuracy": 15}


@pytest.fixture
def punching(visitor, site, capsys):
    commands.draw_fence(
        site_id=site.place.pk,
        valid_from=START,
        corners=[HERE],
        radius_metres=300,
        actor=site.contractor,
        at=at(START),
    )
    driver = visitor.driver
    grant = {"permissions": ["geolocation"], "origin": visitor.server.url}
    driver.execute_cdp_cmd("Browser.grantPermissions", grant)
    driver.execute_cdp_cmd("Emulation.setGeolocationOverride", ANYWHERE)
    visitor.go("/sign-in/worker/")
    visitor.fill(phone=PHONE)
    visitor.fill(code=re.search(r"\b\d{6}\b", capsys.readouterr().out).group())
    visitor.go("/punch/")
    ready(visitor)
    yield visitor
    network(visitor, on=True)
    forget = {"origin": visitor.server.url, "storageTypes": "all"}
    driver.execute_cdp_cmd("Storage.clearDataForOrigin", forget)


def ready(visitor):
    until(visitor, lambda d: d.execute_script("return document.body.dataset.ready") == "yes")


def until(visitor, holds):
    return WebDriverWait(visitor.driver, 20).until(holds)


def network(visitor, *, on):
    visitor.driver.set_network_conditions(
        offline=not on, latency=0, download_throughput=-1, upload_throughput=-1
    )


def tap(visitor, side):
    visitor.driver.find_element(By.CSS_SELECTOR, f"[data-side={side}]").click()


def states(visitor):
    # In one call: the page draws its list anew whenever a punch changes state.
    listed = "return [...document.querySelectorAll('#queue li')].map(item => item.dataset.state)"
    return visitor.driver.execute_script(listed)


def test_a_punch_made_without_network_outlives_the_page_and_is_sent_once(punching, site):
    driver = punching.driver
    until(punching, lambda d: d.execute_script("return !!navigator.serviceWorker.controller"))
    network(punching, on=False)

    tap(punching, "in")
    until(punching, lambda d: states(punching) == ["waiting"])
    assert Punch.objects.count() == 0
    driver.refresh()
    ready(punching)
    assert states(punching) == ["waiting"], "the page and the punch are on the phone"
    network(punching, on=True)
    driver.execute_script("dispatchEvent(new Event('online'))")
    until(punching, lambda d: states(punching) == ["sent"])
    driver.execute_script("dispatchEvent(new Event('online'))")

    row = PhonePunch.objects.get()
    assert (row.worker_id, row.direction, row.signed) == (site.li_wei.pk, "in", True)
    signals = {s.code for s in queries.trusted([row.punch_id])[row.punch_id].signals}
    assert signals >= {"signed", "inside_fence"}
    assert Punch.objects.count() == Phone.objects.count() == 1


def test_the_gates_code_goes_with_the_punch(punching, site):
    from jianzhu.kernel import clock

    code = gate_code.make(commands.gate_key(site.place.pk), site.place.pk, clock.now())
    punching.go(f"/punch/?code={code}")
    ready(punching)

    tap(punching, "out")
    until(punching, lambda d: states(punching) == ["sent"])

    row = PhonePunch.objects.get()
    signals = {s.code for s in queries.trusted([row.punch_id])[row.punch_id].signals}
    assert "gate_code" in signals


def test_the_foremans_line_is_answered_on_the_phone(punching, site):
    rollcall.call_roll(
        crew_id=site.crew.pk,
        site_id=site.place.pk,
        on=DAY,
        called=[Called(site.li_wei.pk, at(DAY, 8), at(DAY, 16))],
        actor=site.leader,
        at=at(DAY, 20),
    )
    punching.go("/punch/")
    assert "08:00–16:00" in punching.text()

    form = punching.driver.find_element(By.CSS_SELECTOR, "main form.answers button")
    punching._and_wait(form.click)

    assert {p.source for p in Punch.objects.all()} == {"roll_call"}


def test_nothing_is_wider_than_the_phones_screen(punching):
    wide, screen = punching.driver.execute_script(
        "return [document.documentElement.scrollWidth, window.innerWidth]"
    )

    assert wide <= screen
