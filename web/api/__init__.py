"""The HTTP API, a module per resource: `jobs`, `events`, `settings`; `schemas` is a job's JSON."""
