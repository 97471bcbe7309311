"""What a picture will be, before it is submitted: an estimate, a draft, the recipe of another."""

import base64
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from samples import photograph_path, style_path
from shared.errors import OutOfMemory
from shared.job import Job
from shared.job_store import Claim, JobStore, Memory, Worker, Workers
from shared.job_store.connection import Connection
from shared.metadata import Metadata
from shared.object_store import ObjectStore
from shared.pictures import encode
from shared.provenance import Provenance
from shared.settings import read_settings
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import claimed, progress, queued
from tests.system.running_system import wait_until
from tests.web.browser.accessible import check_accessible
from tests.web.browser.on_a_phone import check_page
from tests.web.finished_job import finish

DRAFTS = "localStorage.getItem('drafts') ?? ''"
STYLE = style_path("woodcut-waves")
MEMORY = Memory(4_000_000_000, 1_000_000_000, 2500)
FAST = Worker(name="fast", pixels=10**6, memory=MEMORY, speed=1e6, overhead=2.0)


@pytest.fixture
def photograph() -> Path:
    return photograph_path("chelsea")  # 451 × 300


@pytest.fixture
def objects(data: Path) -> ObjectStore:
    return ObjectStore(str(data / "images"))


@pytest.fixture
def of_errors(browser: Browser, redis: Connection) -> Iterator[Page]:  # noqa: ARG001 - emptied
    """Return a page that may log errors, as Chromium does for every answer 422."""
    page = browser.new_page(viewport={"width": 1200, "height": 900}, locale="en")
    yield page
    page.close()


def choose(page: Page, photograph: Path) -> None:
    page.set_input_files("input[name=content]", photograph)
    page.set_input_files("input[name=style]", STYLE)
    expect(page.locator("#make-draft")).to_be_enabled()


def live(jobs: JobStore) -> list[Job]:
    return [job for job in jobs.page(10).jobs if isinstance(job, Job)]


def ask_for_a_draft(page: Page, jobs: JobStore) -> Claim:
    """Click, and return the claim of the draft's job."""
    page.get_by_role("button", name="Make a draft").click()
    wait_for_a_draft(page, jobs)
    return claimed(jobs)


def wait_for_a_draft(page: Page, jobs: JobStore) -> None:
    """Wait until a draft is submitted and the page has the answer, so that it can delete it."""
    wait_until(lambda: bool(live(jobs)), "the draft is submitted", 10)
    wait_until(lambda: "/jobs/" in page.evaluate(DRAFTS), "the page has the answer", 10)


def test_size_time_and_memory_are_shown_before_submitting(
    page: Page, url: str, jobs: JobStore, redis: Connection, photograph: Path
) -> None:
    announce(Workers(redis), FAST)
    queued(jobs)
    page.goto(url)
    expect(page.locator("#estimate-hint")).to_be_visible()
    choose(page, photograph)
    page.fill("#size", "200")
    expect(page.locator("#estimate")).to_have_text(re.compile("^300 × 200 px, about .* s$"))
    expect(page.locator("#estimate-more")).to_contain_text("GB of a worker's memory")
    expect(page.locator("#estimate-more")).to_contain_text("1 job is before it.")
    expect(page.locator("#estimate-hint")).to_be_hidden()


def test_it_says_when_no_worker_is_online_or_none_fits(
    of_errors: Page, url: str, redis: Connection, photograph: Path
) -> None:
    page = of_errors
    page.goto(url)
    choose(page, photograph)
    waiting = page.locator("#estimate-waiting")
    expect(waiting).to_have_text("No worker is online. The job starts as soon as one is.")
    announce(Workers(redis), FAST.model_copy(update={"pixels": 20_000}))
    page.fill("#size", "400")
    problem = page.locator("[data-setting=size] #field-problem")
    expect(problem).to_contain_text("has enough memory for a result of 601 × 400 pixels")
    expect(waiting).to_be_hidden()
    page.fill("#size", "100")
    expect(problem).to_be_hidden()
    expect(page.locator("#estimate")).to_contain_text("150 × 100 px")


def test_an_error_stands_beside_its_field_until_it_is_mended(
    of_errors: Page, url: str, photograph: Path
) -> None:
    page = of_errors
    page.goto(url)
    choose(page, photograph)
    page.fill("#size", "90000")
    problem = page.locator("[data-setting=size] #field-problem")
    expect(problem).to_contain_text("Size")
    expect(page.locator("#size")).to_have_attribute("aria-invalid", "true")
    check_accessible(page)
    page.fill("#size", "100")
    expect(problem).to_be_hidden()
    expect(page.locator("#size")).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#estimate")).to_have_text("150 × 100 px")


