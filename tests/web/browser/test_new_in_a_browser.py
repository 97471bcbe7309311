"""The page for a new picture in a real browser: choosing pictures and settings, sending them."""

from playwright.sync_api import Page, expect

from samples import style_path
from shared.job import Job
from shared.job_store import JobStore
from shared.settings import PRESETS, StyleSettings

PICTURE = style_path("brushwork")


def choose_pictures(page: Page) -> None:
    for field in ("content", "style"):
        page.set_input_files(f"input[name={field}]", PICTURE)


def latest(jobs: JobStore) -> Job:
    [job] = jobs.page(1).jobs
    assert isinstance(job, Job)
    return job


def test_an_untouched_form_sends_only_the_preset(page: Page, url: str, jobs: JobStore) -> None:
    page.goto(url)
    choose_pictures(page)
    page.get_by_role("button", name="Paint it").click()
    expect(page.locator("#state")).to_have_text("queued")
    assert latest(jobs).settings == StyleSettings(**PRESETS["balanced"])


def test_the_form_sends_what_was_chosen(page: Page, url: str, jobs: JobStore) -> None:
    page.goto(url)
    choose_pictures(page)
    page.get_by_role("radio", name="Faithful").check()
    page.fill("input[name=size]", "64")
    page.locator("summary", has_text="Photograph").click()
    page.fill("input[name=content_weight]", "0.001")
    page.locator("summary", has_text="Method").click()
    page.select_option("select[name=geometry]", "aspect")
    page.get_by_role("button", name="Paint it").click()
    expect(page.locator("#state")).to_have_text("queued")
    chosen = {"size": 64, "content_weight": 0.001, "geometry": "aspect"}
    assert latest(jobs).settings == StyleSettings.model_validate(chosen)


def test_the_form_sends_the_size_of_the_photograph(page: Page, url: str, jobs: JobStore) -> None:
    page.goto(url)
    choose_pictures(page)
    page.fill("input[name=size]", "original")
    page.get_by_role("button", name="Paint it").click()
    expect(page.locator("#state")).to_have_text("queued")
    job = latest(jobs)
    assert job.settings.size == job.inputs.content.height


def test_an_upload_that_is_too_large_shows_the_error_of_the_server(page: Page, url: str) -> None:
    page.goto(url)
    page.evaluate("document.querySelector('#new').dataset.limit = 1000")
    choose_pictures(page)
    message = "The upload is too large. Files can have up to 64 MB together."
    expect(page.locator("[data-kind=content] .chosen small")).to_have_text(message)
