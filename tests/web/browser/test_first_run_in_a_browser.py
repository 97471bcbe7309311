"""The first picture in a real browser: the invitation, one click, and what then happens."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.shared.job_store.transitions import claimed, progress
from tests.web.browser.accessible import check_accessible
from tests.web.browser.on_a_phone import check_page
from tests.web.finished_job import finish


def current(page: Page) -> str | None:
    return page.locator("#tour [aria-current]").get_attribute("data-step")


def test_one_click_paints_a_pair_and_shows_each_step(
    page: Page, url: str, jobs: JobStore, data: Path
) -> None:
    page.goto(url)
    page.get_by_role("button", name="Paint this pair").click()
    expect(page.get_by_role("heading", name="What happens to your picture")).to_be_visible()
    steps = page.locator("#tour [aria-current]")
    expect(steps).to_have_attribute("data-step", "queued")
    claim = claimed(jobs)
    expect(steps).to_have_attribute("data-step", "coarse")
    jobs.report(claim, progress(4).model_copy(update={"level": 2, "levels": 4}), 5.0)
    expect(steps).to_have_attribute("data-step", "fine")
    finish(claim, jobs, ObjectStore(str(data / "images")))
    expect(steps).to_have_attribute("data-step", "succeeded")
    page.locator("#end-tour").click()
    expect(page.locator("#tour")).to_be_hidden()
    assert page.url == f"{url}/jobs/{claim.job_id}"
    page.goto(url)
    expect(page.get_by_role("button", name="Paint it")).to_be_visible()
    expect(page.get_by_role("button", name="Paint this pair")).to_be_hidden()


def test_it_works_without_javascript(plain_page: Page, url: str, jobs: JobStore) -> None:
    page = plain_page
    page.goto(url)
    page.get_by_role("button", name="Paint this pair").click()
    assert current(page) == "queued"
    claimed(jobs)
    page.reload()
    assert current(page) == "coarse"
    page.get_by_role("link", name="Close").click()
    expect(page.locator("#tour")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it_also_on_a_phone(
    page: Page, url: str, jobs: JobStore, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(url)
    check_accessible(page)
    check_page(page)
    page.get_by_role("button", name="Paint this pair").click()
    expect(page.locator("#tour")).to_be_visible()
    claimed(jobs)
    expect(page.locator("#tour [aria-current]")).to_have_attribute("data-step", "coarse")
    check_accessible(page)
    check_page(page)
