"""Mutated files of every format, sent to a running web: each is answered, and nothing stays."""

import io
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import httpx
import pytest
from PIL import Image

from shared.job_store import connect
from tests.ports import free_port
from tests.stress.test_worker_memory import MEGABYTE, resident_bytes
from tests.system.running_system import wait_until
from tests.web.api_requests import JOBS
from tests.web.pictures import encoded, noise, swapping_profile

FORMATS = ("JPEG", "PNG", "HEIF", "WEBP", "AVIF", "TIFF", "GIF", "BMP", "MPO")
CLIENTS = 4
WINDOWS = 20  # in which memory is measured; a few at the start are for what is loaded once
EARLY = 5
GROWTH = 1.1
ANSWERS = {202, 422}
SMALL = noise("JPEG")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of all that the web writes, with `images` and `tmp` in it."""
    (tmp_path / "tmp").mkdir()
    return tmp_path


@pytest.fixture
def web(redis_url: str, folder: Path) -> Iterator[tuple[str, int]]:
    """Run the web; return its address and the id of the process that serves."""
    connect(redis_url).flushall()
    port = free_port()
    environment = {
        **os.environ,
        "REDIS_URL": redis_url,
        "GRAMWORKS_DATA": str(folder),
        "GRAMWORKS_AUTH": "off",
        "GRAMWORKS_PORT": str(port),
        "GRAMWORKS_WEB_PROCESSES": "1",
        "GRAMWORKS_LOG_LEVEL": "error",
        "TMPDIR": str(folder / "tmp"),
    }
    server = subprocess.Popen([sys.executable, "-m", "web"], env=environment)
    url = f"http://127.0.0.1:{port}"
    wait_until(lambda: _answers(url), "the web answers")
    [serving] = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    yield url, int(serving)
    server.terminate()
    server.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").is_success
    except httpx.HTTPError:
        return False


def originals(format_name: str) -> list[bytes]:
    """Return valid files of a format, with what its decoders have code for."""
    with Image.open(io.BytesIO(noise("PNG"))) as image:
        picture = image.convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6
    profiled = {"icc_profile": swapping_profile(), "exif": exif}
    made = [noise(format_name)]
    if format_name not in ("GIF", "BMP"):
        made.append(encoded(picture, format_name, **profiled))
    if format_name == "JPEG":
        made += [encoded(picture, "JPEG", progressive=True), encoded(picture.convert("L"), "JPEG")]
        made.append(encoded(picture.convert("CMYK"), "JPEG"))
    elif format_name not in ("BMP", "MPO"):
        alpha = picture.copy()
        alpha.putalpha(Image.linear_gradient("L").resize(picture.size))
        made.append(encoded(alpha, format_name))
    if format_name == "TIFF":
        kinds = ("tiff_lzw", "jpeg", "tiff_deflate", "packbits")
        made += [encoded(picture, "TIFF", compression=kind) for kind in kinds]
    return made


def mutated(whole: bytes, chosen: random.Random) -> bytes:
    """Return a file with a few changes: bytes, what is cut out, repeated, or missing at the end."""
    data = bytearray(whole)
    for _ in range(chosen.randint(1, 5)):
        reach = min(len(data), chosen.choice([40, 400, len(data)]))  # headers matter most
        place = chosen.randrange(reach)
        kind = chosen.randrange(8)
        if kind < 4:
            data[place] = chosen.choice([0, 1, 0x7F, 0x80, 0xFF, chosen.randrange(256)])
        elif kind < 6:
            length = chosen.choice([2, 4, 4, 8])
            data[place : place + length] = chosen.randbytes(length)
        elif kind == 6:
            part = data[place : place + chosen.randrange(1, 200)]
            data[place:place] = part
        else:
            del data[place : place + chosen.randrange(1, 20)]
        if not data:
            return whole[:1]
    if chosen.random() < 0.1:
        del data[chosen.randrange(len(data)) :]
    return bytes(data)


class Sender:
    """Sends mutated files of a format, and deletes the jobs that are accepted."""

    def __init__(self, url: str, format_name: str) -> None:
        self._url = url
        self._format = format_name
        self._originals = originals(format_name)

    def send(self, numbers: range) -> Counter[int]:
        """Send the files with these numbers; return how many had each status."""
        statuses: Counter[int] = Counter()
        with httpx.Client(base_url=self._url, timeout=120) as client:
            for number in numbers:
                chosen = random.Random(f"{self._format} {number}")
                data = mutated(chosen.choice(self._originals), chosen)
                answer = client.post(JOBS, files={"content": data, "style": SMALL})
                assert answer.status_code in ANSWERS, (self._format, number, answer.text)
                statuses[answer.status_code] += 1
                if answer.status_code == httpx.codes.ACCEPTED:
                    for _ in ("cancel", "delete"):
                        client.delete(f"{answer.headers['Location']}?permanently=true")
        return statuses


@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("format_name", FORMATS)
def test_mutated_files_are_answered_and_leave_nothing(
    pytestconfig: pytest.Config,
    web: tuple[str, int],
    folder: Path,
    redis_url: str,
    format_name: str,
) -> None:
    url, process = web
    sender, statuses, sizes = Sender(url, format_name), Counter[int](), []
    each = max(1, pytestconfig.getoption("--uploads") // (WINDOWS * CLIENTS))
    with ThreadPoolExecutor(CLIENTS) as pool:
        for window in range(WINDOWS):
            first = window * CLIENTS * each
            parts = [range(first + k * each, first + (k + 1) * each) for k in range(CLIENTS)]
            statuses.update(sum(pool.map(sender.send, parts), Counter()))
            sizes.append(resident_bytes(process) / MEGABYTE)
    print(f"{format_name}: {dict(statuses)}, {sizes[EARLY]:.0f} to {sizes[-1]:.0f} MB", flush=True)
    assert statuses[422] > 0
    early, late = median(sizes[EARLY : EARLY + 3]), median(sizes[-3:])
    assert late <= GROWTH * early, f"{early:.0f} MB grew to {late:.0f} MB"
    assert [path for path in (folder / "images").rglob("*") if path.is_file()] == []
    assert [path for path in (folder / "tmp").rglob("*") if path.is_file()] == []
    assert connect(redis_url).keys("gw:job:*") == []
