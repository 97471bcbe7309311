"""The pages in a real browser: the form sends what was chosen, the job page follows its job."""

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from samples import style_path
from shared.errors import OutOfMemory
from shared.job import JobProgress, JobState
from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.formatted import ESTIMATES, NUMBERS
from tests.parts import trash_of
from tests.shared.job_store.transitions import claimed, in_state, queued, running
from tests.web.browser.on_a_phone import check_page
from tests.web.finished_job import finish, finished

PICTURE = style_path("brushwork")
LOSS = {"total": 67271.6, "style": 0.5, "content": 12.345, "mood": 1.5e-5}
SHOWN = {"total loss": "67,272", "style loss": "0.5", "content loss": "12.3"}
SHOWN_NEW_TERM = {"mood loss": "0.000015"}


def progress(evaluation: int) -> JobProgress:
    return JobProgress(
        evaluation=evaluation,
        evaluations=10,
        level=1,
        levels=2,
        fraction=evaluation / 10,
        loss=LOSS,
        history=10,
        tile=None,
    )


def losses(page: Page) -> dict[str, str]:
    terms = page.locator("#losses dt").all_inner_texts()
    return dict(
        zip(map(str.lower, terms), page.locator("#losses dd").all_inner_texts(), strict=True)
    )


def fact(page: Page, name: str) -> str | None:
    row = page.locator(f"[data-fact={name}]")
    return row.locator("dd").inner_text() if row.is_visible() else None


def test_the_page_follows_its_job_to_the_end(page: Page, url: str, jobs: JobStore) -> None:
    job_id = queued(jobs)
    page.goto(f"{url}/jobs/{job_id}")
    assert fact(page, "position") == "1"
    expect(page.get_by_text("No worker is online")).to_be_visible()
    claim = claimed(jobs)
    expect(page.locator("#state")).to_have_text("running")
    jobs.report(claim, progress(3), 42.0)
    expect(page.locator("[data-fact=evaluation] dd")).to_have_text("3 of 10")
    assert fact(page, "done") == "about 40 s"
    assert fact(page, "position") is None
    assert losses(page) == SHOWN | SHOWN_NEW_TERM
    assert page.title() == "Running · Gramworks"
    jobs.fail(claim, OutOfMemory(width=64, height=48, maximum=32))
    expect(page.locator("#state")).to_have_text("failed")
    expect(page.get_by_text("A size of 32 should fit.")).to_be_visible()
    assert not page.get_by_role("button", name="Cancel").is_visible()


def test_what_the_server_rendered_stays_the_same_after_the_first_event(
    page: Page, url: str, jobs: JobStore
) -> None:
    claim = running(jobs)
    jobs.report(claim, progress(3), 42.0)
    html = httpx.get(f"{url}/jobs/{claim.job_id}").text
    rendered = dict(re.findall(r"<dt>([\w ]+)</dt><dd>([^<]+)</dd>", html))
    page.goto(f"{url}/jobs/{claim.job_id}")
    expect(page.locator("[data-fact=evaluation] dd")).to_have_text("3 of 10")
    jobs.report(claim, progress(4), 42.0)
    expect(page.locator("[data-fact=evaluation] dd")).to_have_text("4 of 10")
    assert losses(page) == {
        name: value for name, value in rendered.items() if name.endswith("loss")
    }
    assert losses(page) == SHOWN | SHOWN_NEW_TERM
    assert fact(page, "done") == rendered["done in"]


def test_a_page_does_not_reconnect_after_the_end_of_its_job(
    page: Page, url: str, jobs: JobStore
) -> None:
    job_id = queued(jobs)
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{url}/jobs/{job_id}")
    expect(page.get_by_text("No worker is online")).to_be_visible()
    jobs.cancel(job_id)
    expect(page.locator("#state")).to_have_text("cancelled")
    page.wait_for_timeout(4000)  # a browser reconnects after three seconds
    assert len([each for each in requested if each.endswith("/events")]) == 1


def test_a_lost_connection_is_shown_until_it_is_back(
    browser: Browser, url: str, jobs: JobStore
) -> None:
    job_id, page = queued(jobs), browser.new_page()  # without the check for errors in the console
    page.route("**/events", lambda route: route.abort())
    page.goto(f"{url}/jobs/{job_id}")
    lost = page.get_by_text("The connection was lost")
    expect(lost).to_be_visible()
    page.unroute("**/events")
    expect(lost).to_be_hidden(timeout=15_000)
    page.close()


@pytest.mark.parametrize(
    ("function", "table"), [("number", NUMBERS), ("about", ESTIMATES)], ids=["number", "about"]
)
def test_the_browser_formats_as_the_server_does(
    page: Page, url: str, function: str, table: list[tuple[float, str]]
) -> None:
    page.goto(url)
    values = [value for value, _ in table]
    shown = page.evaluate(
        "async ([name, values]) => values.map((await import('/static/x/js/format.js'))[name])",
        [function, values],
    )
    assert dict(zip(values, shown, strict=True)) == dict(table)


def test_times_are_local_on_every_page(page: Page, url: str, jobs: JobStore) -> None:
    job_id = queued(jobs)
    for path in ("/", f"/jobs/{job_id}"):
        page.goto(url + path)
        expect(page.locator("time").first).not_to_contain_text("UTC")


def test_only_a_failed_job_can_be_retried(page: Page, url: str, jobs: JobStore) -> None:
    claim = running(jobs)
    page.goto(f"{url}/jobs/{claim.job_id}")
    retry = page.get_by_role("button", name="Retry")
    expect(page.locator("#state")).to_have_text("running")
    assert not retry.is_visible()
    jobs.fail(claim, OutOfMemory(width=64, height=48, maximum=32))
    expect(retry).to_be_visible()
    retry.click()
    expect(page.locator("#state")).to_have_text("queued")
    assert not retry.is_visible()
    jobs.cancel(claim.job_id)
    expect(page.locator("#state")).to_have_text("cancelled")
    assert not retry.is_visible()


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


def test_a_job_is_cancelled_from_its_page(page: Page, url: str, jobs: JobStore) -> None:
    job_id = queued(jobs)
    page.goto(f"{url}/jobs/{job_id}")
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.locator("#state")).to_have_text("cancelled")
    assert jobs.get(job_id).state == "cancelled"


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
    claim = running(jobs)
    jobs.report(claim, progress(3), 42.0)
    painted = finished(jobs, ObjectStore(str(data / "images")))
    trash_of(jobs).move(trashed := in_state(jobs, JobState.CANCELLED).job_id)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    paths = ("/", f"/jobs/{claim.job_id}", f"/jobs/{painted}", f"/jobs/{trashed}")
    for number, path in enumerate(paths):
        page.goto(url + path)
        check_page(page)
        page.screenshot(path=tmp_path / f"{scheme}{number}.png")
