"""Benchmarks: each command is one file, which prints a table and writes JSON.

Reading order: `pairs` (the pictures), `measures`, `table` and `fresh` (a process of its own) are
shared; `keras_example` makes the `reference`; `faithful`, `plain`, `baseline` and `channels_last`
are the objective and other ways to minimise it, `ours` is the engine; `engine` compares them.
`minimum` compares the minima. `quality` scores the pictures of `quality_pairs` by `scores` and
`artefacts`, beside those of `neural_style`. `submissions` compares the web with `bare`; `servers`
starts what it needs. The other files measure one thing each.
"""
