"""A new job from an older one: from its pixels, or from its inputs again with other settings."""

import io
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator

from shared import paths
from shared.errors import InvalidSetting, NothingToFork, ObjectNotFound, PixelsGone
from shared.job import InputImage, Job, JobInputs, JobOptions, JobState
from shared.job_store import NO_KEY, KeyedRequest, NewJob
from shared.kept_pixels import KeptPixels
from shared.pictures import Picture, deprocess, encode, render
from shared.settings import (
    DEPROCESS_MEANS,
    OF_REQUESTS,
    SentSettings,
    StyleSettings,
    read_settings,
    validate,
)
from web.intake.limits import check_room
from web.intake.size import resolve_size
from web.intake.submission import accept, bounds_of, check_styles
from web.services import Services

TRUE_MEANS = DEPROCESS_MEANS["keras"]  # with which a picture becomes the same pixels again


class Fork(BaseModel):
    """What a fork changes."""

    model_config = OF_REQUESTS

    start: Literal["pixels", "inputs"] = "pixels"
    """`pixels`: the new job starts where the older one ended, or from the checkpoint of one that
    failed. `inputs`: it paints the same pictures once more, whatever the older one's state."""

    settings: Annotated[
        dict[str, Any], BeforeValidator(lambda value: value, json_schema_input_type=SentSettings)
    ] = {}
    """What differs from the older job's settings; with `preset`, everything comes from the
    preset."""

    options: JobOptions = JobOptions()
    """What differs from the older job's options."""


def fork(
    services: Services,
    owner: str,
    parent: Job,
    values: Mapping[str, Any],
    request: KeyedRequest = NO_KEY,
) -> Job:
    """Accept a new job with an older one's pictures.

    Args:
        services: the application's services.
        owner: the new job's owner.
        parent: the older job.
        values: `start`, `settings` and `options`, each of which can be left out.
        request: what asks for the job; the same request again gets the same job.

    Raises:
        InvalidRequest: a value is wrong; the error names the field and its bound.
        Refused: there is no space for the job now.
        NothingToFork: the older job has no pixels yet.
        PixelsGone: its pixels are not kept.
    """
    if earlier := services.requests.job_of(request):
        return services.jobs.get(earlier)
    check_room(services, owner)
    wanted = validate("fork", Fork, values)
    settings = _resolved(services, parent, wanted)
    check_styles(settings, len(parent.inputs.styles))
    _check_init(settings, wanted, parent.inputs)
    _check_profile(settings, parent.settings)
    picture = _pixels(services, parent) if wanted.start == "pixels" else None
    old = parent.inputs
    if settings.init != "image":  # the new job does not start from the older one's own picture
        old = old.model_copy(update={"init": None})
    options = parent.options.model_copy(update=wanted.options.model_dump(exclude_unset=True))
    return accept(
        services,
        partial(_store, services, old, picture),
        lambda inputs: NewJob(settings, options, inputs, owner),
        request,
    )


def forked_settings(parent: StyleSettings, wanted: Fork) -> StyleSettings:
    """Return the older job's settings with the changes; a preset replaces them all.

    From pixels, only the full size is painted unless `pyramid` is given: a coarser level would
    paint over the detail that is there.
    """
    from_pixels = {"init": "image", "pyramid": 1} if wanted.start == "pixels" else {}
    changes = {**from_pixels, **wanted.settings}
    if "preset" in changes:
        changes = {"color_profile": parent.color_profile, **changes}
        return read_settings(changes)
    kept = parent.model_dump(mode="json")
    if {"strength", "normalization"} & wanted.settings.keys():
        del kept["content_weight"]  # the changed ones stand for another
    return validate("settings", StyleSettings, {**kept, **changes})


def _check_init(settings: StyleSettings, wanted: Fork, inputs: JobInputs) -> None:
    field = "settings.init"
    if wanted.start == "pixels" and settings.init != "image":
        message = "leave it out, or set 'start' to 'inputs', since the pixels are the first image"
        raise InvalidSetting(field=field, problem="fork", message=message)
    if wanted.start == "inputs" and settings.init == "image" and inputs.init is None:
        message = "the older job has no picture of its own to start from"
        raise InvalidSetting(field=field, problem="fork", message=message)


def _check_profile(settings: StyleSettings, parent: StyleSettings) -> None:
    """Refuse another colour profile: the pictures were stored for the older job's."""
    if settings.color_profile != parent.color_profile:
        message = f"the pictures were stored for '{parent.color_profile}'; upload them again"
        raise InvalidSetting(field="settings.color_profile", problem="fork", message=message)


def _resolved(services: Services, parent: Job, wanted: Fork) -> StyleSettings:
    """Return the settings with a size that can be painted; a preset's fits itself, as always."""
    settings, content = forked_settings(parent.settings, wanted), parent.inputs.content
    is_chosen = "size" in wanted.settings or "preset" not in wanted.settings
    size = content.width, content.height
    return resolve_size(settings, size, bounds_of(services), is_chosen=is_chosen)


def _pixels(services: Services, parent: Job) -> Picture:
    """Return what a job painted: its result, or the newest checkpoint of one that failed."""
    read, key = _succeeded, parent.float_pixels
    if parent.state is JobState.FAILED:
        read, key = _checkpoint, parent.checkpoint
    elif parent.state is JobState.SUCCEEDED and key is None:
        raise PixelsGone(id=parent.id)
    if key is None:
        raise NothingToFork(id=parent.id, state=parent.state)
    try:
        return read(services.objects.get(key))
    except (ObjectNotFound, ValueError) as error:
        raise PixelsGone(id=parent.id) from error


def _succeeded(data: bytes) -> Picture:
    return render(KeptPixels.from_bytes(data), TRUE_MEANS)


def _checkpoint(data: bytes) -> Picture:
    """Return the picture of a checkpoint that a worker saved, or raise ValueError."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return deprocess(arrays["image"], TRUE_MEANS)
    except (KeyError, OSError, EOFError) as error:
        raise ValueError(str(error)) from error


def _store(
    services: Services, inputs: JobInputs, picture: Picture | None, job_id: str
) -> JobInputs:
    """Store an older job's inputs for a new one, to start from `picture` if it is given."""

    def copy(image: InputImage, key: str) -> InputImage:
        services.objects.put(key, services.objects.get(image.key))
        return image.model_copy(update={"key": key})

    return JobInputs(
        content=copy(inputs.content, paths.content_key(job_id, _suffix(inputs.content))),
        styles=[
            copy(style, paths.style_key(job_id, number, _suffix(style)))
            for number, style in enumerate(inputs.styles)
        ],
        init=_init(services, inputs, picture, job_id, copy),
    )


def _suffix(image: InputImage) -> str:
    return paths.suffix_of(image.key)


def _init(
    services: Services,
    inputs: JobInputs,
    picture: Picture | None,
    job_id: str,
    copy: Callable[[InputImage, str], InputImage],
) -> InputImage | None:
    if picture is None:
        old = inputs.init
        return copy(old, paths.init_key(job_id, _suffix(old))) if old else None
    key, data = paths.init_key(job_id), encode(picture, "png")
    services.objects.put(key, data)
    rows, columns, _ = picture.shape
    return InputImage(
        key=key, width=columns, height=rows, bytes=len(data), sha256=sha256(data).hexdigest()
    )
