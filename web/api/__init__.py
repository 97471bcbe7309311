"""The HTTP API, a module per resource.

They are `jobs`, `render`, `share`, `events`, `settings`, `workers`; `schemas` is a job's JSON.
"""
