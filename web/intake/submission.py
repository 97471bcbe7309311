"""From an upload to an accepted job: checks it, stores the pictures, records it, wakes a worker."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

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
    TooManyFiles,
    UnknownField,
)
from shared.job import InputImage, Job, JobInputs, JobOptions
from shared.job_store import NO_KEY, KeyedRequest, NewJob, new_id
from shared.settings import (
    MAX_STYLES,
    StyleSettings,
    has_shape_of,
    read_object,
    read_settings,
    validate,
)
from web.intake.clean import CleanImage, Kept
from web.intake.limits import check_room, owner_bounds, queue_bounds
from web.intake.size import Bounds, resolve_size
from web.services import Services

FIELDS = ("content", "style", "init", "settings", "options")
INIT = "settings.init"


def submit(
    services: Services,
    owner: str,
    files: MultiDict[str, FileStorage],
    form: Mapping[str, str],
    request: KeyedRequest = NO_KEY,
) -> Job:
    """Accept a job.

    Args:
        services: the application's services.
        owner: the job's owner.
        files: `content`, one file, `style`, one or more, and `init`, one if the setting of that
            name is `image`.
        form: `settings` and `options`, each a JSON object or absent.
        request: what asks for the job; the same request again gets the same job.

    Raises:
        InvalidRequest: the request is invalid; the error names the field and its bound.
        Refused: there is no space for the job now.
    """
    if earlier := services.requests.job_of(request):
        return services.jobs.get(earlier)
    check_room(services, owner)  # before anything is decoded
    check_known({*files, *form}, FIELDS)
    if "init" in form:  # the setting of that name is in `settings`; ignoring it would mislead
        raise MissingFile(field="init")
    chosen = read_object("settings", text_field(files, form, "settings"))
    settings = read_settings(chosen)
    options = read_options(files, form)
    keeps_profile = settings.color_profile == "photograph"
    of_content = Kept(alpha=True, own_profile=keeps_profile)
    content, *_ = _images(services, files, "content", 1, of_content)
    in_its_colours = Kept(profile=content.profile)
    bounds = Bounds(services.config.max_result_megapixels, services.workers.largest_recently())
    size = content.width, content.height
    settings = resolve_size(settings, size, bounds, is_chosen="size" in chosen)
    styles = _images(services, files, "style", MAX_STYLES, in_its_colours)
    check_styles(settings, len(styles))
    init = _init(services, files, settings, content)
    return accept(
        services,
        lambda job_id: _store_all(services, job_id, content, styles, init),
        lambda inputs: NewJob(settings, options, inputs, owner),
        request,
    )


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
    with _deleting_inputs(services, job_id, on=Exception):
        inputs = store(job_id)
    # If Redis's answer is lost, the record may exist and name them, so only a refusal deletes them.
    with _deleting_inputs(services, job_id, on=(Refused, IdempotencyKeyReused)):
        bounds = queue_bounds(services.config), owner_bounds(services.config)
        job = services.jobs.create(job_id, describe(inputs), *bounds, request)
    if job.id != job_id:
        _delete_inputs(services, job_id)
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


def read_options(files: MultiDict[str, FileStorage], form: Mapping[str, str]) -> JobOptions:
    """Return the options that a form has."""
    values = read_object("options", text_field(files, form, "options"))
    return validate("options", JobOptions, values)


def text_field(files: MultiDict[str, FileStorage], form: Mapping[str, str], field: str) -> str:
    """Return a form field's text, empty if it is absent; raise InvalidJson if it came as a file."""
    if field in files:  # curl's @ sends it so; ignoring it would use other settings
        raise InvalidJson(field=field, reason="it was sent as a file, not as a form field")
    return form.get(field, "")


def _images(
    services: Services, files: MultiDict[str, FileStorage], field: str, most: int, kept: Kept
) -> list[CleanImage]:
    uploads = [upload for upload in files.getlist(field) if upload.filename]
    if not uploads:
        raise MissingFile(field=field)
    if len(uploads) > most:
        raise TooManyFiles(field=field, maximum=most, count=len(uploads))
    return [services.images.read(field, upload, kept) for upload in uploads]


def _init(
    services: Services,
    files: MultiDict[str, FileStorage],
    settings: StyleSettings,
    content: CleanImage,
) -> CleanImage | None:
    """Return the image to start from, if the settings ask for one."""
    is_sent = any(upload.filename for upload in files.getlist("init"))
    if settings.init != "image":
        if is_sent:
            raise InitUnused(field="init", setting=INIT, value=settings.init)
        return None
    if not is_sent:
        raise InitMissing(field="init", setting=INIT)
    init, *_ = _images(services, files, "init", 1, Kept(profile=content.profile))
    shape, of = (init.width, init.height), (content.width, content.height)
    if not has_shape_of(shape, of):
        sizes = {"width": shape[0], "height": shape[1], "of_width": of[0], "of_height": of[1]}
        raise InitOfOtherShape(field="init", **sizes)
    return init


def _store_all(
    services: Services,
    job_id: str,
    content: CleanImage,
    styles: list[CleanImage],
    init: CleanImage | None,
) -> JobInputs:
    return JobInputs(
        content=store_image(services, paths.content_key(job_id, content.suffix), content),
        styles=[
            store_image(services, paths.style_key(job_id, number, style.suffix), style)
            for number, style in enumerate(styles)
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
def _deleting_inputs(
    services: Services, job_id: str, on: type[Exception] | tuple[type[Exception], ...]
) -> Iterator[None]:
    """Delete the job's inputs if `on` is raised, since then no record names them."""
    try:
        yield
    except on:
        _delete_inputs(services, job_id)
        raise


def _delete_inputs(services: Services, job_id: str) -> None:
    with suppress(StoreUnavailable):  # the workers' garbage collection deletes them later
        services.objects.delete_folder(paths.job_folder(job_id))
