"""From an upload of several pictures to an accepted batch: a job for each pair, and settings."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel, Field
from werkzeug.datastructures import FileStorage, MultiDict

from shared import paths
from shared.config import Config
from shared.errors import (
    IdempotencyKeyReused,
    InvalidRequest,
    InvalidSetting,
    MissingFile,
    Refused,
    TooManyJobs,
)
from shared.job import JobInputs, JobOptions
from shared.job_store import NO_KEY, KeyedRequest, NewBatch, NewJob, new_id
from shared.settings import (
    OF_REQUESTS,
    SentSettings,
    StyleSettings,
    read_objects,
    read_settings,
)
from web.intake.batch_pictures import BatchPictures, StoredPicture
from web.intake.limits import check_room, owner_bounds, queue_bounds
from web.intake.size import Bounds, resolve_size
from web.intake.submission import (
    check_known,
    check_styles,
    delete_folder,
    deleting,
    read_options,
    text_field,
)
from web.services import Services


class BatchForm(BaseModel):
    """The form of a new batch."""

    model_config = OF_REQUESTS

    content: Annotated[list[bytes], Field(min_length=1)]
    """The files of the pictures to paint."""

    style: Annotated[list[bytes], Field(min_length=1)]
    """The files of the pictures in whose style each of them is painted."""

    settings: Annotated[
        SentSettings | Annotated[list[SentSettings], Field(min_length=1)],
        Field(default_factory=SentSettings),
    ]
    """What is painted; of an array, each pair is painted with each of its objects."""

    options: Annotated[JobOptions, Field(default_factory=JobOptions)]
    """How each job is handled."""


FIELDS = tuple(BatchForm.model_fields)


class Wanted(NamedTuple):
    """Settings for each pair: what errors call them, as they were sent, and as they are read."""

    name: str
    sent: dict[str, Any]
    settings: StyleSettings

    @property
    def keeps_profile(self) -> bool:
        """Whether content images keep their ICC profile."""
        return self.settings.color_profile == "photograph"


class Order(NamedTuple):
    """What a request asks for; `contents` and `styles` are numbers of files."""

    contents: int
    styles: int
    wanted: list[Wanted]
    options: JobOptions

    @property
    def jobs(self) -> int:
        """How many jobs that makes."""
        return self.contents * self.styles * len(self.wanted)


def submit_batch(
    services: Services,
    owner: str,
    files: MultiDict[str, FileStorage],
    form: Mapping[str, str],
    request: KeyedRequest = NO_KEY,
) -> str:
    """Accept a job for each content, style and settings, or none at all.

    Args:
        services: the application's services.
        owner: the jobs' owner.
        files: `content` and `style`, one or more files each.
        form: `settings`, a JSON object or an array of them, and `options`, a JSON object; both can
            be absent.
        request: what asks for the batch; the same request again gets the same batch.

    Returns:
        the batch's id.

    Raises:
        InvalidRequest: the request is invalid; the error names the field and its bound.
        Refused: there is no space for all of the jobs now.
    """
    if earlier := services.requests.job_of(request):
        services.batches.create_planned(earlier)  # the first request may have been interrupted
        return earlier
    check_known({*files, *form}, FIELDS)
    contents, styles = _uploads(files, "content"), _uploads(files, "style")
    order = Order(len(contents), len(styles), _wanted(files, form), read_options(files, form))
    _check_number(services.config, order)
    check_room(services, owner, order.jobs)  # before anything is decoded
    batch_id = new_id()
    with deleting(services, paths.batch_folder(batch_id), on=Exception):
        pictures = BatchPictures(services, batch_id, contents, styles)
        jobs = [
            NewJob(settings, order.options, inputs, owner, batch_id)
            for settings, inputs in _jobs(services, order, pictures)
        ]
    sent = [each.sent for each in order.wanted]
    new = NewBatch(owner, order.contents, order.styles, sent, order.options, jobs)
    return _accept(services, batch_id, new, request)


def _accept(services: Services, batch_id: str, new: NewBatch, request: KeyedRequest) -> str:
    # if Redis's answer is lost, the batch may exist, so only a refusal deletes its pictures
    with deleting(services, paths.batch_folder(batch_id), on=(Refused, IdempotencyKeyReused)):
        bounds = queue_bounds(services.config), owner_bounds(services.config)
        accepted = services.batches.create(batch_id, new, *bounds, request)
    if accepted != batch_id:  # the same request came twice at the same time
        delete_folder(services, paths.batch_folder(batch_id))
    for _ in range(min(len(new.jobs), max(1, len(services.workers.live())))):
        services.wake()
    return accepted


def _uploads(files: MultiDict[str, FileStorage], field: str) -> list[FileStorage]:
    uploads = [upload for upload in files.getlist(field) if upload.filename]
    if not uploads:
        raise MissingFile(field=field)
    return uploads


def _wanted(files: MultiDict[str, FileStorage], form: Mapping[str, str]) -> list[Wanted]:
    text = text_field(files, form, "settings")
    sent = read_objects("settings", text)
    if not sent:
        raise InvalidSetting(field="settings", problem="too_short", min_length=1)
    is_list = text.lstrip().startswith("[")
    names = [f"settings.{index}" if is_list else "settings" for index in range(len(sent))]
    return [_read(name, values) for name, values in zip(names, sent, strict=True)]


def _read(name: str, values: dict[str, Any]) -> Wanted:
    settings = read_settings(values, name)
    if settings.init == "image":
        message = "the pictures of a batch are painted from the photograph or from noise"
        raise InvalidSetting(field=f"{name}.init", problem="batch", message=message)
    with _naming(name):
        check_styles(settings, 1)
    return Wanted(name, values, settings)


def _check_number(config: Config, order: Order) -> None:
    """Raise TooManyJobs for more jobs than can be in a batch, a queue, or one owner's."""
    maximum = min(config.batch_jobs, config.max_queued_jobs, owner_bounds(config).jobs)
    if order.jobs > maximum:
        sizes = {"contents": order.contents, "styles": order.styles, "settings": len(order.wanted)}
        raise TooManyJobs(field="content", **sizes, count=order.jobs, maximum=maximum)


