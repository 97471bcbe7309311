"""The HTTP API, a module per resource.

They are `jobs`, `images`, `render`, `share`, `events`, `settings`, `workers`; `schemas` is a job's
JSON, `prefer` answers with it at once or when the job has ended.
"""
