"""What a worker may do with the job it holds, each write fenced by the attempt's number."""

import json

from shared.errors import GramworksError, Superseded, WorkersLost
from shared.job import JobFault, JobProgress, JobState
from shared.jobs.queue import Claim
from shared.jobs.scripts import Scripted

LEASE_SECONDS = 10.0
MOST_LOST = 3  # attempts whose worker was lost; then the job itself is the likely cause


class Leases(Scripted):
    """The concern of running jobs; those that take a claim may raise Superseded."""

    def renew(self, claim: Claim, lease_seconds: float = LEASE_SECONDS) -> None:
        """Hold the job for another `lease_seconds`."""
        self._fenced("renew", claim, round(lease_seconds * 1000))

    def report(self, claim: Claim, progress: JobProgress, eta_seconds: float | None) -> None:
        """Write how far the job is and tell those who watch."""
        fields = {"progress": progress.model_dump_json(), "eta_seconds": json.dumps(eta_seconds)}
        data = json.dumps({"progress": progress.model_dump(), "eta_seconds": eta_seconds})
        pairs = (part for pair in fields.items() for part in pair if pair[1] != "null")
        self._fenced("report", claim, "progress", data, *pairs)

    def show_preview(self, claim: Claim, key: str, evaluation: int) -> None:
        """Tell that a preview of `evaluation` is stored under `key`."""
        self._fenced("report", claim, "preview", evaluation, "preview", key)

    def succeed(self, claim: Claim, result: str) -> None:
        """End the job with the picture stored under `result`."""
        self._fenced("finish", claim, JobState.SUCCEEDED, "result", result)

    def fail(self, claim: Claim, error: GramworksError) -> None:
        """End the job with the reason why there is no picture."""
        self._fenced("finish", claim, JobState.FAILED, "error", _fault(error))

    def put_back_lapsed(self) -> int:
        """Put jobs whose lease has lapsed back into the queue; return how many there were.

        One that has lost its worker for the third time ends as failed.
        """
        lost = WorkersLost(attempts=MOST_LOST)
        return int(self._run("put_back", MOST_LOST, _fault(lost)))

    def hand_back(self, worker: str) -> int:
        """Put what `worker` holds back into the queue, since it is told to stop; return how many.

        That counts as no lost attempt.
        """
        return int(self._run("hand_back", worker))

    def _fenced(self, script: str, claim: Claim, *args: str | int | float) -> None:
        if not self._run(script, claim.job_id, claim.attempt, *args):
            raise Superseded(id=claim.job_id, attempt=claim.attempt)


def _fault(error: GramworksError) -> str:
    return JobFault(code=error.code, parameters=error.parameters).model_dump_json()
