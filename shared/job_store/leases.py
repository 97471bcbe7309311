"""What a worker may do with the job it holds, each write fenced by the attempt's number."""

import json
from typing import Any

from shared.errors import GramworksError, Superseded
from shared.job import Fallback, JobFault, JobProgress, JobState
from shared.job_store.keys import LEASES, job_key
from shared.job_store.queue import Claim
from shared.job_store.scripts import Scripted

LEASE_SECONDS = 10.0
_LEASE = round(LEASE_SECONDS * 1000)
LAST_FALLBACK_STEP = 99  # further down than any ladder goes


class Leases(Scripted):
    """The concern of running jobs; those that take a claim may raise Superseded.

    An attempt whose lease has lapsed takes its job up again with its next write, if no other
    attempt began meanwhile.
    """

    def renew(self, claim: Claim, lease_seconds: float = LEASE_SECONDS) -> None:
        """Hold the job for another `lease_seconds`."""
        self._fenced("renew", claim, round(lease_seconds * 1000))

    def report(self, claim: Claim, progress: JobProgress, eta_seconds: float | None) -> None:
        """Write how far the job is and tell those who watch."""
        fields = {"progress": progress.model_dump_json(), "eta_seconds": json.dumps(eta_seconds)}
        data = json.dumps({"progress": progress.model_dump(), "eta_seconds": eta_seconds})
        pairs = (part for pair in fields.items() for part in pair if pair[1] != "null")
        self._fenced("report", claim, _LEASE, "progress", data, *pairs)

    def show_preview(self, claim: Claim, key: str, evaluation: int) -> None:
        """Tell that a preview of `evaluation` is stored under `key`."""
        self._fenced("report", claim, _LEASE, "preview", evaluation, "preview", key)

    def save_checkpoint(self, claim: Claim, key: str) -> None:
        """Let the next attempt go on from what is stored under `key`."""
        self._fenced("save", claim, _LEASE, key)

    def record_fallbacks(self, claim: Claim, fallback_step: int, fallbacks: list[Fallback]) -> None:
        """Write how the work goes on with less memory, and that later attempts do too."""
        told = json.dumps([fallback.model_dump() for fallback in fallbacks])
        fields = ("fallbacks", told, "fallback_step", fallback_step)
        self._fenced("report", claim, _LEASE, "fallback", told, *fields)

    def succeed(self, claim: Claim, result: str) -> None:
        """End the job with the picture stored under `result`; once more does no harm."""
        self._fenced("finish", claim, JobState.SUCCEEDED, "result", result)
        self._confirm()

    def fail(self, claim: Claim, error: GramworksError) -> None:
        """End the job with the reason why there is no picture; once more does no harm."""
        self._fenced("finish", claim, JobState.FAILED, "error", _fault(error))
        self._confirm()

    def release(self, claim: Claim, reason: str) -> None:
        """Put the job back into the queue for a reason that is not its own."""
        self._fenced("release", claim, reason)

    def lose(
        self,
        claim: Claim,
        reason: str,
        fallback_steps: int = 0,
        fault: GramworksError | None = None,
    ) -> None:
        """Say that the attempt's process is at its end: the job goes back at once.

        Args:
            claim: the attempt.
            reason: as the job's log is to tell it.
            fallback_steps: by how many steps the next attempt uses less memory.
            fault: why the job fails if this was the last attempt; by default, WorkersLost.
        """
        self._fenced("lose", claim, reason, fallback_steps, _fault(fault) if fault else "")

    def requeue_expired(self) -> int:
        """Put jobs whose lease has lapsed back into the queue; return how many there were.

        One that has lost its worker for the third time without getting further ends as failed.
        """
        return int(self._run("requeue_expired", _LEASE))

    def release_worker(self, worker: str) -> int:
        """Put what `worker` holds back into the queue, since it is told to stop; return how many.

        That counts as no lost attempt.
        """
        return int(self._run("release_worker", worker))

    def held_by(self, worker: str) -> list[Claim]:
        """Return what a worker holds."""
        ids: Any = self.redis.zrange(LEASES, 0, -1)
        pipeline = self.redis.pipeline()
        for job_id in ids:
            pipeline.hmget(job_key(job_id), "worker", "attempt")
        rows = zip(ids, pipeline.execute(), strict=True)
        return [Claim(job_id, int(attempt)) for job_id, (name, attempt) in rows if name == worker]

    def _fenced(self, script: str, claim: Claim, *args: str | int | float) -> None:
        if not self._run(script, claim.job_id, claim.attempt, *args):
            raise Superseded(id=claim.job_id, attempt=claim.attempt)


def _fault(error: GramworksError) -> str:
    return JobFault(code=error.code, parameters=error.parameters).model_dump_json()
