"""Submissions a second, beside a bare Flask route: `python -m bench.submissions`.

Each submission has two JPEGs of 1600 x 1200 pixels and about 700 kB. Clients on this machine send
them as fast as they are answered, to the bare route (`bench.bare`) and to Gramworks in turn. Both
write to the same disk and the same Redis, and no worker runs.
"""

import argparse
import io
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple

from PIL import Image

from bench import bare, servers, table
from samples import photograph_path
from shared.job_store import connect

SIZE, LEAST_BYTES = (1600, 1200), 700_000
PHOTOGRAPHS = ("coffee", "rocket")
BOUNDARY = "bench-submissions"
SERVERS = {"bare": ("bench.bare", bare.ROUTE), "gramworks": ("web", "/api/v1/jobs")}
HEADINGS = {
    "server": "server",
    "rate": "submissions a second",
    "median": "median, ms",
    "worst": "99 %, ms",
    "megabytes": "stored, MB a job",
}


class Round(NamedTuple):
    """What one server did in one round."""

    rate: float  # submissions a second
    seconds: list[float]  # that each took
    megabytes: float  # that each took on disk


@cache
def photograph(name: str) -> bytes:
    """Return a sample as a JPEG of the measured size."""
    with Image.open(photograph_path(name)) as image:
        picture = image.convert("RGB").resize(SIZE, Image.Resampling.BICUBIC)
    noise = Image.effect_noise(SIZE, 20).convert("RGB")  # what enlarging took away
    picture = Image.blend(picture, noise, 0.15)
    for quality in range(70, 100):
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality)
        if buffer.tell() >= LEAST_BYTES:
            break
    return buffer.getvalue()


def request(port: int, path: str) -> bytes:
    """Return a submission as it is sent."""
    parts = []
    for field, name in zip(("content", "style"), PHOTOGRAPHS, strict=True):
        head = f'Content-Disposition: form-data; name="{field}"; filename="{field}.jpg"'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + photograph(name) + b"\r\n")
    body = b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])
    lines = (
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {len(body)}",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode() + body


def send(port: int, data: bytes, until: float, spent: list[float]) -> None:
    """Send submissions over one connection until `until`; note the seconds of each."""
    with socket.create_connection(("127.0.0.1", port), 60) as connection:
        while time.perf_counter() < until:
            begin = time.perf_counter()
            connection.sendall(data)
            answer = _answer(connection)
            if not answer.startswith(b"HTTP/1.1 202"):
                raise RuntimeError(answer.decode(errors="replace"))
            spent.append(time.perf_counter() - begin)


def _answer(connection: socket.socket) -> bytes:
    """Read an answer that declares its length, or comes in chunks."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _part(connection)
    head, _, rest = answer.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    left = int(fields[b"content-length"]) - len(rest)
    while left > 0:
        left -= len(_part(connection))
    return answer


def _part(connection: socket.socket) -> bytes:
    if part := connection.recv(65536):
        return part
    raise RuntimeError("the server closed the connection")


def measure(server: str, url: str, folder: Path, clients: int, seconds: float) -> Round:
    """Start a server on an empty Redis and folder, and load it."""
    connect(url).flushall()
    module, path = SERVERS[server]
    environment = {
        "REDIS_URL": url,
        "GRAMWORKS_DATA": str(folder),
        "GRAMWORKS_AUTH": "off",
        "GRAMWORKS_LOG_LEVEL": "error",
        "GRAMWORKS_MAX_QUEUED_JOBS": "1000000",
        "GRAMWORKS_MAX_QUEUED_MB": "1000000",
    }
    spent: list[float] = []
    with servers.web(module, environment) as port:
        data = request(port, path)
        send(port, data, time.perf_counter() + 1, [])  # warms up
        stored = _bytes(folder)
        begin = time.perf_counter()
        arguments = (port, data, begin + seconds, spent)
        threads = [threading.Thread(target=send, args=arguments) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        lasted = time.perf_counter() - begin
    megabytes = (_bytes(folder) - stored) / len(spent) / 1e6
    shutil.rmtree(folder)
    return Round(len(spent) / lasted, spent, megabytes)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def summary(rounds: dict[str, list[Round]]) -> list[dict[str, Any]]:
    """Return a row for each server."""
    rows = []
    for server, each in rounds.items():
        spent = [1000 * seconds for one in each for seconds in one.seconds]
        row = {
            "server": server,
            "rate": median(one.rate for one in each),
            "median": median(spent),
            "worst": quantiles(spent, n=100)[-1],
            "megabytes": median(one.megabytes for one in each),
        }
        rows.append(row)
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both servers in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    rounds: dict[str, list[Round]] = {server: [] for server in SERVERS}
    with tempfile.TemporaryDirectory() as folder, servers.redis(Path(folder) / "redis") as url:
        for _ in range(chosen.rounds):
            for server, done in rounds.items():
                own = Path(folder) / server
                done.append(measure(server, url, own, chosen.clients, chosen.seconds))
    rows = summary(rounds)
    table.show(rows, HEADINGS)
    pairs = zip(rounds["gramworks"], rounds["bare"], strict=True)
    ratios = [ours.rate / theirs.rate for ours, theirs in pairs]
    print(f"ratio: {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
    rates = {server: [one.rate for one in each] for server, each in rounds.items()}
    table.write(chosen.json, {"rows": rows, "ratios": ratios, "rates": rates})


if __name__ == "__main__":
    main()
