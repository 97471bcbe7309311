"""Starts a worker with the real engine and some harmful jobs."""

from worker import fetch
from worker.__main__ import start

fetch.main()
start("tests.faults.real_app")
