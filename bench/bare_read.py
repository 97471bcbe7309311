"""The least that a status read can be: a Flask route that does one HGETALL, for `bench.web`."""

import os
from typing import Any

import redis
from flask import Flask

app = Flask(__name__)
connection = redis.Redis.from_url(os.environ["REDIS_URL"], decode_responses=True)


@app.get("/<job_id>")
def show(job_id: str) -> dict[str, Any]:
    """Show a record."""
    record: Any = connection.hgetall(f"gw:job:{job_id}")
    return dict(record)
