"""The HTTP API, a module per resource.

They are `jobs`, `changes`, `render`, `share`, `events`, `estimate`, `settings`, `workers`;
`schemas` is a job's JSON.
"""
