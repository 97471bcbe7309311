"""The HTTP API, a module per resource.

They are `jobs`, `render`, `share`, `events`, `webhooks` with `webhook_schemas`, `settings`,
`workers`; `schemas` is a job's JSON.
"""
