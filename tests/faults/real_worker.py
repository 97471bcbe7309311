"""Starts a worker with the real engine, in which some jobs do harm."""

from worker import fetch
from worker.__main__ import start

fetch.main()
start("tests.faults.real_app")
