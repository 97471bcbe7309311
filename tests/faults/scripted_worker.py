"""Starts a worker with the scripted engine, as `python -m worker` starts one with the real."""

from worker.__main__ import start

start("tests.faults.scripted_app")
