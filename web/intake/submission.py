"""From an upload to an accepted job: checks it, stores the pictures, records it, wakes a worker."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Annotated, NamedTuple

from pydantic import BaseModel, Field
from werkzeug.datastructures import FileStorage, MultiDict

from shared import paths
from shared.errors import (
    BlendMismatch,
    IdempotencyKeyReused,
    InitMissing,
    InitOfOtherShape,
    InitUnused,
    InvalidJson,
    MissingFile,
    Refused,
    StoreUnavailable,
    StylesTooLarge,
    UnknownField,
)
from shared.job import InputImage, Job, JobInputs, JobOptions
from shared.job_store import NO_KEY, KeyedRequest, NewJob, new_id
from shared.settings import (
    MAX_STYLES,
    OF_REQUESTS,
    SentSettings,
    StyleSettings,
    has_shape_of,
    read_object,
    read_settings,
    validate,
)
from web.intake.clean import CleanImage, Kept
from web.intake.limits import check_room, owner_bounds, queue_bounds
from web.intake.size import Bounds, Size, resolve_size
from web.intake.sources import Sources
from web.services import Services

INIT = "settings.init"


class Upload(NamedTuple):
    """A form that was checked: what to paint, and its pictures as they are stored."""

    settings: StyleSettings
    options: JobOptions
    content: CleanImage
    styles: list[CleanImage]
    init: CleanImage | None


class JobForm(BaseModel):
    """The form of a new job."""

    model_config = OF_REQUESTS

    content: Annotated[bytes, Field(default_factory=bytes)]
    """The file of the picture to paint; or `content_url`, or `content_sha256`."""

    content_url: Annotated[str, Field(default_factory=str)]
    """Where the server gets it."""

    content_sha256: Annotated[str, Field(default_factory=str)]
    """The hash of its file, if it was uploaded (`PUT /images/{sha256}`), or is a picture of one of
    your latest 40 jobs."""

    style: Annotated[list[bytes], Field(default_factory=list, max_length=MAX_STYLES)]
    """The files of the pictures in whose style it is painted, at least one in all; or `style_url`,
    or `style_sha256`."""

    style_url: Annotated[list[str], Field(default_factory=list, max_length=MAX_STYLES)]
    """Where the server gets them."""

    style_sha256: Annotated[list[str], Field(default_factory=list, max_length=MAX_STYLES)]
    """The hashes of their files, if they were uploaded, are built-in styles, or are pictures of
    your latest 40 jobs."""

    init: Annotated[bytes, Field(default_factory=bytes)]
    """The file of the picture to start from, with the content's proportions; only with the setting
    `init` `image`."""

    init_url: Annotated[str, Field(default_factory=str)]
    """Where the server gets it."""

    init_sha256: Annotated[str, Field(default_factory=str)]
    """The hash of its file, as for `content_sha256`."""

    settings: Annotated[SentSettings, Field(default_factory=SentSettings)]
    """What is painted."""

    options: Annotated[JobOptions, Field(default_factory=JobOptions)]
    """How the job is handled."""


FIELDS = tuple(JobForm.model_fields)


def submit(
    services: Services,
    owner: str,
    files: MultiDict[str, FileStorage],
    form: MultiDict[str, str],
    request: KeyedRequest = NO_KEY,
) -> Job:
    """Accept a job.

    Args:
        services: the application's services.
        owner: the job's owner.
        files: `content`, one file, `style`, one or more, and `init`, one if the setting of that
            name is `image`.
        form: `settings` and `options`, each a JSON object or absent; URLs and hashes of pictures
            that come without files, such as `content_url` and `style_sha256`.
        request: what asks for the job; the same request again gets the same job.

    Raises:
        InvalidRequest: the request is invalid; the error names the field and its bound.
        Refused: there is no space for the job now.
    """
    if earlier := services.requests.job_of(request):
        return services.jobs.get(earlier)
    check_room(services, owner)  # before anything is decoded
    upload = read_upload(services, owner, files, form)
    return accept(
        services,
        lambda job_id: _store_all(services, job_id, upload),
        lambda inputs: NewJob(upload.settings, upload.options, inputs, owner),
        request,
    )


def read_upload(
    services: Services,
    owner: str,
    files: MultiDict[str, FileStorage],
    form: MultiDict[str, str],
) -> Upload:
    """Return what a form describes; the arguments are those of `submit`.

    Raises:
        InvalidRequest: the request is invalid; the error names the field and its bound.
        DecodingBusy: other pictures were read for too long.
    """
    check_known({*files, *form}, FIELDS)
    if "init" in form:  # the setting of that name is in `settings`; ignoring it would mislead
        raise MissingFile(field="init")
    chosen = read_object("settings", text_field(files, form, "settings"))
    settings = read_settings(chosen)
    options = read_options(files, form)
    keeps_profile = settings.color_profile == "photograph"
    of_content = Kept(alpha=True, own_profile=keeps_profile)
    sources = Sources(services, owner, files, form)
    sources.check("content", 1)
    sources.check("style", MAX_STYLES)
    (content,) = sources.read("content", of_content)
    in_its_colours = Kept(profile=content.profile)
    size = content.width, content.height
    settings = resolve_size(settings, size, bounds_of(services), is_chosen="size" in chosen)
    check_styles(settings, sources.count("style"))
    styles = list(sources.read("style", in_its_colours))
    init = _init(sources, settings, content)
    return Upload(settings, options, content, styles, init)


def accept(
    services: Services,
    store: Callable[[str], JobInputs],
    describe: Callable[[JobInputs], NewJob],
    request: KeyedRequest,
) -> Job:
    """Store a checked job's inputs, record the job, and wake a worker.

    Args:
        services: the application's services.
        store: stores the inputs of the job with this id.
        describe: returns the job with these inputs.
        request: what asks for the job. If the same request was sent twice at the same time, both
            get the job that was recorded first.

    Raises:
        QueueFull, OwnerQuotaReached, IdempotencyKeyReused: nothing was recorded; the inputs are
            deleted.
    """
    job_id = new_id()
    with deleting(services, paths.job_folder(job_id), on=Exception):
        inputs = store(job_id)
    # If Redis's answer is lost, the record may exist and name them, so only a refusal deletes them.
    with deleting(services, paths.job_folder(job_id), on=(Refused, IdempotencyKeyReused)):
        bounds = queue_bounds(services.config), owner_bounds(services.config)
        job = services.jobs.create(job_id, describe(inputs), *bounds, request)
    if job.id != job_id:
        delete_folder(services, paths.job_folder(job_id))
    services.wake()
    return job


def check_known(fields: set[str], known: tuple[str, ...]) -> None:
    """Raise UnknownField if a field's name is unknown, since it is probably misspelled."""
    for field in sorted(filter(None, fields.difference(known))):
        raise UnknownField(field=field, known=list(known))


