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
from web.openapi.reading import WHOLE_NUMBER
from web.rendering import Format

MAX_PAGE = 100


def _of_a_page(value: object, check: ValidatorFunctionWrapHandler) -> object:
    try:
        return check(value)
    except ValidationError as error:
        raise ValueError("take it from a page's next") from error


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class ListQuery(BaseModel):
    """Which jobs are listed."""

    model_config = OF_REQUESTS

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, examples=[2]), WHOLE_NUMBER] = 20
    """How many jobs a page has."""

    cursor: (
        Annotated[
            str,
            Field(pattern=r"^[0-9]{1,19}$", examples=["1763879257796"]),
            WrapValidator(_of_a_page),
        ]
        | None
    ) = None
    """Where the page begins; take it from the `next` of the page before."""


class DeleteQuery(BaseModel):
    """What is deleted."""

    model_config = OF_REQUESTS

    condition: Annotated[Literal["live"] | None, Field(alias="if")] = None
    """With `live`, a job is only cancelled: one that has ended stays as it is."""


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
