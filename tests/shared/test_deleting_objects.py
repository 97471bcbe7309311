"""Deleting objects: missing ones are ignored; old partial files are deleted."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.errors import ObjectNotFound, StoreUnavailable
from shared.object_store import ObjectStore


def test_deleting_ignores_missing_objects_and_deletes_the_rest(objects: ObjectStore) -> None:
    objects.put("jobs/1/a.png", b"x")
    objects.delete(["jobs/1/none.png", "jobs/1/a.png", "jobs/2/none.png"])
    with pytest.raises(ObjectNotFound):
        objects.get("jobs/1/a.png")


def test_unfinished_files_are_deleted_by_their_age(objects: ObjectStore, tmp_path: Path) -> None:
    objects.put("jobs/1/a.png", b"x")
    folder = tmp_path / "images" / "jobs" / "1"
    old, new = folder / "old.png#1", folder / "new.png#1"
    for path in (old, new, folder / "a.png"):
        path.write_bytes(b"x")
    hours_ago = time.time() - 7200
    for path in (old, folder / "a.png"):
        os.utime(path, (hours_ago, hours_ago))
    objects.delete_unfinished(datetime.now(UTC) - timedelta(hours=1))
    assert sorted(path.name for path in folder.iterdir()) == ["a.png", "new.png#1"]


def test_objects_are_listed_with_their_age(objects: ObjectStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=5)
    for key in ("jobs/1/a.png", "jobs/1/2/b.png", "jobs/12/c.png"):
        objects.put(key, b"x")
    stored = {each.key: each.modified for each in objects.stored("jobs/1")}
    assert set(stored) == {"jobs/1/a.png", "jobs/1/2/b.png"}
    assert all(before < modified <= datetime.now(UTC) for modified in stored.values())


def test_a_folder_that_became_a_file_fails_the_check(objects: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "images").rmdir()
    (tmp_path / "images").write_text("in the way")
    with pytest.raises(StoreUnavailable):
        objects.check()
