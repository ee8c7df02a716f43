"""A report in a browser: it renders, filters, keeps strangers' words as words, and opens at once."""

import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "trailhound"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
NASTY = "<img src=x onerror=alert(1)></script><script>alert(2)</script>\\u202egpj${alert(3)}`'\\\""


def trailhound(*args):
    subprocess.run([PROGRAM, "--quiet", *map(str, args)], check=True)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        with playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=FLAGS) as browser:
            yield browser


@pytest.fixture(scope="session")
def stories(tmp_path_factory):
    """A report on all attacks of the demo."""
    page = tmp_path_factory.mktemp("stories") / "report.html"
    trailhound("report", *sorted((ROOT / "events").glob("*.json")), "--output", page)
    return page


@pytest.fixture
def open_page(browser):
    """Opens a file; whatever the console says, or the page asks for, is an error in the end."""
    contexts, said = [], []

    def opened(file, where="", **settings):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **settings})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (said.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: None if request.url.startswith("file:") else said.append(request.url))
        page.goto(file.as_uri() + where)
        page.wait_for_selector("footer")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert said == []


def rows(page):
    return page.locator("#findings tbody tr").count()


def test_every_part_is_drawn(open_page, stories):
    page = open_page(stories)
    for part in ["findings", "time", "matrix", "heat", "origins", "people", "graph", "compliance"]:
        assert page.locator(f"#{part} h2").is_visible(), part
    assert page.locator("#time svg rect.level").count() > 2
    assert page.locator("#heat td.shade-8").count() > 0
    assert page.locator("#graph svg path.edge").count() > 0
    assert page.locator("#matrix button.found").count() > 10
    shades = page.evaluate(
        "new Set([...document.querySelectorAll('#heat td')].map((cell) => getComputedStyle(cell).backgroundColor)).size")
    assert shades > 2, "cells differ in shade"


def test_the_numbers_are_those_of_the_data(open_page, stories):
    page = open_page(stories)
    data = json.loads(re.search(r'id="data">(.*?)</script>', stories.read_text(), re.S).group(1))
    assert rows(page) == min(len(data["findings"]), 100)
    tiles = [int(text.replace(",", "")) for text in page.locator(".tile b").all_inner_texts()]
    assert sum(tiles) == len(data["findings"])


def test_levels_texts_and_techniques_filter(open_page, stories):
    page = open_page(stories)
    everything = rows(page)
    page.click("button[data-level='4']")
    without_critical = rows(page)
    assert 0 < without_critical < everything
    assert page.get_attribute("button[data-level='4']", "aria-pressed") == "false"
    page.fill("#filter-text", "hugo.martins")
    assert 0 < rows(page) < without_critical
    page.fill("#filter-text", "nobody of this name")
    assert rows(page) == 0 and page.locator("#findings [role=status]").inner_text() == "No finding fits these filters."
    page.click("text=Clear filters")
    assert rows(page) == everything
    cell = page.locator("#matrix button.found").first
    expected = int(cell.locator("b").inner_text())
    cell.click()
    assert rows(page) >= expected
    assert page.input_value("#filter-technique").startswith("T")


def test_a_finding_has_a_page_of_its_own(open_page, stories):
    page = open_page(stories)
    page.locator("#findings tbody a").first.click()
    page.wait_for_selector("#one article")
    assert not page.locator("#all").is_visible()
    assert '"eventName"' in page.locator("#one pre.record").inner_text()
    assert page.locator("#one .command").count() > 0
    address = page.url
    page.go_back()
    page.wait_for_selector("#all", state="visible")
    again = open_page(stories, "#" + address.split("#")[1])
    assert again.locator("#one article").is_visible()
    strange = open_page(stories, "#finding=%E0%A4%A")
    assert strange.locator("#all").is_visible()


def test_it_can_be_used_without_a_mouse(open_page, stories):
    page = open_page(stories)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#findings tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#one article")
    assert page.evaluate("document.activeElement.tagName") == "H2"
    unnamed = page.evaluate("[...document.querySelectorAll('button, a, input, select')].filter((one) => one.checkVisibility()"
                            " && !(one.textContent.trim() || one.getAttribute('aria-label') || one.labels?.length)).length")
    assert unnamed == 0


def test_it_speaks_both_languages(open_page, stories):
    page = open_page(stories)
    english = page.locator("main#all").inner_text()
    page.click("#language")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    chinese = page.locator("main#all").inner_text()
    assert "发现" in chinese and english != chinese
    assert "undefined" not in english + chinese and "[object" not in english + chinese


def test_light_dark_narrow_and_paper(open_page, stories):
    dark = open_page(stories, color_scheme="dark")
    background = "getComputedStyle(document.body).backgroundColor"
    assert dark.evaluate(background) == "rgb(20, 23, 27)"
    dark.click("#theme")
    assert dark.evaluate(background) == "rgb(255, 255, 255)"
    narrow = open_page(stories, viewport={"width": 380, "height": 800})
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 380
    narrow.locator("#findings tbody a").first.click()
    narrow.wait_for_selector("#one article")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 380
    paper = open_page(stories)
    paper.emulate_media(media="print")
    paper.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not paper.locator("nav").is_visible() and paper.locator("#printed article").count() > 5


def test_strangers_words_stay_words(open_page, tmp_path):
    text = (ROOT / "events" / "trail-blinded.json").read_text()
    escaped = NASTY.replace("`", "\\u0060")
    for name in ["hugo.martins", "acme-org", "boto3", "Boto3", "203.0.113.77", "eu-west-1"]:
        text = text.replace(name, escaped)
    (tmp_path / "nasty.json").write_text(text)
    trailhound("report", tmp_path / "nasty.json", "--output", tmp_path / "nasty.html", "--title", "<b>t</b>")
    page = open_page(tmp_path / "nasty.html")
    for _ in range(2):
        assert page.locator("img, main script, header b b").count() == 0
        assert "<img src=x onerror=alert(1)>" in page.locator("main#all").inner_text()
        assert "\u202e" not in page.inner_text("body")
        page.click("#language")
    for link in range(rows(page)):
        page.locator("#findings tbody a").nth(link).click()
        page.wait_for_selector("#one article")
        assert page.locator("#one img, #one script").count() == 0
        page.click("a.back")
    assert page.inner_text("h1") == "<b>t</b>"


def test_nothing_is_a_report_too(open_page, tmp_path):
    (tmp_path / "a.json").write_text("[]")
    trailhound("report", tmp_path / "a.json", "--output", tmp_path / "empty.html")
    page = open_page(tmp_path / "empty.html")
    assert "Nothing was found" in page.inner_text("#findings")


def test_a_month_opens_at_once(open_page, tmp_path):
    trailhound("simulate", "--records", 100_000, "--output", tmp_path / "month")
    trailhound("report", tmp_path / "month", "--output", tmp_path / "month.html")
    size = (tmp_path / "month.html").stat().st_size
    open_page(tmp_path / "month.html")  # the browser itself is warm
    started = time.monotonic()
    page = open_page(tmp_path / "month.html")
    seconds = time.monotonic() - started
    drawn = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000
    print(f"\n100,000 records: {size / 1e6:.2f} MB, {drawn:.2f} s to draw, {seconds:.2f} s with the window")
    assert size < 5_000_000
    assert drawn > 0  # how long depends on what else the machine does: two seconds are the aim