def _jobs(
    services: Services, order: Order, pictures: BatchPictures
) -> Iterator[tuple[StyleSettings, JobInputs]]:
    """Yield the settings and inputs of each job: contents, of each its styles, of each settings."""
    most = Bounds(services.config.max_result_megapixels, services.workers.largest_recently())
    numbers = range(order.contents)
    resolved = {
        (number, each.name): _resolved(each, number, _content(pictures, number, each), most)
        for number, each in product(numbers, order.wanted)
    }
    for number, style, each in product(numbers, range(order.styles), order.wanted):
        content = _content(pictures, number, each)
        painted = pictures.style(style, content.profile)
        inputs = JobInputs(content=content.record, styles=[painted.record])
        yield resolved[number, each.name], inputs


def _content(pictures: BatchPictures, number: int, wanted: Wanted) -> StoredPicture:
    return pictures.content(number, own_profile=wanted.keeps_profile)


def _resolved(wanted: Wanted, number: int, content: StoredPicture, most: Bounds) -> StyleSettings:
    """Return the settings with a size that fits this content image."""
    size = content.record.width, content.record.height
    with _naming(wanted.name, number):
        return resolve_size(wanted.settings, size, most, is_chosen="size" in wanted.sent)


@contextmanager
def _naming(settings: str, content: int | None = None) -> Iterator[None]:
    """Let errors name which settings are meant, and for which content image."""
    try:
        yield
    except InvalidRequest as error:
        field = str(error.parameters["field"])
        names = {"settings": settings, "content": f"content.{content}"}
        parent, dot, name = field.partition(".")
        of_content = {} if content is None else {"content": content}
        named = {"field": f"{names[parent]}{dot}{name}", **of_content}
        raise type(error)(**{**error.parameters, **named}) from error
