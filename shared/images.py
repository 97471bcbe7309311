"""The image store: pictures under keys, in a folder or a bucket, behind one interface."""

from collections.abc import Iterable
from pathlib import Path

from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from shared.errors import ObjectNotFound, StoreUnavailable


class ImageStore:
    """Bytes under keys; what is put is seen whole or not at all.

    Every method may raise StoreUnavailable.
    """

    def __init__(self, url: str) -> None:
        self._store = _open(url)

    def put(self, key: str, data: bytes) -> None:
        """Store `data` under `key`."""
        try:
            self._store.put(key, data)
        except (BaseError, OSError) as error:
            raise StoreUnavailable(store="images", reason=str(error)) from error

    def get(self, key: str) -> bytes:
        """Return what is stored under `key`, or raise ObjectNotFound."""
        try:
            return bytes(self._store.get(key).bytes())
        except FileNotFoundError as error:
            raise ObjectNotFound(key=key) from error
        except (BaseError, OSError) as error:
            raise StoreUnavailable(store="images", reason=str(error)) from error

    def delete_folder(self, prefix: str) -> None:
        """Delete all whose keys begin with `prefix` and a slash."""
        try:
            keys = [item["path"] for batch in self._store.list(f"{prefix}/") for item in batch]
            self._delete(keys)
        except (BaseError, OSError) as error:
            raise StoreUnavailable(store="images", reason=str(error)) from error

    def check(self) -> None:
        """Raise StoreUnavailable unless the store answers."""
        try:
            next(iter(self._store.list("check/")), None)
        except (BaseError, OSError) as error:
            raise StoreUnavailable(store="images", reason=str(error)) from error

    def _delete(self, keys: Iterable[str]) -> None:
        if keys := list(keys):
            self._store.delete(keys)


def _open(url: str) -> ObjectStore:
    if "://" in url:
        return from_url(url)
    folder = Path(url).expanduser().absolute()
    try:
        return LocalStore(folder, mkdir=True)
    except (BaseError, OSError) as error:
        raise StoreUnavailable(store="images", reason=str(error)) from error