def test_a_draft_is_painted_and_leaves_no_job(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore, photograph: Path
) -> None:
    page.goto(url)
    choose(page, photograph)
    page.get_by_role("radio", name="Bold").check()
    claim = ask_for_a_draft(page, jobs)
    [job] = live(jobs)
    assert job.settings == read_settings({"preset": "draft", "strength": 70})
    jobs.report(claim, progress(5), 2.0)
    expect(page.locator("#draft-progress")).to_have_js_property("value", 0.5)
    finish(claim, jobs, objects)
    expect(page.locator("#draft-picture")).to_have_attribute("src", re.compile("^blob:"))
    expect(page.get_by_text("This is a draft.")).to_be_visible()
    wait_until(lambda: not live(jobs), "the draft's job is deleted", 10)
    assert jobs.get_all([claim.job_id]) == []  # for good, not to the trash


def test_a_changed_choice_makes_the_draft_an_old_one(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore, photograph: Path
) -> None:
    page.goto(url)
    choose(page, photograph)
    finish(ask_for_a_draft(page, jobs), jobs, objects)
    expect(page.get_by_text("This is a draft.")).to_be_visible()
    wait_until(lambda: not live(jobs), "the draft's job is deleted", 10)
    page.fill("#strength", "80")
    expect(page.get_by_text("The draft is of an earlier choice.")).to_be_visible()
    page.wait_for_timeout(1200)  # longer than the draft would wait
    assert live(jobs) == []


def test_a_draft_that_is_kept_up_to_date_replaces_the_one_before(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore, photograph: Path
) -> None:
    page.goto(url)
    page.get_by_role("switch", name="Keep the draft up to date").check()
    choose(page, photograph)
    wait_until(lambda: len(live(jobs)) == 1, "a draft is submitted", 10)
    first = claimed(jobs)
    page.fill("#strength", "80")
    wait_until(
        lambda: [job.settings.strength for job in live(jobs)] == [80], "another replaces it", 10
    )
    assert jobs.get_all([first.job_id]) == []
    finish(claimed(jobs), jobs, objects)
    expect(page.get_by_text("This is a draft.")).to_be_visible()


@pytest.mark.parametrize(
    "leave",
    [
        lambda page: page.goto("about:blank"),
        lambda page: page.close(),
        lambda page: page.reload(),
        lambda page: page.get_by_role("button", name="Cancel the draft").click(),
    ],
    ids=["another page", "closed", "reload", "cancel"],
)
def test_a_draft_that_nobody_waits_for_is_deleted(
    browser: Browser,
    url: str,
    jobs: JobStore,
    photograph: Path,
    leave: Callable[[Page], object],
) -> None:
    page = browser.new_page()
    page.goto(url)
    choose(page, photograph)
    claim = ask_for_a_draft(page, jobs)
    leave(page)
    wait_until(lambda: not live(jobs), "the draft is deleted", 10)
    assert jobs.get_all([claim.job_id]) == []
    page.close()


def test_a_draft_whose_page_was_closed_before_the_answer_is_deleted_by_the_next_page(
    of_errors: Page, url: str, jobs: JobStore, photograph: Path
) -> None:
    sent = []
    of_errors.route("**/api/v1/jobs", lambda route: sent.append(route.fetch()))  # without an answer
    of_errors.goto(url)
    choose(of_errors, photograph)
    of_errors.get_by_role("button", name="Make a draft").click()
    wait_until(lambda: bool(of_errors.title() and sent), "the draft is submitted", 10)
    assert len(live(jobs)) == 1
    of_errors.unroute("**/api/v1/jobs")
    of_errors.goto(url)
    wait_until(lambda: not live(jobs), "the draft is deleted", 10)
    wait_until(lambda: of_errors.evaluate(DRAFTS) == "{}", "nothing is left of it", 10)


def test_the_submitted_job_does_not_wait_for_the_draft(
    page: Page, url: str, jobs: JobStore, photograph: Path
) -> None:
    page.goto(url)
    choose(page, photograph)
    draft = ask_for_a_draft(page, jobs)
    page.get_by_role("button", name="Paint it").click()
    expect(page.locator("#state")).to_be_visible()
    wait_until(lambda: len(live(jobs)) == 1, "the draft is deleted", 10)
    [job] = live(jobs)
    assert job.id != draft.job_id
    assert job.settings == read_settings({"preset": "balanced"})


def test_a_draft_that_fails_says_why(
    page: Page, url: str, jobs: JobStore, photograph: Path
) -> None:
    page.goto(url)
    choose(page, photograph)
    claim = ask_for_a_draft(page, jobs)
    jobs.fail(claim, OutOfMemory(width=64, height=48, maximum=32))
    expect(page.locator("#draft-problem")).to_contain_text("memory")
    check_accessible(page)
    wait_until(lambda: not live(jobs), "the draft is deleted", 10)
    expect(page.get_by_role("button", name="Make a draft")).to_be_enabled()


def finished_picture(provenance: Provenance) -> bytes:
    pixels = np.full((48, 64, 3), 90, np.uint8)
    return encode(pixels, "png", Metadata(xmp=provenance.packet()))


