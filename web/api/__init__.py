"""The HTTP API, a module per resource.

They are `jobs`, `batches`, `render`, `share`, `events`, `settings`, `workers`; `schemas` is a job's
JSON and `batch_schemas` a batch's; `query` reads query strings.
"""
