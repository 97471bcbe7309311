"""The object store: pictures and checkpoints under keys, in a folder or a bucket."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url
from obstore.store import ObjectStore as Backend

from shared.config import Config
from shared.errors import InvalidConfig, ObjectNotFound, StoreUnavailable


class Stored(NamedTuple):
    """A key of a stored object, when it was written, and its length."""

    key: str
    modified: datetime
    bytes: int


class ObjectStore:
    """Bytes under keys. Writes are atomic. Every method may raise StoreUnavailable."""

    def __init__(self, url: str) -> None:
        self.folder = None if "://" in url else Path(url).expanduser().absolute()
        with _our_errors():
            self._store = _open(self.folder, url)

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`."""
        with _our_errors():
            self._store.put(key, data)

    def get(self, key: str) -> bytes:
        """Return what is stored under `key`, or raise ObjectNotFound."""
        with _our_errors(key):
            return bytes(self._store.get(key).bytes())

    def stream(self, key: str, part_bytes: int) -> Iterator[bytes]:
        """Return an iterator over parts of about `part_bytes` of what is stored under `key`.

        Raises:
            ObjectNotFound: nothing is, at once.
        """
        with _our_errors(key):
            found = self._store.get(key)
        return self._parts(iter(found.stream(min_chunk_size=part_bytes)))

    @staticmethod
    def _parts(parts: Iterator[bytes]) -> Iterator[bytes]:
        while True:
            with _our_errors():
                part = next(parts, None)
            if part is None:
                return
            yield part

    def stored(self, prefix: str) -> Iterator[Stored]:
        """Yield the objects whose keys begin with `prefix` and a slash."""
        with _our_errors():
            for batch in self._store.list(f"{prefix}/"):
                for item in batch:
                    yield Stored(item["path"], item["last_modified"], item["size"])

    def delete(self, keys: Iterable[str]) -> None:
        """Delete the objects under these keys; missing ones are ignored."""
        for key in keys:
            with suppress(ObjectNotFound), _our_errors(key):
                self._store.delete(key)

    def delete_folder(self, prefix: str) -> None:
        """Delete all objects whose keys begin with `prefix` and a slash."""
        self.delete([each.key for each in self.stored(prefix)])

    def delete_unfinished(self, before: datetime) -> None:
        """Delete partial files that killed processes left in a folder; buckets have none."""
        with _our_errors():
            for path in self.folder.rglob("*#*") if self.folder else ():
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) <= before:
                    path.unlink(missing_ok=True)

    def check(self) -> None:
        """Raise StoreUnavailable unless the store answers."""
        with _our_errors():
            next(iter(self._store.list("check/")), None)


def check_place(config: Config) -> None:
    """Raise InvalidConfig if no object store can be where the settings say."""
    try:
        ObjectStore(config.object_store_url)
    except (StoreUnavailable, ValueError) as error:
        name = "GRAMWORKS_IMAGES" if config.images else "GRAMWORKS_DATA"
        why = error.parameters["reason"] if isinstance(error, StoreUnavailable) else error
        reason = str(why).partition("\n")[0]  # obstore adds lines for its developers
        message = f"images cannot be stored in {config.object_store_url!r}: {reason}"
        raise InvalidConfig(name=name, message=message) from error


@contextmanager
def _our_errors(key: str | None = None) -> Iterator[None]:
    """Raise obstore's errors as ours.

    A missing file is ObjectNotFound if `key` is given. Otherwise it means that the store's folder
    has disappeared.
    """
    try:
        yield
    except (BaseError, OSError) as error:
        if key and isinstance(error, FileNotFoundError):
            raise ObjectNotFound(key=key) from error
        raise StoreUnavailable(store="images", reason=str(error)) from error


def _open(folder: Path | None, url: str) -> Backend:
    if folder is None:
        return from_url(url)
    return LocalStore(folder, mkdir=True, automatic_cleanup=True)  # removes empty folders
