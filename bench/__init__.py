"""Benchmarks: each command is one file, which prints a table and writes JSON.

Reading order: `pairs` (the pictures), `measures`, `table`, `fresh` (a process of its own) and
`servers` are shared; `keras_example` makes the `reference`; `faithful`, `plain`, `baseline` and
`channels_last` are the objective and other ways to minimise it, `ours` is the engine; `engine`
compares them. `minimum` compares the minima. `quality` scores the pictures of `quality_pairs` by
`scores` and `artefacts`, beside those of `neural_style`. `web` measures the web of a `web_system`
with the clients of `http_load`, against the route of `bare_read`, and `web_records` the queue;
`submissions` compares the web with `bare`. `painter` paints what `settings_page`,
`page_pictures` and `style_sheet` show. The other files measure one thing each.
"""
