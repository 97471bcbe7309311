"""The pages in a real browser: the form sends what was chosen, the job page follows its job."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shared.job import JobState
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.parts import trash_of
from tests.shared.job_store.transitions import in_state, queued, running
from tests.web.browser.on_a_phone import check_page
from tests.web.finished_job import finish, finished


def test_times_are_local_on_every_page(page: Page, url: str, jobs: JobStore) -> None:
    job_id = queued(jobs)
    for path in ("/", f"/jobs/{job_id}"):
        page.goto(url + path)
        expect(page.locator("time").first).not_to_contain_text("UTC")


def test_a_finished_picture_is_shown_and_downloaded_with_other_means(
    page: Page, url: str, jobs: JobStore, data: Path
) -> None:
    job_id = finished(jobs, ObjectStore(str(data / "images")))
    page.goto(f"{url}/jobs/{job_id}")
    page.get_by_text("Other colours and formats").click()
    page.fill("input[name=deprocess_means]", "0, 0, 255")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#picture")).to_have_attribute("src", re.compile("^blob:"))
    assert page.locator("#picture").evaluate("each => [each.naturalWidth, each.naturalHeight]")
    page.fill("input[name=deprocess_means]", "")
    page.select_option("#rendering select[name=format]", "tiff")
    with page.expect_download() as download:
        page.locator("#rendering").get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == f"gramworks-{job_id}.tiff"


def test_a_page_offers_to_render_once_the_job_has_succeeded(
    page: Page, url: str, jobs: JobStore, data: Path
) -> None:
    claim = running(jobs)
    page.goto(f"{url}/jobs/{claim.job_id}")
    expect(page.locator("#state")).to_have_text("running")
    assert not page.locator("#rendering").is_visible()
    finish(claim, jobs, ObjectStore(str(data / "images")))
    expect(page.locator("#rendering")).to_be_visible()


def test_an_unreadable_job_is_shown_and_can_be_deleted(
    page: Page, url: str, jobs: JobStore
) -> None:
    job_id = queued(jobs)
    jobs._connection.hset(f"gw:job:{job_id}", "state", "levitating")
    page.goto(url)
    page.get_by_text("unreadable").click()
    expect(page.get_by_text("cannot read the job")).to_be_visible()
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_role("heading", name="In the trash")).to_be_visible()
    assert jobs.page(10).jobs == []


def test_a_deleted_job_is_restored_from_its_page(
    page: Page, url: str, jobs: JobStore, data: Path
) -> None:
    claim = running(jobs)
    page.goto(f"{url}/jobs/{claim.job_id}")
    delete = page.get_by_role("button", name="Move to the trash")
    expect(delete).to_be_hidden()
    finish(claim, jobs, ObjectStore(str(data / "images")))
    delete.click()
    restore = page.get_by_role("button", name="Restore the job")
    expect(restore).to_be_visible()
    page.reload()
    restore.click()
    expect(page.locator("#state")).to_have_text("succeeded")
    delete.click()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.get_by_role("button", name="Paint it")).to_be_visible()
    assert jobs.get_all([claim.job_id]) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_controls_are_large_enough_to_tap(
    page: Page, url: str, jobs: JobStore, scheme: str, data: Path, tmp_path: Path
) -> None:
    painted = finished(jobs, ObjectStore(str(data / "images")))
    trash_of(jobs).move(trashed := in_state(jobs, JobState.CANCELLED).job_id)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    paths = ("/", f"/jobs/{painted}", f"/jobs/{trashed}")
    for number, path in enumerate(paths):
        page.goto(url + path)
        check_page(page)
        page.screenshot(path=tmp_path / f"{scheme}{number}.png")