def check_styles(settings: StyleSettings, styles: int) -> None:
    """Raise an error if settings of the styles do not fit their number."""
    weights = len(settings.style_blend)
    if weights not in (0, styles):
        raise BlendMismatch(field="settings.style_blend", weights=weights, styles=styles)
    largest = settings.largest_style_scale(styles)
    if settings.style_scale > largest:
        raise StylesTooLarge(field="settings.style_scale", styles=styles, maximum=largest)


def bounds_of(services: Services) -> Bounds:
    """Return the largest results: that the server accepts, and that a worker can paint."""
    return Bounds(services.config.max_result_megapixels, services.workers.largest_recently())


def check_init(settings: StyleSettings, *, is_sent: bool) -> None:
    """Raise an error unless an image to start from came exactly if the settings ask for one."""
    if is_sent and settings.init != "image":
        raise InitUnused(field="init", setting=INIT, value=settings.init)
    if not is_sent and settings.init == "image":
        raise InitMissing(field="init", setting=INIT)


def check_shape(init: Size, content: Size) -> None:
    """Raise InitOfOtherShape unless the image to start from has the content's proportions."""
    if not has_shape_of(init, content):
        sizes = {"width": init[0], "height": init[1]}
        raise InitOfOtherShape(field="init", of_width=content[0], of_height=content[1], **sizes)


def read_options(files: MultiDict[str, FileStorage], form: Mapping[str, str]) -> JobOptions:
    """Return the options that a form has."""
    values = read_object("options", text_field(files, form, "options"))
    return validate("options", JobOptions, values)


def text_field(files: MultiDict[str, FileStorage], form: Mapping[str, str], field: str) -> str:
    """Return a form field's text, empty if it is absent; raise InvalidJson if it came as a file."""
    if field in files:  # curl's @ sends it so; ignoring it would use other settings
        raise InvalidJson(field=field, reason="it was sent as a file, not as a form field")
    return form.get(field, "")


def _init(sources: Sources, settings: StyleSettings, content: CleanImage) -> CleanImage | None:
    """Return the image to start from, if the settings ask for one."""
    is_sent = sources.count("init") > 0
    check_init(settings, is_sent=is_sent)
    if not is_sent:
        return None
    sources.check("init", 1)
    (init,) = sources.read("init", Kept(profile=content.profile))
    check_shape((init.width, init.height), (content.width, content.height))
    return init


def _store_all(services: Services, job_id: str, upload: Upload) -> JobInputs:
    content, init = upload.content, upload.init
    return JobInputs(
        content=store_image(services, paths.content_key(job_id, content.suffix), content),
        styles=[
            store_image(services, paths.style_key(job_id, number, style.suffix), style)
            for number, style in enumerate(upload.styles)
        ],
        init=store_image(services, paths.init_key(job_id, init.suffix), init) if init else None,
    )


def store_image(services: Services, key: str, image: CleanImage) -> InputImage:
    """Store a checked picture under a key; return its record."""
    services.objects.put(key, image.data)
    return InputImage(
        key=key,
        width=image.width,
        height=image.height,
        bytes=len(image.data),
        sha256=image.sha256,
        orientation=image.orientation,
        convert_to=image.convert_to,
    )


@contextmanager
def deleting(
    services: Services, folder: str, on: type[Exception] | tuple[type[Exception], ...]
) -> Iterator[None]:
    """Delete a folder of stored pictures if `on` is raised, since then no record names them."""
    try:
        yield
    except on:
        delete_folder(services, folder)
        raise


def delete_folder(services: Services, folder: str) -> None:
    """Delete a folder of the object store; if that fails, the workers' garbage collection will."""
    with suppress(StoreUnavailable):
        services.objects.delete_folder(folder)
