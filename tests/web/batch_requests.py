"""Requests for batches."""

import io
import json
from collections.abc import Sequence
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.api_requests import accepted
from tests.web.pictures import plain

BATCHES = "/api/v1/batches"
CONTENTS = [plain((value, 0, 0)) for value in (10, 20, 30)]
STYLES = [plain((0, value, 0)) for value in (10, 20)]


def batch_form(
    contents: Sequence[bytes] = tuple(CONTENTS),
    styles: Sequence[bytes] = tuple(STYLES),
    settings: Any = None,
    **form: str,
) -> dict[str, Any]:
    """Return the multipart form of a batch; `settings` are written as JSON."""
    files = {"content": contents, "style": styles}
    sent = {"settings": json.dumps({"size": 64} if settings is None else settings)}
    return {
        **sent,
        **form,
        **{name: [(io.BytesIO(file), "a.bin") for file in each] for name, each in files.items()},
    }


def submit_batch(client: FlaskClient, key: str | None = None, **changes: Any) -> TestResponse:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(BATCHES, data=batch_form(**changes), headers=headers)


def new_batch(client: FlaskClient, **changes: Any) -> dict[str, Any]:
    """Return the JSON of an accepted batch, with all of its jobs."""
    batch_id = accepted(submit_batch(client, **changes))["id"]
    return shown(client, batch_id)


def shown(client: FlaskClient, batch_id: str) -> dict[str, Any]:
    response = client.get(f"{BATCHES}/{batch_id}?limit=100")
    assert response.status_code == 200, response.text
    return dict(response.get_json())
