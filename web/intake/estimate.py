"""What a job would take if it were submitted now; nothing is stored."""

from collections.abc import Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, BeforeValidator, Field

from shared.errors import InvalidRequest, Refused, StorageFull, Waits
from shared.forecast import Estimate
from shared.job import JobOptions
from shared.job_store import Worker
from shared.settings import (
    MAX_STYLES,
    OF_REQUESTS,
    SentSettings,
    StyleSettings,
    read_settings,
    validate,
)
from web.intake.clean import check_bounds
from web.intake.limits import check_room
from web.intake.size import Size, resolve_size
from web.intake.submission import Upload, bounds_of, check_init, check_shape, check_styles
from web.queue_forecast import Need
from web.services import Services


class PictureSize(BaseModel):
    """The size of an upright picture in pixels."""

    model_config = OF_REQUESTS

    width: Annotated[int, Field(ge=1)]
    """Its columns."""

    height: Annotated[int, Field(ge=1)]
    """Its rows."""

    @property
    def size(self) -> Size:
        """Width and height."""
        return self.width, self.height


class EstimateRequest(BaseModel):
    """A job without its pictures: their sizes, the settings and the options."""

    model_config = OF_REQUESTS

    content: PictureSize
    """The content image's size."""

    styles: Annotated[list[PictureSize], Field(min_length=1, max_length=MAX_STYLES)]
    """The sizes of the style images."""

    init: PictureSize | None = None
    """The size of the image to start from, if the setting `init` is `image`."""

    settings: Annotated[
        dict[str, Any], BeforeValidator(lambda value: value, json_schema_input_type=SentSettings)
    ] = {}
    """As in `POST /jobs`."""

    options: JobOptions = JobOptions()
    """As in `POST /jobs`."""


class Planned(NamedTuple):
    """A job that passed the checks of a submission."""

    settings: StyleSettings
    options: JobOptions
    content: Size


class JobEstimate(NamedTuple):
    """What a job would take, and which workers could take it.

    `refused_by` says why it would not be accepted now, `blocked_by` why no worker would take it.
    """

    planned: Planned
    need: Need
    position: int
    times: Estimate | None
    refused_by: Refused | StorageFull | None
    blocked_by: Waits | None
    workers: list[Worker]
    draining: frozenset[str]


def plan_of_sizes(services: Services, values: Mapping[str, Any]) -> Planned:
    """Return the job that a JSON object describes.

    Raises:
        InvalidRequest: it would not be accepted; the error names the field and its bound.
    """
    wanted = validate("estimate", EstimateRequest, values)
    settings = read_settings(wanted.settings)
    _check_size(services, "content", wanted.content)
    is_chosen = "size" in wanted.settings
    size = wanted.content.size
    settings = resolve_size(settings, size, bounds_of(services), is_chosen=is_chosen)
    for style in wanted.styles:
        _check_size(services, "styles", style)
    check_styles(settings, len(wanted.styles))
    check_init(settings, is_sent=wanted.init is not None)
    if wanted.init:
        _check_size(services, "init", wanted.init)
        check_shape(wanted.init.size, size)
    return Planned(settings, wanted.options, size)


def plan_of_upload(upload: Upload) -> Planned:
    """Return the job that an upload describes."""
    content = upload.content
    return Planned(upload.settings, upload.options, (content.width, content.height))


def estimate(services: Services, owner: str, planned: Planned) -> JobEstimate:
    """Return what a job of an owner would take."""
    need = Need.of(planned.settings, *planned.content)
    position = services.queue.next_position(planned.options.priority, owner)
    forecast = services.queue_forecast()
    return JobEstimate(
        planned,
        need,
        position,
        forecast.estimate(position, need),
        _refused_by(services, owner),
        forecast.blocked_by(need),
        list(forecast.live),
        frozenset(forecast.draining),
    )


def _check_size(services: Services, field: str, picture: PictureSize) -> None:
    try:
        check_bounds(*picture.size, services.config.max_input_megapixels)
    except InvalidRequest as error:
        raise type(error)(field=field, **error.parameters) from error


def _refused_by(services: Services, owner: str) -> Refused | StorageFull | None:
    try:
        check_room(services, owner)
    except (Refused, StorageFull) as error:
        return error
    return None
