"""A picture is painted by a real worker while a real browser watches."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from samples import photograph_path, style_path
from shared.job_store import JobStore
from tests.parts import events_of
from tests.system.running_system import RunningSystem, kill, wait_until
from tests.web.browser.test_live_in_a_browser import table

SECONDS = 60_000  # ms that a loaded machine may take for what follows
ITERATIONS = 2000  # more than a slow browser lets pass before it stops the job
SETTINGS = {"preset": "faithful", "size": 80, "iterations": ITERATIONS}


@contextmanager
def started(redis_url: str, folder: Path) -> Iterator[RunningSystem]:
    """Start web and worker."""
    system = RunningSystem(redis_url, folder)
    system.start_web()
    system.start_worker()
    yield system
    system.end()


@pytest.fixture
def system(page: Page, redis_url: str, tmp_path: Path) -> Iterator[RunningSystem]:
    """Start them over the emptied Redis."""
    with started(redis_url, tmp_path) as system:
        yield system
        page.close()  # before its server: what it still asks for would be an error of the page


def test_a_picture_is_watched_through_a_reload_and_a_pause_until_it_is_kept(
    page: Page, system: RunningSystem, jobs: JobStore
) -> None:
    with system.client() as client:
        job = client.submit(photograph_path("chelsea"), style_path("woodcut-waves"), SETTINGS)
    page.goto(f"{system.url}/jobs/{job.id}")
    bar = page.get_by_role("progressbar")
    expect(page).to_have_title(re.compile("^[1-9][0-9]? %"), timeout=SECONDS)
    expect(page.get_by_alt_text("The picture so far")).to_be_visible(timeout=SECONDS)
    page.reload()
    expect(page.locator("#chart polyline").first).to_be_attached()
    shown = float(bar.get_attribute("value") or 0)
    page.keyboard.press("p")
    expect(page.locator("#state")).to_have_text("paused", timeout=SECONDS)
    assert jobs.get(job.id).is_paused
    page.keyboard.press("p")
    expect(page.locator("#state")).to_have_text("running", timeout=SECONDS)
    wait_until(lambda: float(bar.get_attribute("value") or 0) > shown, "it continues")
    page.keyboard.press("s")
    page.get_by_role("dialog").get_by_role("button", name="Stop and keep this").click()
    expect(page.locator("#job")).to_have_attribute("data-part", "finished", timeout=SECONDS)
    assert page.title() == "Done · Gramworks"
    ended = jobs.get(job.id)
    assert ended.stopped_after
    assert ended.stopped_after < ITERATIONS


def test_the_table_of_a_painted_picture_has_the_losses_that_its_worker_reported(
    page: Page, system: RunningSystem, jobs: JobStore
) -> None:
    page.goto(system.url)
    page.set_input_files("input[type=file][name=content]", photograph_path("chelsea"))
    page.set_input_files("input[type=file][name=style]", style_path("woodcut-waves"))
    page.fill("#size", "64")
    page.get_by_role("button", name="Paint it").click()
    expect(page.locator("#job")).to_have_attribute("data-part", "finished", timeout=SECONDS)
    job_id = page.url.rpartition("/")[2]
    page.locator("summary", has_text="Losses").first.click()
    page.get_by_text("Losses as a table").click()
    reported = [str(each.evaluation) for each in reversed(events_of(jobs).losses(job_id))]
    assert reported
    shown = [row["evaluation"] for row in table(page)]
    newest = jobs.get(job_id).progress
    assert newest is not None
    assert shown == list(dict.fromkeys([str(newest.evaluation), *reported]))
    assert len(page.locator("#chart polyline").all()) == len(newest.loss)


@pytest.mark.usefixtures("redis")  # emptied
def test_a_server_that_dies_and_comes_back_loses_nothing_of_the_page(
    browser: Browser, redis_url: str, tmp_path: Path, jobs: JobStore
) -> None:
    with started(redis_url, tmp_path) as system:
        with system.client() as client:
            job = client.submit(photograph_path("chelsea"), style_path("woodcut-waves"), SETTINGS)
        page = browser.new_page(locale="en")  # one whose console may say that it cannot connect
        page.goto(f"{system.url}/jobs/{job.id}")
        bar = page.get_by_role("progressbar")
        expect(page).to_have_title(re.compile("^[1-9][0-9]? %"), timeout=SECONDS)
        shown = float(bar.get_attribute("value") or 0)
        kill(system.running("web"))
        expect(page.get_by_text("The connection was lost")).to_be_visible(timeout=SECONDS)
        system.start_web()
        expect(page.get_by_text("The connection was lost")).to_be_hidden(timeout=SECONDS)
        wait_until(lambda: float(bar.get_attribute("value") or 0) > shown, "it continues")
        page.keyboard.press("s")
        page.get_by_role("dialog").get_by_role("button", name="Stop and keep this").click()
        expect(page.locator("#job")).to_have_attribute("data-part", "finished", timeout=SECONDS)
        assert jobs.get(job.id).attempt == 1
        page.close()
