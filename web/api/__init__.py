"""The HTTP API, a module per resource.

They are `jobs`, `changes`, `render`, `share`, `events`, `webhooks` with `webhook_schemas`,
`estimate`, `settings`, `workers`; `schemas` is a job's JSON. `queries` are their parameters;
`models` and `examples` describe their answers, `job_operations` all that `jobs` takes and answers.
"""
