"""A real browser on a phone-sized screen. Where chromium is not installed, its tests skip visibly."""

from __future__ import annotations

import re
import shutil

import pytest
from django.db import connection

from tests.site import Site
from tests.stories.conftest import bank  # noqa: F401 - pays what the stories pay

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
CHROMEDRIVER = shutil.which("chromedriver")
# The second line keeps it from calling home.
SWITCHES = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--lang=en",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE = (390, 844)


@pytest.fixture(scope="session")
def chromium():
    """One browser for the whole run; its cookies go with every test."""
    if not (CHROMIUM and CHROMEDRIVER):
        pytest.skip("chromium and chromedriver are not installed")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for switch in SWITCHES:
        options.add_argument(switch)
    options.add_experimental_option("prefs", {"intl.accept_languages": "en"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER))
    driver.set_window_size(*PHONE)
    driver.implicitly_wait(10)
    yield driver
    driver.quit()


@pytest.fixture
def site(transactional_db, bank):  # noqa: F811 - the fixture of the stories
    return Site.build(workers=3)


class Visitor:
    """Somebody in front of the browser: reads, follows links by their text, fills in forms."""

    def __init__(self, driver, server):
        self.driver, self.server = driver, server
        driver.get(server.url + "/healthz")
        driver.delete_all_cookies()

    def go(self, path):
        self.driver.get(self.server.url + path)

    def text(self):
        return self.driver.find_element("tag name", "body").text

    def path(self):
        return self.driver.current_url.removeprefix(self.server.url)

    def follow(self, pattern):
        """The first link whose text matches."""
        links = self.driver.find_elements("css selector", "main a")
        link = next((one for one in links if re.search(pattern, one.text)), None)
        assert link, f"no link {pattern} among {[one.text for one in links]} on {self.path()}"
        self._and_wait(link.click)

    def fill(self, **fields):
        """Enter these and send the form that they stand in."""
        for name, value in fields.items():
            self.driver.find_element("name", name).send_keys(value)
        form = self.driver.find_element("css selector", f"form:has([name={next(iter(fields))}])")
        self._and_wait(form.find_element("css selector", "button").click)

    def _and_wait(self, act):
        """Until the page that this leads to has taken the place of the one before."""
        from selenium.webdriver.support.wait import WebDriverWait

        self.driver.execute_script("window.before = true")
        act()
        there = "return !window.before && document.readyState === 'complete'"
        WebDriverWait(self.driver, 20).until(lambda driver: driver.execute_script(there))


@pytest.fixture
def visitor(chromium, live_server, transactional_db):
    yield Visitor(chromium, live_server)
    # The browser keeps its connections to the server, and with them the server's to the database,
    # which nobody could drop then.
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )
