"""Signing in, sharing a picture and signing out, as a person does it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.job_store import JobStore, Worker, Workers
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import ANY, claimed, progress
from tests.web.browser.accessible import check_accessible
from tests.web.browser.conftest import served
from tests.web.browser.on_a_phone import check_page
from tests.web.browser.with_pictures import submit, succeed

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


def _finished(address: str, jobs: JobStore, data: Path) -> str:
    job_id = submit(address, TOKEN)
    succeed(claimed(jobs), jobs, ObjectStore(str(data / "images")))
    return job_id


def test_a_person_signs_in_and_out(guarded: str, page: Page) -> None:
    job_id = submit(guarded, TOKEN)
    _sign_in(page, guarded, f"/jobs/{job_id}")
    page.wait_for_url(f"{guarded}/jobs/{job_id}")
    page.get_by_role("button", name="Cancel", exact=True).click()
    page.get_by_role("button", name="Cancel the job").click()
    page.get_by_role("heading", name="cancelled").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{guarded}/signin")
    page.goto(guarded)
    page.wait_for_url(f"{guarded}/signin?next=/")


def test_a_shared_picture_is_seen_without_signing_in(
    guarded: str, page: Page, browser: Browser, jobs: JobStore, data: Path
) -> None:
    job_id = _finished(guarded, jobs, data)
    _sign_in(page, guarded, f"/jobs/{job_id}")
    link = _make_link(page)
    stranger = browser.new_page(locale="en")
    stranger.goto(link)
    check_page(stranger)
    check_accessible(stranger)
    width = stranger.get_by_alt_text("The painted picture").evaluate(
        "async (image) => { await image.decode(); return image.naturalWidth; }"
    )
    assert width > 0
    page.get_by_role("button", name="Revoke the link").click()
    expect(page.get_by_role("button", name="Make a link")).to_be_visible()
    response = stranger.goto(link)
    assert response is not None
    assert response.status == 404
    stranger.close()


def _make_link(page: Page) -> str:
    page.get_by_text("Share", exact=True).click()
    page.get_by_role("button", name="Make a link").click()
    link = page.get_by_label("Whoever has this link sees the picture")
    expect(link).to_have_value(re.compile("/s/"))
    return link.input_value()


def test_signing_in_and_sharing_fit_a_phone(
    guarded: str, page: Page, jobs: JobStore, data: Path
) -> None:
    job_id = _finished(guarded, jobs, data)
    page.goto(f"{guarded}/signin")
    check_page(page)
    check_accessible(page)
    _sign_in(page, guarded, f"/jobs/{job_id}")
    _make_link(page)
    check_page(page)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_pages_of_somebody_who_has_signed_in_fit_a_phone(
    guarded: str, page: Page, jobs: JobStore, redis: Connection, language: str
) -> None:
    page.context.add_cookies([{"name": "language", "value": language, "url": guarded}])
    announce(Workers(redis), Worker(name=ANY.worker, pixels=10**7))
    submit(guarded, TOKEN)
    jobs.report(claimed(jobs), progress(3), 72.0)
    page.goto(f"{guarded}/signin")
    page.locator("[name=token]").fill(TOKEN)
    page.locator("main button").click()
    page.wait_for_url(f"{guarded}/")
    for path in ("/", "/gallery", "/trash", "/workers"):
        page.goto(guarded + path)
        check_page(page)


def test_a_picture_is_rendered_again_with_the_cookie(
    guarded: str, page: Page, jobs: JobStore, data: Path
) -> None:
    _sign_in(page, guarded, f"/jobs/{_finished(guarded, jobs, data)}")
    with page.expect_response(lambda answer: answer.url.endswith("/render")) as answered:
        page.get_by_role("radio", name="shifted").check()
    assert answered.value.status == 200
