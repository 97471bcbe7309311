"""The HTTP API, a module per resource.

They are `jobs`, `changes`, `render`, `share`, `events`, `webhooks` with `webhook_schemas`,
`estimate`, `settings`, `workers`; `schemas` is a job's JSON.
"""
