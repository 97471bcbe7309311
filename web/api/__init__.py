"""The HTTP API, one module per resource: `jobs`, `events`, `settings`. `schemas` is their JSON."""
