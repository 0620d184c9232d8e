"""Headless Chromium opens /docs: the page is whole by itself, and every route of the document is on it."""

import json

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By


@pytest.fixture(scope="module")
def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    # As root, Chromium starts only without its sandbox; the page is our own.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,1600"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield browser
    browser.quit()


def test_the_page_needs_nothing_from_outside_and_shows_every_route(gateway, browser, tmp_path):
    with gateway.client() as client:
        document = client.get("/openapi.json").raise_for_status().json()
    browser.get(gateway.address + "/docs")
    assert document["info"]["title"] in browser.title
    text = browser.find_element(By.TAG_NAME, "body").text
    missing = [path for path in document["paths"] if path not in text]
    assert missing == []

    picture = tmp_path / "docs.png"
    assert browser.save_screenshot(str(picture)) and picture.stat().st_size > 10_000
    assert [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")] == []
    asked = [
        message["params"]["request"]["url"]
        for entry in browser.get_log("performance")
        if (message := json.loads(entry["message"])["message"])["method"] == "Network.requestWillBeSent"
    ]
    assert asked and [url for url in asked if not url.startswith((gateway.address, "data:"))] == []