def provenance(jobs: JobStore, job_id: str) -> Provenance:
    return Provenance.of(jobs.get(job_id), None, {})


def drop(page: Page, data: bytes, where: str = "body") -> None:
    """Drop a file onto the page."""
    text = base64.b64encode(data).decode()
    transfer = page.evaluate_handle(
        """text => {
          const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
          const transfer = new DataTransfer();
          transfer.items.add(new File([bytes], "result.png", { type: "image/png" }));
          return transfer;
        }""",
        text,
    )
    page.dispatch_event(where, "drop", {"dataTransfer": transfer})


def submitted(page: Page, url: str, photograph: Path) -> str:
    """Submit a picture with some settings; return the job's id."""
    page.goto(url)
    choose(page, photograph)
    page.get_by_role("radio", name="Bold").check()
    page.fill("#size", "120")
    page.locator("summary", has_text="Method").click()
    page.select_option("#pooling", "average")
    page.get_by_role("button", name="Paint it").click()
    expect(page.locator("#state")).to_be_visible()
    return page.url.rpartition("/")[2]


def test_a_finished_picture_loads_its_recipe(
    page: Page, url: str, jobs: JobStore, photograph: Path
) -> None:
    job_id = submitted(page, url, photograph)
    picture = finished_picture(provenance(jobs, job_id))
    page.goto(url)
    page.fill("#strength", "12")
    drop(page, picture)
    expect(page.get_by_text("The settings of this picture are loaded.")).to_be_visible()
    expect(page.get_by_role("radio", name="Bold")).to_be_checked()
    expect(page.locator("#strength")).to_have_value("")
    expect(page.locator("#size")).to_have_value("120")
    expect(page.locator("#pooling")).to_have_value("average")
    expect(page.locator("[data-kind=content] .chosen small")).to_have_text("451 × 300 px")
    expect(page.locator("[data-kind=style] .chosen li")).to_have_count(1)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-kind=content] .chosen small")).to_have_text("64 × 48 px")
    expect(page.locator("#strength")).to_have_value("12")
    expect(page.locator("#size")).to_have_value("")
    drop(page, picture)  # once more, and then paint it
    expect(page.locator("[data-kind=content] .chosen small")).to_have_text("451 × 300 px")
    page.get_by_role("button", name="Paint it").click()
    expect(page.locator("#state")).to_be_visible()
    again = page.url.rpartition("/")[2]
    assert again != job_id
    assert jobs.get(again).settings == jobs.get(job_id).settings


def test_a_picture_is_painted_again_with_changes(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore, photograph: Path
) -> None:
    job_id = submitted(page, url, photograph)
    finish(claimed(jobs), jobs, objects)
    page.goto(f"{url}/jobs/{job_id}")
    page.get_by_role("link", name="Again with changes").click()
    expect(page.get_by_text("The settings of this picture are loaded.")).to_be_visible()
    expect(page.get_by_role("radio", name="Bold")).to_be_checked()
    expect(page.locator("[data-kind=content] .chosen small")).to_have_text("451 × 300 px")
    page.fill("#size", "96")
    page.get_by_role("button", name="Paint it").click()
    expect(page.locator("#state")).to_be_visible()
    before, again = jobs.get(job_id), jobs.get(page.url.rpartition("/")[2])
    assert again.settings == before.settings.model_copy(update={"size": 96})
    assert again.inputs.content.sha256 == before.inputs.content.sha256


def test_a_recipe_whose_pictures_are_elsewhere_keeps_what_was_chosen(
    page: Page, url: str, jobs: JobStore, photograph: Path
) -> None:
    of_another_server = Provenance(
        version="1",
        job="a" * 32,
        settings=read_settings({"preset": "fine", "size": 90}).model_dump(mode="json"),
        content="c" * 64,
        styles=["5" * 64],
        weights=None,
        losses={},
    )
    page.goto(url)
    choose(page, photograph)
    drop(page, finished_picture(of_another_server))
    expect(page.get_by_text("are not on this server: add them")).to_be_visible()
    expect(page.get_by_role("radio", name="Fine")).to_be_checked()
    expect(page.locator("[data-kind=content] .chosen small")).to_have_text("451 × 300 px")
    expect(page.locator("[data-kind=style] .chosen li")).to_have_count(1)
    assert live(jobs) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it_also_on_a_phone(
    page: Page, url: str, jobs: JobStore, objects: ObjectStore, photograph: Path, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(url)
    choose(page, photograph)
    finish(ask_for_a_draft(page, jobs), jobs, objects)
    expect(page.get_by_text("This is a draft.")).to_be_visible()
    check_accessible(page)
    check_page(page)


def test_the_keyboard_makes_a_draft(page: Page, url: str, jobs: JobStore, photograph: Path) -> None:
    page.goto(url)
    choose(page, photograph)
    page.keyboard.press("d")
    wait_for_a_draft(page, jobs)
