"""What a webhook's receiver gets: the event as JSON, signed as Standard Webhooks 1.0 has it."""

import json
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook as Signer

from shared.job import Job, JobState
from shared.job_store import ClaimedDelivery

_OF_IMAGE = {"width", "height", "sha256"}
SHOWN: Any = {  # of a job, under the names that the API uses
    **dict.fromkeys(("id", "state", "attempt", "settings", "options", "batch"), True),
    **dict.fromkeys(("created_at", "started_at", "finished_at"), True),
    "inputs": {"content": _OF_IMAGE, "styles": {"__all__": _OF_IMAGE}, "init": _OF_IMAGE},
}


def body_of(claim: ClaimedDelivery, public_url: str) -> bytes:
    """Return the body of a delivery, which is the same in every attempt."""
    body = {
        "type": claim.event,
        "timestamp": _time(claim.at).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": _data(claim, public_url),
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(claim: ClaimedDelivery, body: bytes) -> dict[str, str]:
    """Return the headers of an attempt; while a secret is rotated, there are two signatures."""
    now = _time(claim.now).replace(microsecond=0)
    text = body.decode()
    signers = [Signer(secret.get_secret_value()) for secret in claim.secrets]
    return {
        "Content-Type": "application/json",
        "webhook-id": claim.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signer.sign(claim.id, now, text) for signer in signers),
    }


def _data(claim: ClaimedDelivery, public_url: str) -> dict[str, Any]:
    if not claim.job_id:
        return {"webhook": claim.webhook}
    if claim.job is None:
        known: dict[str, Any] = {"id": claim.job_id, "state": claim.event.partition(".")[2]}
        return {**known, "links": _links(claim.job_id, public_url)}
    job = claim.job
    links = _links(job.id, public_url)
    if job.state is JobState.SUCCEEDED:
        links["result"] = f"{links['self']}/result"
    return {**job.model_dump(mode="json", include=SHOWN), "error": _error(job), "links": links}


def _error(job: Job) -> dict[str, Any] | None:
    """Return why a job failed; the sentence is in the web's answer for the job."""
    return {"code": job.error.code, **job.error.parameters} if job.error else None


def _links(job_id: str, public_url: str) -> dict[str, str]:
    return {"self": f"{public_url}/api/v1/jobs/{job_id}", "page": f"{public_url}/jobs/{job_id}"}


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
