"""The worker: claims jobs, paints them, and stores the results. It does not import Flask.

Reading order: `__main__` starts Celery with `app`, which `celery_app` makes. `main_process` sends
heartbeats and runs the tasks in `maintenance/`; `pool_process` claims jobs and runs them with
`job/` and `engine/`. `weights/` gets VGG19's weights; `host_memory` reads the machine's memory.
Commands: `python -m worker.fetch`, `.health`, `.drain`, `.dead_workers`.
"""
