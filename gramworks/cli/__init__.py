"""The command line.

Reading order: `commands` has the global options; `submit`, `batch`, `watch`, `fetch`, `jobs`,
`fork`, `rerun`, `server`, `webhook` and `doctor` have the commands. `session` holds the options
that commands share, `config_file` their defaults, `failures` errors and exit codes. `job_id` finds
jobs, `pictures` files, `assignments` reads --set, `output_file` --out. `follow` and `watch_view`
show one job, `many` and `many_view` several, from `watched_job`, `batch_view` and `batch_files` a
batch; `tables`, `schema` and `formatting` make text.
"""

from gramworks.cli.commands import main

__all__ = ["main"]
