"""The first start without a token logs a link that signs in, once."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.compose.stack import Stack
from tests.ports import free_port

pytestmark = pytest.mark.timeout(2400)  # it builds the web's image if no other test has

LINK = re.compile(r"http://\S+/signin\?code=\S+")
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def first(built: Stack) -> Iterator[Stack]:  # noqa: ARG001 - whose layers are in the cache
    """Return a web that has never run."""
    stack = Stack(free_port(), "gramworks-test-first", has_token=False)
    stack.down()  # containers of a run that was killed
    try:
        stack.build("web")
        stack.up("web")
        yield stack
    finally:
        stack.down()


def test_the_first_start_logs_one_link_that_signs_in_once(first: Stack) -> None:
    assert httpx.get(f"{first.url}/api/v1/jobs", trust_env=False).status_code == 401
    [link] = LINK.findall(first.logs("web"))
    assert link.startswith(first.url)
    with httpx.Client(trust_env=False, follow_redirects=True) as browser:
        assert open_link(browser, link).status_code == 200
        assert browser.get(f"{first.url}/api/v1/jobs").status_code == 200
        first.compose("restart", "web")
        first.up("web")
        assert browser.get(f"{first.url}/api/v1/jobs").status_code == 200
    with httpx.Client(trust_env=False, follow_redirects=True) as another:
        assert open_link(another, link).status_code == 401
    assert LINK.findall(first.logs("web")) == [link]


def open_link(browser: httpx.Client, link: str) -> httpx.Response:
    """Open a link and confirm, as a person does."""
    [csrf_token, *_] = CSRF.findall(browser.get(link).text)
    address, code = link.split("?code=")
    form = {"csrf_token": csrf_token, "code": code}
    return browser.post(address, data=form, headers={"Origin": address.removesuffix("/signin")})
