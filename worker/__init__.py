"""The worker: claims jobs, paints them, stores the results; knows no Flask.

`__main__` starts Celery with `app`, which `celery_app` makes. `main_process` sends heartbeats and
does the chores in `maintenance/`; `pool_process` claims jobs and runs them with `job/` and
`engine/`. Commands: `python -m worker.fetch`, `.health`, `.drain`, `.dead_workers`.
"""
