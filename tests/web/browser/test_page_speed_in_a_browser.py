"""How fast pages are, as far as it does not depend on the machine; `bench.pages` has the times."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bench.page_load import OBSERVE_SHIFTS, Request, recorded, transferred
from samples import style_path
from shared.errors import OutOfMemory
from shared.job_store import JobStore, Worker, Workers
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from tests.parts import trash_of
from tests.shared.job_store.online_workers import announce
from tests.shared.job_store.transitions import ANY, progress, queued, running
from tests.web.finished_job import finished

MOST_BYTES = 60_000
MOST_FILES = 18  # three rounds of a browser's six connections
MOST_SHIFT = 0.01
OF_PAGES = ("Script", "Stylesheet", "Fetch")  # what a page cannot be used without
SETTLED = 800  # milliseconds in which scripts show what they add
Address = Callable[["Studio"], str]


class Studio:
    """A job in each state, and a worker."""

    def __init__(self, jobs: JobStore, redis: Connection, data: Path) -> None:
        pictures = ObjectStore(str(data / "images"))
        for key in ("jobs/x/content.png", "s"):
            pictures.put(key, style_path("brushwork").read_bytes())
        announce(Workers(redis), Worker(name=ANY.worker, pixels=10**9))
        self.finished = [finished(jobs, pictures) for _ in range(3)]
        trash_of(jobs).move(finished(jobs, pictures))
        failed = running(jobs)
        jobs.fail(failed, OutOfMemory(width=640, height=480))
        self.failed = failed.job_id
        claim = running(jobs)
        jobs.report(claim, progress(3), 42.0)
        self.running = claim.job_id
        self.queued = queued(jobs)


@pytest.fixture
def studio(jobs: JobStore, redis: Connection, data: Path) -> Studio:
    return Studio(jobs, redis, data)


PAGES: dict[str, Address] = {
    "new": lambda _: "/",
    "finished": lambda studio: f"/jobs/{studio.finished[0]}",
    "failed": lambda studio: f"/jobs/{studio.failed}",
    "running": lambda studio: f"/jobs/{studio.running}",
    "queued": lambda studio: f"/jobs/{studio.queued}",
    "gallery": lambda _: "/gallery",
    "compare": lambda studio: f"/compare?jobs={','.join(studio.finished)}",
    "trash": lambda _: "/trash",
    "workers": lambda _: "/workers",
    "docs": lambda _: "/docs",
}


def load(page: Page, address: str) -> list[Request]:
    """Load a page and return its requests."""
    with recorded(page) as requests:
        page.goto(address, wait_until="load")
        page.wait_for_timeout(SETTLED)
    return list(requests.values())


def test_the_first_page_is_under_60_kb_without_pictures(
    page: Page, url: str, studio: Studio
) -> None:
    del studio
    requests = load(page, url)
    sizes = {each.path: each.bytes for each in requests if each.kind != "Image"}
    assert transferred(requests) < MOST_BYTES, sizes
    assert sum(path.endswith(".js") for path in sizes) > 3  # the page's scripts are among them


@pytest.mark.parametrize("name", ["new", "finished", "gallery"])
def test_a_page_needs_three_rounds_of_files(
    page: Page, url: str, studio: Studio, name: str
) -> None:
    requests = load(page, url + PAGES[name](studio))
    files = [each.path for each in requests if each.kind in ("Script", "Stylesheet")]
    assert 10 < len(files) <= MOST_FILES, files


@pytest.mark.parametrize("name", PAGES)
def test_what_a_page_needs_is_asked_for_in_one_round_trip_and_nothing_moves(
    page: Page, url: str, studio: Studio, name: str
) -> None:
    # in Polish, since scripts wait for translations then
    page.context.add_cookies([{"name": "language", "value": "pl", "url": url}])
    page.add_init_script(OBSERVE_SHIFTS)
    requests = load(page, url + PAGES[name](studio))
    needed = [each for each in requests if each.kind in OF_PAGES and "/api/" not in each.path]
    assert any(each.kind == "Script" for each in needed)
    late = [each.path for each in needed if each.initiator != "parser"]
    assert not late, "load the script with module() of macros.html: " + ", ".join(late)
    assert page.evaluate("window.shifts") < MOST_SHIFT


@pytest.mark.parametrize("name", PAGES)
def test_nothing_on_a_page_moves_on_a_phone(
    page: Page, url: str, studio: Studio, name: str
) -> None:
    page.set_viewport_size({"width": 380, "height": 800})
    page.add_init_script(OBSERVE_SHIFTS)
    load(page, url + PAGES[name](studio))
    assert page.evaluate("window.shifts") < MOST_SHIFT


def test_a_second_visit_loads_the_page_alone(page: Page, url: str, studio: Studio) -> None:
    del studio
    load(page, url)
    again = load(page, url)
    asked = [each.path for each in again if not each.is_cached and "/api/" not in each.path]
    assert asked == ["/"]


def test_pictures_are_thumbnails_that_browsers_keep(page: Page, url: str, studio: Studio) -> None:
    requests = [*load(page, url), *load(page, f"{url}/gallery")]
    shown = [each for each in requests if each.kind == "Image"]
    thumbnails = {each.path for each in shown if "/thumbnail?" in each.path}
    assert len(thumbnails) >= len(studio.finished)
    for each in shown:
        assert "immutable" in each.headers["cache-control"], each.path
        kind = each.headers["content-type"].partition(";")[0]
        assert kind in ("image/webp", "image/svg+xml"), each.path
