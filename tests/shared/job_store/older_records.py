"""Jobs in Redis as written before records had a version, one in each state.

`records_without_version.json` was dumped from a Redis that commit e30b74d had written to.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from shared.job_store.connection import Connection

_FILE = Path(__file__).with_name("records_without_version.json")
SAMPLES: dict[str, dict[str, Any]] = json.loads(_FILE.read_text())


class Restored(NamedTuple):
    """A job of an earlier version, and its record as that version wrote it."""

    job_id: str
    record: dict[str, str]


def restore(redis: Connection, name: str) -> Restored:
    """Write a sample into Redis: everything that the earlier version had there."""
    sample = SAMPLES[name]
    write: dict[str, Any] = {
        "string": redis.set,
        "hash": lambda key, value: redis.hset(key, mapping=value),
        "list": lambda key, value: redis.rpush(key, *value),
        "zset": redis.zadd,
        "stream": lambda key, value: [redis.xadd(key, fields, id=each) for each, fields in value],
    }
    for key, stored in sample["redis"].items():
        write[stored["type"]](key, stored["value"])
    return Restored(sample["id"], sample["redis"][f"gw:job:{sample['id']}"]["value"])
