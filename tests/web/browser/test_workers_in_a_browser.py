"""The page of workers and queue in a real browser: what an operator does with the keyboard."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from samples import style_path
from shared.job_store import Capability, JobStore, Memory, Worker, Workers
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import ANY, claimed, progress, queued, running
from tests.web.browser.accessible import check_accessible
from tests.web.browser.on_a_phone import check_page

REFRESH = 10_000  # milliseconds within which a change is shown


@pytest.fixture
def workers(redis: Connection, data: Path) -> Workers:
    """Return the workers, of which one is busy once a job is queued."""
    pictures = ObjectStore(str(data / "images"))
    pictures.put("jobs/x/content.png", style_path("brushwork").read_bytes())
    made = Workers(redis)
    made.join(ANY.worker)
    memory = Memory(8_000_000_000, 10**9, 2000)
    described = Worker(
        name=ANY.worker, pixels=10**9, device="NVIDIA T4", memory=memory, speed=1e9, overhead=4.0
    )
    announce(made, described)
    return made


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def focus_by_keyboard(page: Page, element_id: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(80):
        if focused(page) == element_id:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{element_id} is not reached")


def rows(page: Page, priority: str) -> list[str]:
    ids = page.locator(f"#priority-{priority} li").evaluate_all("rows => rows.map(row => row.id)")
    return [each.removeprefix("job-") for each in ids]


def test_jobs_are_moved_with_the_keyboard_alone(
    page: Page, url: str, jobs: JobStore, workers: Workers
) -> None:
    del workers
    first, second, third = (queued(jobs) for _ in range(3))
    page.goto(url)
    page.keyboard.press("w")
    page.wait_for_url(f"{url}/workers")
    focus_by_keyboard(page, f"front-{third}")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The job is at place 1 now.")).to_be_visible()
    assert rows(page, "normal") == [third, first, second]
    assert focused(page) == f"front-{third}"
    focus_by_keyboard(page, f"up-{second}")
    page.keyboard.press("Enter")
    expect(page.locator(f"#priority-high #job-{second}")).to_be_visible()
    expect(page.locator(f"#down-{second}")).to_be_focused()  # it has the focus in its new list
    assert jobs.get(second).position == 1


def test_a_worker_is_drained_with_the_keyboard_and_stays_focused(
    page: Page, url: str, workers: Workers
) -> None:
    page.goto(f"{url}/workers")
    focus_by_keyboard(page, f"drain-{ANY.worker}")
    page.keyboard.press("Space")
    card = page.locator(f"#worker-{ANY.worker}")
    expect(card).to_contain_text("It is drained")
    assert workers.draining() == {ANY.worker}
    assert focused(page) == f"drain-{ANY.worker}"
    page.keyboard.press("Space")
    expect(card).to_contain_text("ready")
    assert workers.draining() == set()


def test_the_page_follows_what_happens_without_losing_focus_or_place(
    page: Page, url: str, jobs: JobStore, workers: Workers
) -> None:
    del workers
    queued(jobs, priority="high")
    others = [queued(jobs) for _ in range(30)]
    page.goto(f"{url}/workers")
    chosen = page.locator(f"#front-{others[20]}")
    chosen.focus()
    before = page.evaluate("scrollY")
    assert before > 0
    claim = claimed(jobs)
    jobs.report(claim, progress(3), 42.0)
    expect(page.get_by_text("done in about 40 s")).to_be_visible(timeout=REFRESH)
    expect(page.locator("#priority-high")).to_have_count(0)
    jobs.cancel(others[19])
    expect(page.locator(f"#job-{others[19]}")).to_have_count(0, timeout=REFRESH)
    expect(chosen).to_be_focused()
    assert chosen.evaluate("each => each.getBoundingClientRect().bottom <= innerHeight")


def test_a_job_that_has_started_meanwhile_is_not_moved(
    browser: Browser, url: str, jobs: JobStore, workers: Workers
) -> None:
    del workers
    job_id, page = queued(jobs), browser.new_page(locale="en")  # whose console has the answer 409
    page.goto(f"{url}/workers")
    page.evaluate("for (let id = 1; id < 1000; id++) clearInterval(id)")  # no refresh comes between
    claimed(jobs)
    page.locator(f"#front-{job_id}").click()
    expect(page.locator("#toasts")).to_contain_text("The job is running")
    expect(page.locator(f"#job-{job_id}")).to_have_count(0)
    page.close()


def test_the_command_that_starts_a_worker_is_copied(
    browser: Browser, url: str, redis: Connection
) -> None:
    del redis
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{url}/workers")
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#toasts")).to_contain_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith("python -m worker")
    assert copied == page.locator("#command").inner_text()
    context.close()


def test_everything_works_without_javascript(
    plain_page: Page, url: str, jobs: JobStore, workers: Workers
) -> None:
    first, second = queued(jobs), queued(jobs)
    page = plain_page
    page.goto(f"{url}/workers")
    refresh = page.locator("noscript meta").get_attribute("content") or ""
    assert re.match(r"\d+; url=/workers$", refresh)
    page.get_by_role("button", name=f"Move job {second[:8]} before").click()
    page.wait_for_url(f"{url}/workers#job-{second}")
    assert [jobs.get(each).position for each in (second, first)] == [1, 2]
    page.get_by_role("button", name=f"Drain {ANY.worker}").click()
    page.get_by_text("It is drained").wait_for()
    assert workers.draining() == {ANY.worker}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_and_fits_a_phone_in_every_state(
    page: Page, url: str, jobs: JobStore, redis: Connection, data: Path, theme: str
) -> None:
    page.emulate_media(color_scheme="light" if theme == "light" else "dark")
    page.goto(f"{url}/workers")
    expect(page.get_by_text("No worker is online")).to_be_visible()
    check_accessible(page)
    check_page(page)
    made = _everything(jobs, redis, data)
    page.goto(f"{url}/workers#job-{made}")
    check_page(page)
    check_accessible(page)
    page.set_viewport_size({"width": 1200, "height": 900})
    check_accessible(page)


def _everything(jobs: JobStore, redis: Connection, data: Path) -> str:
    """Bring workers and jobs into every state; return the id of a queued job."""
    workers = Workers(redis)
    pictures = ObjectStore(str(data / "images"))
    pictures.put("jobs/x/content.png", style_path("brushwork").read_bytes())
    for _ in range(3):
        queued(jobs)
    for _ in range(3):
        jobs.lose(claimed(jobs), "error", detail="RuntimeError: " + "CUDA_ERROR_" * 20)
    for job in jobs.page(9).jobs:
        jobs.cancel(job.id)
    announce(workers, Worker(name=ANY.worker, pixels=10**9))
    announce(workers, Worker(name="busy" * 15, pixels=10**9))
    busy = running(jobs, by=Capability("busy" * 15, 10**9))
    jobs.report(busy, progress(3), 42.0)
    announce(workers, Worker(name="small", pixels=10, device="a very long name of a device " * 4))
    announce(workers, Worker(name="lost", pixels=10))
    redis.zincrby("gw:worker-names", -100, "lost")
    workers.set_draining("small", is_draining=True)
    queued(jobs, priority="high", owner="o" * 60)
    queued(jobs, priority="low")
    return queued(jobs)
