"""Nobody sees another owner's pictures in the gallery, or does anything with them there."""

import re

import pytest

from shared.job_store import JobStore
from shared.object_store import ObjectStore
from tests.web.conftest import Serve
from tests.web.identity.conftest import Give
from tests.web.identity.requests import bearer
from tests.web.painted_jobs import painted, style_of


def test_the_gallery_shows_ones_own_pictures_and_an_operator_all(
    serve: Serve, jobs: JobStore, objects: ObjectStore, give: Give
) -> None:
    hers, his = painted(jobs, objects, owner="alice"), painted(jobs, objects, owner="bob", style=1)
    client = serve().test_client()

    def shown(token: str, query: str = "") -> tuple[list[str], str]:
        page = client.get(f"/gallery{query}", headers=bearer(token)).text
        return re.findall(r'id="job-(\w+)"', page), page

    alice, operator = give("alice", "read", "submit"), give("bob", "operate")
    ids, page = shown(alice)
    assert ids == [hers]
    assert his not in page
    assert style_of(1) not in page
    assert shown(alice, "?whose=all")[0] == [hers]
    assert shown(alice, f"?style={style_of(1)}")[0] == []
    assert shown(operator)[0] == [his]
    assert shown(operator, "?whose=all")[0] == [his, hers]
    assert "whose=all" in shown(operator)[1]
    assert "whose=all" not in page


@pytest.mark.parametrize(
    "action",
    ["/gallery/download", "/gallery/delete", "/gallery/compare", "/trash/restore", "/trash/delete"],
)
def test_selected_jobs_of_another_owner_are_refused_and_nothing_is_done(
    serve: Serve, jobs: JobStore, objects: ObjectStore, give: Give, action: str
) -> None:
    mine, others = painted(jobs, objects, owner="mallory"), painted(jobs, objects, owner="alice")
    client, token = serve().test_client(), give("mallory", "read", "submit")
    data = {"job": [mine, others]}
    response = client.post(action, data=data, headers=bearer(token))
    assert response.status_code == 404
    assert jobs.get(mine).deleted_at is None
    assert jobs.get(others).deleted_at is None
