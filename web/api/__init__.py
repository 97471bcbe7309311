"""The HTTP API, a module per resource.

They are `jobs`, `changes`, `batches` with `batch_schemas`, `images`, `render`, `share`, `events`,
`webhooks` with `webhook_schemas`, `estimate`, `recipe`, `inputs`, `settings`, `workers`.
`stored_pictures` sends input pictures. `schemas` is a job's JSON,
`prefer` answers with it at once or when the job has ended. `queries` are their parameters; `models`
and `examples` describe their answers, `job_operations` all that `jobs` takes and answers, and
`batch_operations` with `batch_models` and `batch_examples` all that `batches` does.
"""
