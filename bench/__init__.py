"""Benchmarks: each command is one file, which prints a table and writes JSON.

Reading order: `pairs` (the pictures), `measures`, `table` and `fresh` (a process of its own) are
shared; `keras_example` makes the `reference`; `faithful`, `plain`, `baseline` and `channels_last`
are the objective and other ways to minimise it, `ours` is the engine; `engine` compares them. The
other files measure one thing each.
"""
