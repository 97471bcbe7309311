"""Starts a worker with the scripted engine, as `python -m worker` starts one with the real."""

import os
import sys

from worker.__main__ import ENVIRONMENT, SILENT

for name, value in ENVIRONMENT.items():
    os.environ.setdefault(name, value)
celery = [sys.executable, "-m", "celery", "-q", "-A", "tests.faults.scripted_app", "worker"]
os.execv(sys.executable, [*celery, "-n", f"scripted-{os.getpid()}@%h", *SILENT])  # noqa: S606
