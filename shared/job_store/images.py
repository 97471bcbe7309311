"""Images that were uploaded by their hash, before jobs use them; each is its owner's alone."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import OwnerQuotaReached
from shared.job_store.connection import Connection
from shared.job_store.keys import Key
from shared.job_store.scripts import Scripts

PART = 1000  # records that are read at a time


class UploadedImage(BaseModel):
    """An image that was checked and stored, with its alpha and its own colours.

    `width` and `height` are of the upright picture; `orientation` is EXIF's, of the stored one.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    width: int
    height: int
    bytes: int
    orientation: Annotated[int, Field(ge=1, le=8)] = 1


class UploadedImages:
    """The records of uploaded images. Every method may raise StoreUnavailable."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._scripts = Scripts(connection)

    def keep(
        self, owner: str, sha256: str, image: UploadedImage, max_bytes: int
    ) -> UploadedImage | None:
        """Record an image whose object is stored; it counts as used now.

        Returns:
            None, or the earlier image if the owner has it already; then nothing is recorded.

        Raises:
            OwnerQuotaReached: the owner keeps `max_bytes` or more; nothing is recorded.
        """
        record = image.model_dump_json()
        answer = self._scripts.run("keep_image", owner, sha256, record, image.bytes, max_bytes)
        match answer:
            case ["known", earlier]:
                return _image(earlier)
            case ["full"]:
                raise OwnerQuotaReached(bound="bytes", maximum=max_bytes)
        return None

    def use(self, owner: str, sha256: str) -> UploadedImage | None:
        """Return an owner's image, which counts as used now; None if there is none."""
        return _image(self._scripts.run("use_image", owner, sha256))

    def find(self, owner: str, sha256: str) -> tuple[UploadedImage, float] | None:
        """Return an owner's image, and for how many seconds it has not been used."""
        name = f"{owner}:{sha256}"
        pipeline = self._connection.pipeline()
        pipeline.get(f"{Key.IMAGE}{name}")
        pipeline.zscore(Key.IMAGES, name)
        pipeline.time()
        record, used, (seconds, microseconds) = pipeline.execute()
        image = _image(record)
        if image is None or used is None:
            return None
        return image, seconds + microseconds / 1e6 - float(used) / 1000

    def forget(self, owner: str, sha256: str) -> str | None:
        """Delete an image's record; return the key of its object, if there was one."""
        key: str | None = self._scripts.run("forget_image", owner, sha256)
        return key

    def forget_unused(self, seconds: float, limit: int = 100) -> list[str]:
        """Delete up to `limit` records of images that were not used for so long.

        Returns:
            The keys of their objects.
        """
        keys: list[str] = self._scripts.run("forget_unused_images", round(seconds * 1000), limit)
        return keys

    def keys(self) -> set[str]:
        """Return the keys of all objects that a record names; it reads all records."""
        names: Any = self._connection.zrange(Key.IMAGES, 0, -1)
        found: set[str] = set()
        for start in range(0, len(names), PART):
            part = [f"{Key.IMAGE}{name}" for name in names[start : start + PART]]
            records: Any = self._connection.mget(part)
            found.update(image.key for image in map(_image, records) if image)
        return found


def _image(record: str | None) -> UploadedImage | None:
    """Return the image of a record; a damaged one counts as none."""
    try:
        return None if record is None else UploadedImage.model_validate_json(record)
    except ValidationError:
        return None
