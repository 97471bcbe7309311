"""The query parameters of the API's operations."""

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from shared.settings import OF_REQUESTS
from web.openapi.reading import FLAG, WHOLE_NUMBER
from web.rendering import Format

MAX_PAGE = 100


def _of_a_page(value: object, check: ValidatorFunctionWrapHandler) -> object:
    try:
        return check(value)
    except ValidationError as error:
        raise ValueError("take it from a page's next") from error


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


Number = Annotated[int, Field(ge=0, lt=10**15, examples=[40]), WHOLE_NUMBER]


Cursor = Annotated[
    str,
    Field(pattern=r"^[0-9]{1,19}$", examples=["1763879257796"]),
    WrapValidator(_of_a_page),
]


class ListQuery(BaseModel):
    """Which jobs are listed."""

    model_config = OF_REQUESTS

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, examples=[2]), WHOLE_NUMBER] = 20
    """How many jobs a page has."""

    cursor: Cursor | None = None
    """Where the page begins; take it from the `next` of the page before."""


class BatchListQuery(BaseModel):
    """Which batches are listed."""

    model_config = OF_REQUESTS

    limit: Annotated[int, Field(ge=1, le=20, examples=[2]), WHOLE_NUMBER] = 10
    """How many batches a page has; each is read whole."""

    cursor: Cursor | None = None
    """Where the page begins; take it from the `next` of the page before."""


class BatchQuery(BaseModel):
    """Which of a batch's jobs are shown."""

    model_config = OF_REQUESTS

    limit: Annotated[int, Field(ge=0, le=MAX_PAGE, examples=[2]), WHOLE_NUMBER] = 20
    """How many jobs the page has; 0 for the counts alone."""

    cursor: Annotated[int, Field(ge=0, lt=10**9, examples=[2]), WHOLE_NUMBER] = 0
    """How many jobs come before; take it from the `next` of the page before."""


class DeleteQuery(BaseModel):
    """What is deleted."""

    model_config = OF_REQUESTS

    condition: Annotated[Literal["live"] | None, Field(alias="if")] = None
    """With `live`, a job is only cancelled: one that has ended stays as it is."""

    permanently: Annotated[bool, FLAG, Field(examples=[True])] = False
    """Whether an ended job is deleted for good, also from the trash."""


class TrashQuery(BaseModel):
    """Which part of the trash to list."""

    model_config = OF_REQUESTS

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, examples=[2]), WHOLE_NUMBER] = 20
    """How many jobs the page has at most."""

    cursor: Number | None = None
    """Where the page begins; it comes from the `next` of the page before."""


class DeleteAllQuery(BaseModel):
    """How to delete all jobs of an owner."""

    model_config = OF_REQUESTS

    all: Annotated[bool, FLAG, Field(examples=[True])] = False
    """Must be true: it confirms that all jobs are meant."""

    cancel: Annotated[bool, FLAG, Field(examples=[True])] = False
    """Whether queued and running jobs are cancelled and deleted too; otherwise they stay."""

    cursor: Number | None = None
    """Where to continue; it comes from the `next` of the request before."""

    since: Number | None = None
    """The number after which the deletions to undo begin; it comes from `next` too."""


class EmptyQuery(BaseModel):
    """How to empty the trash."""

    model_config = OF_REQUESTS

    all: Annotated[bool, FLAG, Field(examples=[True])] = False
    """Must be true: it confirms that all jobs in the trash are deleted for good."""


class RestoreQuery(BaseModel):
    """Which jobs to restore."""

    model_config = OF_REQUESTS

    since: Number = 0
    """The number after which their deletions begin; it comes from `undo`. 0 restores all."""


class ResultQuery(BaseModel):
    """How a result is sent."""

    model_config = OF_REQUESTS

    format: Annotated[Format, BeforeValidator(_lower)] = "png"
    """The file's format; `png16` and `tiff16`, with 16 bits a channel, exist only while the job's
    float pixels are kept."""


class PreviewQuery(BaseModel):
    """Which preview is sent: always the newest."""

    model_config = OF_REQUESTS

    evaluation: Annotated[int, Field(ge=0, examples=[63]), WHOLE_NUMBER] | None = None
    """Changes nothing; events name a preview with it, so that no cache answers an older one."""
