"""What an owner over the limit costs another owner: `python -m bench.quotas`.

A real web and a real Redis. One owner submits as fast as one connection can: alone, then beside
another owner with four connections whose submissions are all refused, and for comparison beside one
whose submissions are all accepted, because there is no limit. The rounds alternate.
"""

import argparse
import io
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
from PIL import Image

from bench import table
from local import redis_server

EAGER, MODEST = ("eager", "127.0.0.2"), ("modest", "127.0.0.3")
CONNECTIONS = 4  # of the eager owner
LIMIT = 150  # submissions a minute, more than the modest owner sends
HEADINGS = {
    "beside": "beside",
    "median_ms": "median ms",
    "p95_ms": "95 % ms",
    "refused": "refused a s",
    "accepted": "accepted a s",
}


class Owner:
    """Submits jobs with a token of its own, from an address of its own."""

    def __init__(self, url: str, who: tuple[str, str], token: str) -> None:
        self.statuses: list[int] = []
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            transport=httpx.HTTPTransport(local_address=who[1]),
            timeout=30,
        )
        picture = io.BytesIO()
        Image.effect_noise((256, 192), 60).convert("RGB").save(picture, "JPEG")
        self._files = {name: (name, picture.getvalue()) for name in ("content", "style")}

    def submit(self) -> float:
        """Submit one job; return how many seconds the answer took."""
        began = time.perf_counter()
        self.statuses.append(self._client.post("/api/v1/jobs", files=self._files).status_code)
        return time.perf_counter() - began


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(limit: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve with a limit of submissions a minute; yield the address and each owner's token."""
    tokens = {name: secrets.token_hex(32) for name, _ in (EAGER, MODEST)}
    redis_port, port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [f"{owner} submit,read {token}\n" for owner, token in tokens.items()]
        (folder / "tokens").write_text("".join(lines))
        environment = {
            **os.environ,
            "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0",
            "GRAMWORKS_DATA": str(folder),
            "GRAMWORKS_PORT": str(port),
            "GRAMWORKS_TOKENS_FILE": str(folder / "tokens"),
            "GRAMWORKS_OWNER_SUBMISSIONS": str(limit),
            "GRAMWORKS_OWNER_JOBS": "0",
            "GRAMWORKS_ADDRESS_SUBMISSIONS": "0",
            "GRAMWORKS_LOG_LEVEL": "error",
        }
        redis = subprocess.Popen(
            redis_server.command(redis_port, folder / "redis"), stdout=subprocess.DEVNULL
        )
        web = subprocess.Popen([sys.executable, "-m", "web"], env=environment)
        try:
            url = f"http://127.0.0.1:{port}"
            await_answer(url)
            yield url, tokens
        finally:
            for process in (web, redis):
                process.terminate()
                process.wait(20)


def await_answer(url: str) -> None:
    """Return when the web is ready."""
    for _ in range(300):
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(url)


def measure(limit: int, submissions: int, *, beside: bool) -> dict[str, Any]:
    """Return how long the modest owner's submissions take, and what the eager one gets."""
    with served(limit) as (url, tokens):
        modest = Owner(url, MODEST, tokens["modest"])
        eager = [Owner(url, EAGER, tokens["eager"]) for _ in range(CONNECTIONS)]
        for _ in range(LIMIT):  # in every round, so that the queue is equally long
            eager[0].submit()
        for _ in range(5):
            modest.submit()  # warm up
        for each in eager:
            each.statuses.clear()
        stopping = threading.Event()
        busy = eager if beside else []
        threads = [threading.Thread(target=repeat, args=(each, stopping)) for each in busy]
        for thread in threads:
            thread.start()
        began = time.perf_counter()
        seconds = [modest.submit() for _ in range(submissions)]
        elapsed = time.perf_counter() - began
        stopping.set()
        for thread in threads:
            thread.join()
    if set(modest.statuses) != {202}:
        raise RuntimeError(f"the modest owner was refused: {modest.statuses}")
    statuses = [status for each in busy for status in each.statuses]
    return {
        "seconds": seconds,
        "refused": statuses.count(429) / elapsed,
        "accepted": statuses.count(202) / elapsed,
    }


def repeat(owner: Owner, stopping: threading.Event) -> None:
    """Submit until the measurement ends."""
    while not stopping.is_set():
        owner.submit()


def summary(beside: str, rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the row of some rounds."""
    milliseconds = [1000 * each for one in rounds for each in one["seconds"]]
    return {
        "beside": beside,
        "median_ms": median(milliseconds),
        "p95_ms": quantiles(milliseconds, n=20)[-1],
        "refused": median(one["refused"] for one in rounds),
        "accepted": median(one["accepted"] for one in rounds),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--submissions", type=int, default=100, help="of the modest owner a round")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    kinds = {
        "nobody": (LIMIT, False),
        "an owner over the limit": (LIMIT, True),
        "the same owner without a limit": (0, True),
    }
    rounds: dict[str, list[dict[str, Any]]] = {kind: [] for kind in kinds}
    for _ in range(options.rounds):
        for kind, (limit, beside) in kinds.items():
            rounds[kind].append(measure(limit, options.submissions, beside=beside))
    rows = [summary(kind, done) for kind, done in rounds.items()]
    table.show(rows, HEADINGS)
    table.write(options.json, {"rows": rows})


if __name__ == "__main__":
    main()
