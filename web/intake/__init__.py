"""From an upload to a job: `submission` accepts it, `images`, `size` and `limits` check it."""
