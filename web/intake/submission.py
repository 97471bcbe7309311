"""From an upload to an accepted job: checks it, stores the pictures, records it, wakes a worker."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from werkzeug.datastructures import FileStorage, MultiDict

from shared import paths
from shared.errors import (
    InvalidJson,
    MissingFile,
    QueueFull,
    StoreUnavailable,
    TooManyFiles,
    UnknownField,
)
from shared.job import InputImage, Job, JobInputs, JobOptions
from shared.job_store import NewJob, new_id
from shared.settings import parse_settings, read_object, validate
from web.intake.images import CleanImage, Kept, read_image
from web.intake.limits import check_memory, check_room, check_size, queue_bounds
from web.services import Services

MAX_STYLES = 8
FIELDS = ("content", "style", "settings", "options")


def submit(
    services: Services, owner: str, files: MultiDict[str, FileStorage], form: Mapping[str, str]
) -> Job:
    """Accept a job.

    Args:
        services: the application's services.
        owner: the job's owner.
        files: `content`, one file, and `style`, one or more.
        form: `settings` and `options`, each a JSON object or absent.

    Raises:
        InvalidRequest: the request is invalid; the error names the field and its bound.
        Refused: there is no space for the job now.
    """
    check_room(services)  # before anything is decoded
    check_known({*files, *form}, FIELDS)
    settings = parse_settings(_text(files, form, "settings"))
    options = validate("options", JobOptions, read_object("options", _text(files, form, "options")))
    keeps_profile = settings.color_profile == "photograph"
    of_content = Kept(alpha=True, own_profile=keeps_profile)
    content, *_ = _images(services, files, "content", 1, of_content)
    size = content.width, content.height
    check_size(settings, size, services.config.max_result_megapixels)
    check_memory(settings, size, services.workers.largest_recently())
    styles = _images(services, files, "style", MAX_STYLES, Kept(profile=content.profile))
    job_id = new_id()
    with _deleting_inputs(services, job_id, on=Exception):
        inputs = _store_all(services, job_id, content, styles)
    # If Redis's answer is lost, the record may exist and name them, so only a refusal deletes them.
    with _deleting_inputs(services, job_id, on=QueueFull):
        new = NewJob(settings, options, inputs, owner)
        job = services.jobs.create(job_id, new, queue_bounds(services.config))
    services.wake()
    return job


def check_known(fields: set[str], known: tuple[str, ...]) -> None:
    """Raise UnknownField if a field's name is unknown, since it is probably misspelled."""
    for field in sorted(filter(None, fields.difference(known))):
        raise UnknownField(field=field, known=list(known))


def _text(files: MultiDict[str, FileStorage], form: Mapping[str, str], field: str) -> str:
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
    megapixels = services.config.max_input_megapixels
    return [read_image(field, upload, megapixels, kept) for upload in uploads]


def _store_all(
    services: Services, job_id: str, content: CleanImage, styles: list[CleanImage]
) -> JobInputs:
    return JobInputs(
        content=_store(services, paths.content_key(job_id), content),
        styles=[
            _store(services, paths.style_key(job_id, number), style)
            for number, style in enumerate(styles)
        ],
    )


def _store(services: Services, key: str, image: CleanImage) -> InputImage:
    services.objects.put(key, image.png)
    return InputImage(key=key, width=image.width, height=image.height, bytes=len(image.png))


@contextmanager
def _deleting_inputs(services: Services, job_id: str, on: type[Exception]) -> Iterator[None]:
    """Delete the job's inputs if `on` is raised, since then no record names them."""
    try:
        yield
    except on:
        with suppress(StoreUnavailable):  # the workers' garbage collection deletes them later
            services.objects.delete_folder(paths.job_folder(job_id))
        raise
