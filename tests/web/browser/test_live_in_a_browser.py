"""A job's page in a browser until the job has ended: it follows the job, and its buttons act."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from shared import paths
from shared.errors import OutOfMemory
from shared.job import JobProgress, JobState
from shared.job_store import Claim, JobStore
from shared.object_store import ObjectStore
from shared.pictures import encode
from tests.parts import trash_of
from tests.shared.job_store.transitions import claimed, queued
from tests.web.api_requests import PLAIN
from tests.web.browser.accessible import check_accessible
from tests.web.browser.on_a_phone import check_page
from tests.web.finished_job import finish, photographed

LOSS = {"total": 67271.6, "style": 0.5, "content": 12.345, "mood": 1.5e-5}
SHOWN = {"total": "67,272", "style": "0.5", "content": "12.3", "mood": "0.000015"}
SENT = {"settings": '{"size": 64}'}


def progress(evaluation: int) -> JobProgress:
    return JobProgress(
        evaluation=evaluation,
        evaluations=10,
        level=1 if evaluation < 3 else 2,
        levels=2,
        fraction=evaluation / 10,
        loss=LOSS,
        history=10,
        tile=None,
    )


def fact(page: Page, name: str) -> str | None:
    row = page.locator(f"[data-fact={name}]")
    return row.locator("dd").inner_text() if row.is_visible() else None


def table(page: Page) -> list[dict[str, str]]:
    """Return the rows of the table of losses by the names of its columns, newest first."""
    names = page.locator("#loss-table thead th").all_text_contents()
    rows = page.locator("#loss-table tbody tr").all()
    cells = [row.locator("th, td").all_text_contents() for row in rows]
    return [dict(zip(names, row, strict=True)) for row in cells]


def submitted(url: str) -> str:
    """Submit a job with real pictures, and return its id."""
    pictures = {"content": PLAIN, "style": PLAIN}
    sent = httpx.post(f"{url}/api/v1/jobs", files=pictures, data=SENT, timeout=60)
    return str(sent.json()["id"])


def started(url: str, jobs: JobStore) -> Claim:
    """Submit such a job, and claim it."""
    submitted(url)
    return claimed(jobs)


def show_preview(jobs: JobStore, claim: Claim, data: Path, evaluation: int) -> None:
    """Store and announce a preview as a worker does."""
    key = paths.preview_key(claim.job_id, claim.attempt)
    ObjectStore(str(data / "images")).put(key, encode(photographed(), "jpeg"))
    jobs.show_preview(claim, key, evaluation)


def test_the_page_follows_its_job_to_the_end(page: Page, url: str, jobs: JobStore) -> None:
    job_id = submitted(url)
    page.goto(f"{url}/jobs/{job_id}")
    assert fact(page, "position") == "1"
    expect(page.get_by_text("No worker is online")).to_be_visible()
    expect(page.get_by_text("python -m worker")).to_be_visible()
    claim = claimed(jobs)
    expect(page.locator("#state")).to_have_text("running")
    jobs.report(claim, progress(3), 42.0)
    expect(page.locator("[data-fact=evaluation] dd")).to_have_text("3 of 10")
    assert fact(page, "done") == "about 40 s"
    assert fact(page, "level") == "2 of 2"
    assert fact(page, "position") is None
    expect(page.locator("#percent")).to_have_text("30 %")
    assert page.title() == "30 % · Gramworks"
    jobs.fail(claim, OutOfMemory(width=64, height=48, maximum=48))
    expect(page.locator("#state")).to_have_text("failed")
    assert page.title() == "Failed · Gramworks"
    expect(page.get_by_text("A size of 48 should fit.")).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    page.get_by_role("button", name="Paint it at size 48").click()
    expect(page.locator("#state")).to_have_text("queued")
    again = jobs.get(page.url.rpartition("/")[2])
    assert (again.id != job_id, again.settings.size) == (True, 48)


def test_chart_and_table_have_the_losses_of_the_events_after_a_reload_too(
    page: Page, url: str, jobs: JobStore
) -> None:
    claim = started(url, jobs)
    jobs.report(claim, progress(1), 42.0)
    page.goto(f"{url}/jobs/{claim.job_id}")
    page.get_by_text("Losses as a table").click()
    jobs.report(claim, progress(2), 42.0)
    expect(page.locator("#loss-table tbody tr")).to_have_count(2)
    jobs.report(claim, progress(3), 42.0)
    expect(page.locator("#loss-table tbody tr")).to_have_count(3)
    expected = [{"evaluation": evaluation, **SHOWN} for evaluation in ("3", "2", "1")]
    assert table(page) == expected
    lines = page.locator("#chart polyline")
    assert lines.evaluate_all("all => all.map(each => each.points.length)") == [3, 3, 3, 3]
    labels = page.locator("#chart .label").all_text_contents()
    assert labels == list(SHOWN)
    expect(page.locator("#chart .level")).to_have_count(1)
    page.reload()
    expect(lines).to_have_count(4)
    assert lines.evaluate_all("all => all.map(each => each.points.length)") == [3, 3, 3, 3]
    assert table(page) == expected


def test_what_the_server_rendered_stays_the_same_after_the_first_event(
    page: Page, url: str, jobs: JobStore
) -> None:
    claim = started(url, jobs)
    jobs.report(claim, progress(3), 42.0)
    html = httpx.get(f"{url}/jobs/{claim.job_id}").text
    rendered = dict(re.findall(r"<dt>([\w, ]+)</dt><dd>([^<]+)</dd>", html))
    page.goto(f"{url}/jobs/{claim.job_id}")
    jobs.report(claim, progress(4), 42.0)
    expect(page.locator("[data-fact=evaluation] dd")).to_have_text("4 of 10")
    assert fact(page, "done") == rendered["time left"]
    assert fact(page, "level") == rendered["level, coarse to fine"]
    assert rendered["evaluation"] == "3 of 10"


def test_previews_replace_each_other_and_nothing_moves(
    page: Page, url: str, jobs: JobStore, data: Path
) -> None:
    claim = started(url, jobs)
    jobs.report(claim, progress(1), 42.0)
    page.add_init_script(
        "window.shifts = 0; new PerformanceObserver(list => { for (const each of list.getEntries())"
        " window.shifts += each.value; }).observe({ type: 'layout-shift', buffered: true });"
    )
    page.goto(f"{url}/jobs/{claim.job_id}")
    box = page.locator("#stage").bounding_box()
    photograph = page.locator("#stage .photograph")
    expect(photograph).to_have_js_property("complete", True)
    assert photograph.evaluate("each => each.naturalWidth") > 0
    preview = page.locator("#stage .preview")
    expect(preview).to_have_count(0)
    for evaluation in (2, 3):
        jobs.report(claim, progress(evaluation), 42.0)
        show_preview(jobs, claim, data, evaluation)
        address = re.compile(f"evaluation={evaluation}$")
        expect(preview.last).to_have_attribute("src", address)
        expect(preview).to_have_count(1)
        assert preview.evaluate("each => each.naturalWidth") == 64
    assert page.locator("#stage").bounding_box() == box
    assert page.evaluate("window.shifts") < 0.01


def test_a_page_opened_in_the_middle_shows_the_last_preview_at_once(
    page: Page, url: str, jobs: JobStore, data: Path
) -> None:
    claim = started(url, jobs)
    show_preview(jobs, claim, data, 7)
    page.goto(f"{url}/jobs/{claim.job_id}")
    expect(page.get_by_alt_text("The picture so far")).to_be_visible()


def test_a_page_does_not_reconnect_after_the_end_of_its_job(
    page: Page, url: str, jobs: JobStore
) -> None:
    job_id = submitted(url)
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(f"{url}/jobs/{job_id}")
    expect(page.get_by_text("No worker is online")).to_be_visible()
    jobs.cancel(job_id)
    expect(page.locator("#state")).to_have_text("cancelled")
    page.wait_for_timeout(4000)  # a browser reconnects after three seconds
    assert len([each for each in requested if each.endswith("/events")]) == 1


@contextmanager
def unchecked(browser: Browser) -> Iterator[Page]:
    """Yield a page whose console may have errors: those of a lost connection."""
    page = browser.new_page(locale="en")
    yield page
    page.close()


def test_a_lost_connection_is_shown_until_it_is_back(
    browser: Browser, url: str, jobs: JobStore
) -> None:
    job_id = queued(jobs)
    with unchecked(browser) as page:
        page.route("**/events", lambda route: route.abort())
        page.goto(f"{url}/jobs/{job_id}")
        lost = page.get_by_text("The connection was lost")
        expect(lost).to_be_visible()
        claim = claimed(jobs)
        jobs.report(claim, progress(3), 42.0)
        page.unroute("**/events")
        expect(lost).to_be_hidden(timeout=15_000)
        expect(page.locator("#percent")).to_have_text("30 %")


def test_the_page_of_a_job_that_was_deleted_says_so(
    browser: Browser, url: str, jobs: JobStore
) -> None:
    job_id = queued(jobs)
    with unchecked(browser) as page:
        page.route("**/events", lambda route: route.abort())
        page.goto(f"{url}/jobs/{job_id}")
        expect(page.get_by_text("The connection was lost")).to_be_visible()
        jobs.cancel(job_id)
        trash_of(jobs).move(job_id)
        page.unroute("**/events")
        expect(page.get_by_role("heading", name="In the trash")).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("with_keys", [False, True], ids=["clicks", "keys"])
def test_a_job_is_paused_resumed_and_stopped(
    page: Page, url: str, jobs: JobStore, with_keys: bool
) -> None:
    claim = started(url, jobs)
    jobs.report(claim, progress(4), 42.0)

    def do(key: str, name: str) -> None:
        if with_keys:
            page.keyboard.press(key)
        else:
            page.get_by_role("button", name=name, exact=True).click()

    page.goto(f"{url}/jobs/{claim.job_id}")
    expect(page.locator("#chart polyline").first).to_be_attached()  # the script has started
    do("p", "Pause")
    expect(page.get_by_text("It pauses as soon as")).to_be_visible()
    expect(page.get_by_role("button", name="Pause", exact=True)).to_be_hidden()
    jobs.release(claim, "paused")
    expect(page.locator("#state")).to_have_text("paused")
    assert page.title() == "Paused · Gramworks"
    expect(page.get_by_text("It starts after it is resumed")).to_be_visible()
    do("p", "Resume")
    expect(page.locator("#state")).to_have_text("queued")
    claim = claimed(jobs)
    expect(page.locator("#state")).to_have_text("running")
    do("s", "Stop and keep this")
    question = page.get_by_role("dialog", name="Stop and keep the picture?")
    expect(question).to_contain_text("This cannot be undone")
    question.get_by_role("button", name="Go on painting").click()
    expect(question).to_have_count(0)
    assert jobs.get(claim.job_id).pending is None
    do("s", "Stop and keep this")
    question.get_by_role("button", name="Stop and keep this").click()
    expect(page.get_by_text("It ends after the current evaluation")).to_be_visible()
    assert jobs.get(claim.job_id).pending == "stop"


@pytest.mark.parametrize("with_keys", [False, True], ids=["clicks", "keys"])
def test_a_job_is_cancelled_after_a_question_and_submitted_again(
    page: Page, url: str, jobs: JobStore, with_keys: bool
) -> None:
    job_id = submitted(url)
    page.goto(f"{url}/jobs/{job_id}")
    expect(page.locator("#notify")).to_be_visible()  # the script has started
    if with_keys:
        page.keyboard.press("c")
        page.keyboard.press("Escape")
        assert jobs.get(job_id).state is JobState.QUEUED
        page.keyboard.press("c")
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Cancel", exact=True).click()
        page.get_by_role("button", name="Cancel the job").click()
    expect(page.locator("#state")).to_have_text("cancelled")
    assert jobs.get(job_id).state is JobState.CANCELLED
    page.keyboard.press("c")  # there is nothing left to cancel
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Submit again").click()
    expect(page.locator("#state")).to_have_text("queued")
    assert job_id not in page.url


def test_only_a_failed_job_can_be_retried(page: Page, url: str, jobs: JobStore) -> None:
    claim = started(url, jobs)
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


def test_without_scripts_the_page_refreshes_and_its_buttons_work(
    plain_page: Page, url: str, jobs: JobStore
) -> None:
    job_id = submitted(url)
    page = plain_page
    page.goto(f"{url}/jobs/{job_id}")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#state")).to_have_text("paused")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("#state")).to_have_text("queued")
    claimed(jobs)
    expect(page.locator("#state")).to_have_text("running", timeout=8000)  # by itself
    page.get_by_role("button", name="Stop and keep this").click()
    page.get_by_role("button", name="Stop and keep this").click()
    expect(page.get_by_text("It ends after the current evaluation")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.locator("#state")).to_have_text("cancelled")


def test_a_notification_comes_only_if_it_was_switched_on_and_the_page_is_not_in_view(
    page: Page, url: str, jobs: JobStore, data: Path
) -> None:
    page.add_init_script("""
        window.shown = []; window.asked = 0; window.isHidden = false;
        window.Notification = class extends EventTarget {
          static permission = "default";
          static async requestPermission() {
            window.asked += 1;
            return (this.permission = "granted");
          }
          constructor(title) { super(); window.shown.push(title); }
        };
        Object.defineProperty(document, "hidden", { get: () => window.isHidden });
    """)
    for is_hidden, expected in ((False, []), (True, ["The picture is done"])):
        claim = started(url, jobs)
        page.goto(f"{url}/jobs/{claim.job_id}")
        assert page.evaluate("window.asked") == 0
        switch = page.get_by_role("button", name="Tell me when it is done")
        if switch.get_attribute("aria-pressed") == "false":
            switch.click()
            expect(switch).to_have_attribute("aria-pressed", "true")
            assert page.evaluate("window.asked") == 1
        page.evaluate("hidden => { window.isHidden = hidden; }", is_hidden)
        finish(claim, jobs, ObjectStore(str(data / "images")))
        expect(page.locator("#job")).to_have_attribute("data-part", "finished")
        assert page.title() == "Done · Gramworks"
        assert page.evaluate("window.shown") == expected


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", ["queued", "running", "paused", "failed", "cancelled"])
def test_each_state_is_accessible_and_fits_a_phone(
    page: Page, url: str, jobs: JobStore, data: Path, state: str, scheme: str
) -> None:
    job_id = submitted(url)
    if state != "queued":
        claim = claimed(jobs)
        jobs.report(claim, progress(2), 42.0)
        jobs.report(claim, progress(3), 42.0)
        show_preview(jobs, claim, data, 3)
    if state == "paused":
        httpx.patch(f"{url}/api/v1/jobs/{job_id}", json={"paused": True})
        jobs.release(claim, "paused")
    elif state == "failed":
        jobs.fail(claim, OutOfMemory(width=64, height=64, maximum=32))
    elif state == "cancelled":
        jobs.cancel(job_id)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(f"{url}/jobs/{job_id}")
    expect(page.locator("#state")).to_have_text(state)
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    check_accessible(page)
    check_page(page)
    check_accessible(page)
