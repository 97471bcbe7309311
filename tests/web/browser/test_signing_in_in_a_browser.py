"""Signing in, sharing a picture and signing out, as a person does it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from shared.job_store import JobStore
from shared.kept_pixels import KeptPixels, Photograph
from shared.object_store import ObjectStore
from tests.shared.job_store.transitions import claimed, queued
from tests.web.browser.conftest import served
from tests.web.browser.on_a_phone import check_page
from tests.web.finished_job import KERAS, finish, painted, photographed

TOKEN = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def guarded(redis_url: str, data: Path) -> Iterator[str]:
    """Return the address of a web server that needs tokens."""
    with served(redis_url, data, GRAMWORKS_TOKEN=TOKEN) as address:
        yield address


def _sign_in(page: Page, address: str, path: str) -> None:
    page.goto(address + path)
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()


def test_a_person_signs_in_and_out(guarded: str, page: Page, jobs: JobStore) -> None:
    job_id = queued(jobs, owner="operator")
    _sign_in(page, guarded, f"/jobs/{job_id}")
    page.wait_for_url(f"{guarded}/jobs/{job_id}")
    page.get_by_role("button", name="Cancel the job").click()
    page.get_by_role("heading", name="cancelled").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{guarded}/signin")
    page.goto(guarded)
    page.wait_for_url(f"{guarded}/signin?next=/")


def test_a_shared_picture_is_seen_without_signing_in(
    guarded: str, page: Page, browser: Browser, jobs: JobStore, data: Path
) -> None:
    job_id = queued(jobs, owner="alice")
    finish(claimed(jobs), jobs, ObjectStore(str(data / "images")))
    _sign_in(page, guarded, f"/jobs/{job_id}")
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#share a").get_attribute("href")
    assert link is not None
    stranger = browser.new_page()
    stranger.goto(link)
    width = stranger.get_by_alt_text("the picture").evaluate(
        "async (image) => { await image.decode(); return image.naturalWidth; }"
    )
    assert width == 64
    page.get_by_role("button", name="Revoke the link").click()
    page.wait_for_url(f"{guarded}/jobs/{job_id}")
    response = stranger.goto(link)
    assert response is not None
    assert response.status == 404
    stranger.close()


def test_signing_in_and_sharing_fit_a_phone(
    guarded: str, page: Page, jobs: JobStore, data: Path
) -> None:
    job_id = queued(jobs, owner="operator")
    wide = KeptPixels.of(painted(300, 1500), KERAS, Photograph(photographed(300, 1500)))
    finish(claimed(jobs), jobs, ObjectStore(str(data / "images")), wide)
    page.goto(f"{guarded}/signin")
    check_page(page)
    _sign_in(page, guarded, f"/jobs/{job_id}")
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    check_page(page)
    page.locator("#share a").click()
    page.get_by_role("link", name="Download PNG").wait_for()
    check_page(page)


def test_a_picture_is_rendered_again_with_the_cookie(
    guarded: str, page: Page, jobs: JobStore, data: Path
) -> None:
    job_id = queued(jobs, owner="operator")
    finish(claimed(jobs), jobs, ObjectStore(str(data / "images")))
    _sign_in(page, guarded, f"/jobs/{job_id}")
    page.get_by_text("Other colours and formats").click()
    with page.expect_response(lambda answer: answer.url.endswith("/render")) as answered:
        page.get_by_role("button", name="Show").click()
    assert answered.value.status == 200
