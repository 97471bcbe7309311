"""What loading a page takes in a browser: requests with their bytes, layout shifts, times."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from playwright.sync_api import CDPSession, Page

OBSERVE_SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) window.shifts += each.value;
}).observe({ type: "layout-shift", buffered: true });
"""
TIMES = """() => {
  const [loaded] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  const files = performance.getEntriesByType("resource");
  const scripts = files.filter(({ name }) => name.endsWith(".js")).map((each) => each.responseEnd);
  const usable = Math.max(loaded.domContentLoadedEventEnd, ...scripts);
  return [paint?.startTime ?? 0, usable, loaded.loadEventEnd];
}"""


@dataclass
class Request:
    """A request that a page made; `initiator` is `parser` if its HTML names what is asked for."""

    path: str
    kind: str
    initiator: str
    bytes: int = 0
    is_cached: bool = False
    headers: dict[str, str] = field(default_factory=dict)


class Times(NamedTuple):
    """Milliseconds until the first content, until scripts are here and have run, until all is."""

    painted: float
    usable: float
    loaded: float


class Network(NamedTuple):
    """A line: bytes per second in each direction, and milliseconds of a round trip."""

    down: float
    up: float
    round_trip: float


THREE_G = Network(1.6e6 / 8, 750e3 / 8, 150)
"""What Lighthouse calls slow 4G, and Chrome's tools called fast 3G."""


@contextmanager
def recorded(page: Page) -> Iterator[dict[str, Request]]:
    """Record the requests of a page, by the browser's id, while it loads."""
    session = page.context.new_cdp_session(page)
    requests: dict[str, Request] = {}

    def sent(event: dict[str, Any]) -> None:
        path = event["request"]["url"].partition("://")[2].partition("/")[2]
        requests[event["requestId"]] = Request(
            f"/{path}", event.get("type", ""), event["initiator"]["type"]
        )

    def served_from_memory(event: dict[str, Any]) -> None:
        requests[event["requestId"]].is_cached = True

    def received(event: dict[str, Any]) -> None:
        if request := requests.get(event["requestId"]):
            request.is_cached |= event["response"].get("fromDiskCache", False)
            request.headers = {
                name.lower(): value for name, value in event["response"]["headers"].items()
            }

    def finished(event: dict[str, Any]) -> None:
        if request := requests.get(event["requestId"]):
            request.bytes = int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.requestServedFromCache", served_from_memory)
    session.on("Network.responseReceived", received)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    yield requests
    session.detach()


def throttle(page: Page, network: Network, slowdown: float) -> CDPSession:
    """Give a page a slow line, and a processor that is slower by a factor."""
    session = page.context.new_cdp_session(page)
    conditions = {
        "offline": False,
        "downloadThroughput": network.down,
        "uploadThroughput": network.up,
        "latency": network.round_trip,
    }
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", conditions)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    return session


def transferred(requests: Iterable[Request]) -> int:
    """Return the bytes of all that is no picture."""
    return sum(each.bytes for each in requests if each.kind != "Image")


def times(page: Page) -> Times:
    """Return the times of the page that has loaded."""
    return Times(*page.evaluate(TIMES))
