"""A picture that somebody passed on says how it was painted, and shows nothing of its owner."""

from io import BytesIO

from PIL import Image, PngImagePlugin

from shared.job_store import JobStore
from shared.metadata import PNG_XMP
from shared.provenance import Provenance
from tests.shared.job_store.transitions import queued
from tests.web.conftest import Serve
from tests.web.identity.conftest import Give
from tests.web.identity.requests import bearer


def test_another_owner_gets_the_settings_and_no_job(
    serve: Serve, jobs: JobStore, give: Give
) -> None:
    job = jobs.get(queued(jobs, owner="alice"))
    info, file = PngImagePlugin.PngInfo(), BytesIO()
    info.add_itxt(PNG_XMP, Provenance.of(job, None, {}).packet().decode())
    Image.new("RGB", (64, 48)).save(file, "PNG", pnginfo=info)
    client = serve().test_client()
    for owner, job_id in (("alice", job.id), ("mallory", None)):
        headers = bearer(give(owner, "submit", "read"))
        found = client.post("/api/v1/recipe", data=file.getvalue(), headers=headers).get_json()
        assert found["job"] == job_id
        assert found["settings"] == {"preset": "faithful", "size": 64}
