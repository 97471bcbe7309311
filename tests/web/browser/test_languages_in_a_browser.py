"""Pages speak the browser's language, or the one that was chosen in the footer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.job_store import JobStore
from tests.formatted import ESTIMATES_IN, NUMBERS_IN
from tests.shared.job_store.transitions import running
from tests.web.browser.accessible import check_accessible

PLURALS = """async ([one, other, counts]) => {
  const { ngettext } = await import('/static/x/js/messages.js');
  return counts.map((count) => ngettext(one, other, count));
}"""


@pytest.fixture
def polish(browser: Browser, page: Page) -> Iterator[Page]:
    """Return a page of a browser whose language is Polish."""
    del page  # it empties Redis
    opened = browser.new_page(locale="pl-PL")
    yield opened
    opened.close()


def test_the_browser_decides_and_the_switch_is_remembered(polish: Page, url: str) -> None:
    polish.goto(url)
    expect(polish.locator("html")).to_have_attribute("lang", "pl")
    expect(polish).to_have_title("Nowy obraz · Gramworks")
    polish.get_by_role("button", name="English").click()
    expect(polish).to_have_title("New picture · Gramworks")
    polish.goto(f"{url}/gallery")
    expect(polish.locator("html")).to_have_attribute("lang", "en")
    polish.get_by_role("button", name="Polski").click()
    expect(polish.locator("html")).to_have_attribute("lang", "pl")
    expect(polish).to_have_url(f"{url}/gallery")


def test_an_error_is_in_polish(polish: Page, url: str) -> None:
    polish.goto(f"{url}/jobs/none")
    expect(polish.get_by_role("heading")).to_have_text("Nie znaleziono")
    expect(polish.locator("main")).to_contain_text("Nie ma zadania none.")
    check_accessible(polish)


def test_a_live_job_is_in_polish(polish: Page, url: str, jobs: JobStore) -> None:
    claim = running(jobs)
    polish.goto(f"{url}/jobs/{claim.job_id}")
    expect(polish.locator("main")).to_contain_text("Rozpoczęto na ")
    jobs.cancel(claim.job_id)
    expect(polish.locator("main")).to_contain_text("Anulowano.")


def test_scripts_use_the_plural_forms_of_the_language(polish: Page, url: str) -> None:
    polish.goto(url)
    one, other = "There can be {count} style.", "There can be up to {count} styles."
    shown = polish.evaluate(PLURALS, [one, other, [1, 2, 5, 22]])
    assert [text.split("Można wybrać ")[1] for text in shown] == [
        "1 styl.", "najwyżej 2 style.", "najwyżej 5 stylów.", "najwyżej 22 style.",
    ]  # fmt: skip # in one line


@pytest.mark.parametrize("language", NUMBERS_IN)
@pytest.mark.parametrize(
    ("function", "tables"), [("number", NUMBERS_IN), ("about", ESTIMATES_IN)], ids=str
)
def test_the_browser_formats_as_the_server_does(
    page: Page, polish: Page, url: str, language: str, function: str,
    tables: dict[str, list[tuple[float, str]]],
) -> None:  # fmt: skip # two pages a test
    used, table = polish if language == "pl" else page, tables[language]
    used.goto(url)
    shown = used.evaluate(
        "async ([name, values]) => values.map((await import('/static/x/js/format.js'))[name])",
        [function, [value for value, _ in table]],
    )
    assert list(zip((value for value, _ in table), shown, strict=True)) == table
