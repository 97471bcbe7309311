"""The HTTP API, a module per resource: `jobs`, `events`, `settings`, `workers`.

`schemas` is a job's JSON.
"""
