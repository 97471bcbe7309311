"""One job's life in a pool process.

Reading order: `runner` runs a job; `pictures` reads its inputs; `lease` holds it; `watchdog` sets
deadlines for progress; `backoff` retries stores; `progress_reporter` reports; `checkpoints` saves;
`throughput` measures; `style_statistics` keeps paintings' statistics for the next job.
"""
