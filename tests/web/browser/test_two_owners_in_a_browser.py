"""Two people, each signed in with a browser: neither sees anything of the other's."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from gramworks import Client
from shared.errors import OutOfMemory
from shared.job_store import JobStore, Tokens
from shared.job_store.connection import Connection
from shared.object_store import ObjectStore
from shared.pictures import encode
from tests.parts import trash_of
from tests.shared.job_store.transitions import claimed, progress
from tests.web.browser.conftest import served
from tests.web.finished_job import finish
from web.identity.tokens import new_token

MOST_PAGES = 60


@pytest.fixture(scope="module")
def guarded(redis_url: str, data: Path) -> Iterator[str]:
    """Return the address of a web server that needs tokens."""
    with served(redis_url, data, GRAMWORKS_AUTH="token") as address:
        yield address


def noise() -> bytes:
    pixels = np.frombuffer(secrets.token_bytes(48 * 64 * 3), np.uint8).reshape(48, 64, 3)
    return encode(pixels, "png")


class Owner:
    """Somebody who has signed in, with what the browser has asked for since."""

    def __init__(self, browser: Browser, address: str, redis: Connection, name: str) -> None:
        text, token = new_token("of a test", name, frozenset(("read", "submit")))
        Tokens(redis).add(token)
        self.client = Client(address, token=text)
        self.address = address
        self.page: Page = browser.new_context(locale="en").new_page()
        self.asked: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"{address}/signin")
        self.page.get_by_label("Token").fill(text)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(f"{address}/")

    def submit(self) -> str:
        """Submit a job with pictures that nobody else has."""
        return self.client.submit(noise(), noise(), {"size": 48}).id

    def status(self, path: str) -> int:
        return self.page.context.request.get(self.address + path, max_redirects=0).status

    def seen(self) -> str:
        """Follow every link from the first page; return all that was shown and asked for."""
        waiting, shown = ["/", "/workers"], dict[str, str]()
        while waiting and len(shown) < MOST_PAGES:
            path = waiting.pop(0)
            if path in shown:
                continue
            self.page.goto(self.address + path)
            shown[path] = self.page.content()
            if "?" not in path:  # a filter of a page leads to combinations of filters
                links = self.page.locator("a[href]").evaluate_all("all => all.map(a => a.href)")
                paths = (link.removeprefix(self.address).partition("#")[0] for link in links)
                waiting += [each for each in paths if _is_page(each)]
        assert not set(waiting) - set(shown), "there are more pages than the test follows"
        return "\n".join([*shown.values(), *self.asked])

    def close(self) -> None:
        self.client.close()
        self.page.context.close()


@pytest.fixture
def owners(guarded: str, browser: Browser, redis: Connection) -> Iterator[tuple[Owner, Owner]]:
    """Return alice and mallory."""
    alice, mallory = (Owner(browser, guarded, redis, name) for name in ("alice", "mallory"))
    yield alice, mallory
    alice.close()
    mallory.close()


def _is_page(path: str) -> bool:
    is_file = path.startswith(("/api/", "/static/", "/openapi.json", "http")) or "/picture" in path
    return not is_file


def _everything_of(owner: Owner, jobs: JobStore, pictures: ObjectStore) -> list[str]:
    """Give an owner a job in each state and one in the trash; return their ids."""
    done = owner.submit()
    finish(claimed(jobs), jobs, pictures)
    trashed = owner.submit()
    finish(claimed(jobs), jobs, pictures)
    trash_of(jobs).move(trashed)
    failed = owner.submit()
    jobs.fail(claimed(jobs), OutOfMemory(width=64, height=48))
    running = owner.submit()
    jobs.report(claimed(jobs), progress(3), 42.0)
    return [done, trashed, failed, running, owner.submit()]


def _hashes(owner: Owner) -> set[str]:
    """Return the hashes of all pictures that an owner has sent."""
    inputs = [job.body["inputs"] for job in owner.client.all_jobs()]
    return {each["sha256"] for of in inputs for each in (of["content"], *of["styles"])}


def test_another_owner_sees_nothing_on_any_page(
    owners: tuple[Owner, Owner], jobs: JobStore, data: Path
) -> None:
    pictures = ObjectStore(str(data / "images"))
    alice, mallory = owners
    hers = _everything_of(alice, jobs, pictures)
    his = mallory.submit()
    of_alice, of_mallory = alice.seen(), mallory.seen()
    assert set(hers) <= set(re.findall(r"[0-9a-f]{32}", of_alice))  # she does see them
    assert his in of_mallory
    assert his not in of_alice
    assert [each for each in (*hers, *_hashes(alice)) if each in of_mallory] == []


def test_another_owner_gets_no_picture_and_changes_nothing(
    owners: tuple[Owner, Owner], jobs: JobStore, data: Path
) -> None:
    pictures = ObjectStore(str(data / "images"))
    alice, mallory = owners
    for job_id in _everything_of(alice, jobs, pictures):
        job, api = f"/jobs/{job_id}", f"/api/v1/jobs/{job_id}"
        names = ("result", "content", "style-0")
        pictures_of = [f"{job}/thumbnail?name={name}&width=320" for name in names]
        paths = (job, f"{job}/picture", *pictures_of, api, f"{api}/result", f"{api}/preview")
        assert {path: mallory.status(path) for path in paths} == dict.fromkeys(paths, 404)
        assert alice.status(job) == 200
        assert alice.status(pictures_of[1]) == 200
