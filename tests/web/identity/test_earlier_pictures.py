"""The pictures of earlier jobs are their owner's alone."""

from hashlib import sha256

from tests.web.api_requests import JOBS, upload
from tests.web.conftest import Serve
from tests.web.identity.conftest import Give
from tests.web.identity.requests import bearer
from tests.web.pictures import noise, plain
from web.builtin_styles import styles_by_hash

PHOTO, STYLE = plain((1, 2, 3)), noise("PNG")


def test_another_owner_s_pictures_are_neither_shown_nor_used(serve: Serve, give: Give) -> None:
    client = serve().test_client()
    photo = sha256(PHOTO).hexdigest()
    headers = {name: bearer(give(name, "submit", "read")) for name in ("alice", "mallory")}
    headers["operator"] = bearer(give("operator", "operate"))
    sent = client.post(JOBS, data=upload([PHOTO], [STYLE]), headers=headers["alice"])
    assert sent.status_code == 202
    hashes = {"content_sha256": photo, "style_sha256": next(iter(styles_by_hash()))}
    for name, status in (("mallory", 422), ("operator", 422), ("alice", 202)):
        answer = client.post(JOBS, data=hashes, headers=headers[name])
        assert answer.status_code == status, answer.text
        assert (photo in client.get("/", headers=headers[name]).text) is (name == "alice")
