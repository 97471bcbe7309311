"""Chores of a worker's main process: `reconcile` repairs jobs, `garbage` deletes old files."""
