"""The client's methods that change queued and running jobs, and drain workers."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from gramworks.models import Job, Worker
from gramworks.transport import Http


class Control:
    """What `Client` inherits."""

    _http: Http

    def pause(self, job_id: str) -> Job:
        """Keep a queued job out of the queue, or let a running one leave its worker.

        A running job saves a checkpoint first, from which it goes on later; `pending` is `"pause"`
        until then. `NotReady` is raised for a job that has ended.
        """
        return self._change(job_id, paused=True)

    def resume(self, job_id: str, *, front: bool = False) -> Job:
        """Queue a paused job again, behind its owner's others, or with `front` before them."""
        return self._change(job_id, paused=False, **({"front": True} if front else {}))

    def stop(self, job_id: str) -> Job:
        """Let a running job succeed with the pixels that it has; `NotReady` is raised for others.

        `pending` is `"stop"` until its worker has stored the picture; `wait` returns then.
        """
        return self._change(job_id, stop=True)

    def move_to_front(self, job_id: str) -> Job:
        """Move a queued job before its owner's others of the same priority."""
        return self._change(job_id, front=True)

    def set_priority(self, job_id: str, priority: str, *, front: bool = False) -> Job:
        """Give a queued job the priority `"high"`, `"normal"` or `"low"`.

        It goes behind its owner's others of that priority, or with `front` before them.
        """
        return self._change(job_id, priority=priority, **({"front": True} if front else {}))

    def drain(self, worker: str) -> Worker:
        """Let a worker finish its job and claim no more; this needs the scope `operate`."""
        return self._set_draining(worker, is_draining=True)

    def undrain(self, worker: str) -> Worker:
        """Let a draining worker claim jobs again; this needs the scope `operate`."""
        return self._set_draining(worker, is_draining=False)

    def _change(self, job_id: str, **change: Any) -> Job:
        path = f"/api/v1/jobs/{quote(job_id, safe='')}"
        return self._http.ask(Job.from_json, "PATCH", path, json=change)

    def _set_draining(self, worker: str, *, is_draining: bool) -> Worker:
        path = f"/api/v1/workers/{quote(worker, safe='')}"
        return self._http.ask(Worker.from_json, "PATCH", path, json={"draining": is_draining})
