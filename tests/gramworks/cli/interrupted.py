"""The command in a process of its own, which is interrupted while it waits."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.gramworks.fake_server import FakeServer


def interrupted(server: FakeServer, *words: str, at: str) -> tuple[str, str]:
    """Run `gramworks` until it has made the request `at`, then press Ctrl-C.

    Returns:
        What it printed on stdout and stderr.
    """
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "gramworks", "--url", server.url, *words],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    while not server.requests(at):
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 130, err
    return out, err
