"""The object store: whole objects under keys, in a folder, with named errors."""

from pathlib import Path

import pytest

from shared.config import Config
from shared.errors import InvalidConfig, ObjectNotFound, StoreUnavailable
from shared.object_store import ObjectStore, check_place


def test_a_stored_object_can_be_read(objects: ObjectStore) -> None:
    objects.put("jobs/1/result.png", b"\x00picture\xff")
    assert objects.get("jobs/1/result.png") == b"\x00picture\xff"


def test_a_second_put_replaces_the_first(objects: ObjectStore) -> None:
    objects.put("key", b"a long one")
    objects.put("key", b"short")
    assert objects.get("key") == b"short"


def test_a_missing_object_is_named(objects: ObjectStore) -> None:
    with pytest.raises(ObjectNotFound) as error:
        objects.get("jobs/none/result.png")
    assert error.value.parameters == {"key": "jobs/none/result.png"}


def test_deleting_a_folder_deletes_only_its_contents(objects: ObjectStore) -> None:
    inside, beside = ["jobs/1/a.png", "jobs/1/2/b.png"], ["jobs/12/a.png", "jobs/2/1/a.png"]
    for key in inside + beside:
        objects.put(key, b"x")
    objects.delete_folder("jobs/1")
    for key in inside:
        with pytest.raises(ObjectNotFound):
            objects.get(key)
    assert [objects.get(key) for key in beside] == [b"x", b"x"]


def test_deleting_a_missing_folder_is_not_an_error(objects: ObjectStore) -> None:
    objects.delete_folder("jobs/none")


@pytest.mark.parametrize("key", ["../outside", "a/../../outside", "/../outside"])
def test_no_key_can_leave_the_folder(objects: ObjectStore, tmp_path: Path, key: str) -> None:
    with pytest.raises(ValueError, match="illegal"):
        objects.put(key, b"x")
    assert not (tmp_path / "outside").exists()
    assert not (tmp_path.parent / "outside").exists()


def test_a_folder_that_cannot_be_created_is_an_error_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreUnavailable) as error:
        ObjectStore(str(tmp_path / "file" / "images"))
    assert error.value.parameters["store"] == "images"


def test_a_folder_that_cannot_be_written_is_an_error_on_use(
    objects: ObjectStore, tmp_path: Path
) -> None:
    # Root can write everywhere, so a file replaces the folder.
    (tmp_path / "images").rmdir()
    (tmp_path / "images").write_text("in the way")
    with pytest.raises(StoreUnavailable) as error:
        objects.put("jobs/1/a.png", b"x")
    assert error.value.parameters["store"] == "images"
    assert error.value.parameters["reason"]


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"GRAMWORKS_IMAGES": "s3://"}, "GRAMWORKS_IMAGES"),
        ({"GRAMWORKS_IMAGES": "az://container"}, "GRAMWORKS_IMAGES"),
        ({"GRAMWORKS_IMAGES": "https://"}, "GRAMWORKS_IMAGES"),
        ({"GRAMWORKS_IMAGES": "/dev/null/images"}, "GRAMWORKS_IMAGES"),
        ({"GRAMWORKS_DATA": "/dev/null"}, "GRAMWORKS_DATA"),
    ],
)
def test_an_unusable_location_is_reported_with_its_setting_in_one_line(
    settings: dict[str, str], name: str
) -> None:
    with pytest.raises(InvalidConfig) as error:
        check_place(Config.read(settings))
    assert error.value.parameters["name"] == name
    message = str(error.value.parameters["message"])
    assert Config.read(settings).object_store_url in message
    assert "\n" not in message


def test_a_missing_folder_is_a_valid_location(tmp_path: Path) -> None:
    check_place(Config(GRAMWORKS_DATA=tmp_path / "new"))


def test_a_store_that_answers_passes_its_check(objects: ObjectStore) -> None:
    objects.check()


def test_an_address_may_be_a_home_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    ObjectStore("~/pictures").put("key", b"x")
    assert (tmp_path / "pictures" / "key").read_bytes() == b"x"


def test_an_address_may_be_a_url() -> None:
    store = ObjectStore("memory:///")
    store.put("a/b", b"x")
    assert store.get("a/b") == b"x"
