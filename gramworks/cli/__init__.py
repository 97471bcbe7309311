"""The command line.

Reading order: `commands`; `session` (global options and output), `failures` (errors and exit
codes), `watch_view` with `watched_job` (a live job), `tables`, `schema` and `formatting` (text),
`output_file`.
"""

from gramworks.cli.commands import main

__all__ = ["main"]
