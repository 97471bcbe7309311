"""What all pages have in common, and the trash, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from shared.job import JobState
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.parts import trash_of
from tests.shared.job_store.transitions import claimed, in_state, queued
from tests.web.browser.on_a_phone import check_page
from tests.web.browser.with_pictures import submit, succeed


def test_times_are_local_on_every_page(page: Page, url: str) -> None:
    job_id = submit(url)
    for path in ("/", f"/jobs/{job_id}"):
        page.goto(url + path)
        expect(page.locator("time").first).not_to_contain_text("UTC")


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
    submit(url)
    claim = claimed(jobs)
    page.goto(f"{url}/jobs/{claim.job_id}")
    delete = page.get_by_role("button", name="Move to the trash")
    expect(delete).to_be_hidden()
    succeed(claim, jobs, ObjectStore(str(data / "images")))
    delete.click()
    expect(page.get_by_text("The picture is in the trash.")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Restore the job").click()
    expect(page.locator("#state")).to_have_text("succeeded")
    page.wait_for_load_state()  # without its script, the button opens the trash's page
    delete.click()
    expect(page.get_by_text("The picture is in the trash.")).to_be_visible()
    page.reload()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.get_by_role("button", name="Paint it")).to_be_visible()
    assert jobs.get_all([claim.job_id]) == []


def test_a_finished_job_is_not_shown_before_its_script_has_loaded(
    page: Page, url: str, jobs: JobStore, data: Path
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    submit(url)
    claim = claimed(jobs)
    page.goto(f"{url}/jobs/{claim.job_id}")
    page.route("**/job/finished.js*", hold)
    delete = page.get_by_role("button", name="Move to the trash")
    with page.expect_request("**/job/finished.js*"):
        succeed(claim, jobs, ObjectStore(str(data / "images")))
    page.wait_for_timeout(1000)
    expect(delete).to_be_hidden()
    held.pop().continue_()
    delete.click()
    expect(page.get_by_text("The picture is in the trash.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_phone_and_controls_are_large_enough_to_tap(
    page: Page, url: str, jobs: JobStore, scheme: str, data: Path, tmp_path: Path
) -> None:
    painted = submit(url)
    succeed(claimed(jobs), jobs, ObjectStore(str(data / "images")))
    trash_of(jobs).move(trashed := in_state(jobs, JobState.CANCELLED).job_id)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    paths = ("/", f"/jobs/{painted}", f"/jobs/{trashed}")
    for number, path in enumerate(paths):
        page.goto(url + path)
        check_page(page)
        page.screenshot(path=tmp_path / f"{scheme}{number}.png")
