"""The fault of the web: killed while a user sends it pictures."""

import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx

from tests.faults import orders, picture
from tests.faults.fault import Fault, Stage

CHUNK = 256
PAUSE = 0.02


class WebKill(Fault):
    """The web is killed in the middle of an upload, or a moment after its last byte."""

    kind = "web-kill"
    meaning = "SIGKILL of the web in the middle of an upload"
    part = "web"
    measured = "fault → the next 202"
    lasts = (3.0, 4.0)

    def __init__(self, stage: Stage, rng: random.Random, target: str) -> None:
        super().__init__(stage, rng, target)
        self._sent = threading.Event()  # set when enough of the body is sent for the kill
        self._share = rng.choice([0.2, 0.6, 1.0, 1.0])
        self._moment = rng.uniform(0.0, 0.03)  # while the web stores and records the job
        self._order = orders.scripted(rng)

    def inject(self) -> None:
        threading.Thread(target=self._use, daemon=True).start()
        self._sent.wait(5)
        time.sleep(self._moment)
        self.stage.system.web.signal_group(signal.SIGKILL)
        self.at = time.time()

    def recovery(self) -> float | None:
        again = self.stage.watch.any_accepted(self.at)
        return again - self.at if again else None

    def _use(self) -> None:
        with suppress(httpx.HTTPError):
            answer = self._upload()
            if answer.status_code == httpx.codes.ACCEPTED:
                self.stage.traffic.remember(answer.json()["id"], self._order)
                return
        self.stage.traffic.submit_until_accepted(self._order)

    def _upload(self) -> httpx.Response:
        files = {"content": ("c.png", picture.upload()), "style": ("s.png", picture.upload())}
        form = {"settings": self._order.as_json()}
        url = f"{self.stage.system.url}/api/v1/jobs"
        whole = httpx.Request("POST", url, files=files, data=form)
        headers = {name: whole.headers[name] for name in ("Content-Type", "Content-Length")}
        body = self._slowly(whole.read())
        return httpx.post(url, content=body, headers=headers, timeout=30, trust_env=False)

    def _slowly(self, body: bytes) -> Iterator[bytes]:
        enough = self._share * len(body)
        for start in range(0, len(body), CHUNK):
            yield body[start : start + CHUNK]
            time.sleep(PAUSE)
            if start + CHUNK >= enough:
                self._sent.set()
