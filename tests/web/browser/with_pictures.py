"""Jobs whose pictures are all there, so that a page finds what it shows."""

from gramworks import Client
from samples import style_path
from shared.job_store import Claim, JobStore
from shared.kept_pixels import KeptPixels, Photograph
from shared.object_store import ObjectStore
from tests.web.finished_job import KERAS, finish, painted, photographed


def submit(url: str, token: str | None = None) -> str:
    """Return the id of a new job."""
    style = style_path("brushwork")
    with Client(url, token=token) as client:
        return client.submit(style, style, {"size": 64}).id


def succeed(claim: Claim, jobs: JobStore, objects: ObjectStore) -> None:
    """Finish a job with a result of its shape."""
    shape = jobs.get(claim.job_id).result_shape
    kept = KeptPixels.of(painted(*shape), KERAS, Photograph(photographed(*shape)))
    finish(claim, jobs, objects, kept)
