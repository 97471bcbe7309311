"""Starts a worker with the scripted engine."""

from worker.__main__ import start

start("tests.faults.scripted_app")
