"""The HTTP API, a module per resource.

They are `jobs`, `render`, `share`, `events`, `settings`, `workers`; `schemas` is a job's JSON.
`queries` are their parameters; `models` and `examples` describe their answers, `job_operations` all
that `jobs` takes and answers.
"""
