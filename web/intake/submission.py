"""From an upload to an accepted job: checked, stored, recorded, announced."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

from werkzeug.datastructures import FileStorage, MultiDict

from shared.errors import InvalidJson, MissingFile, QueueFull, StoreUnavailable, TooManyFiles
from shared.job import InputImage, Job, JobInputs, JobOptions
from shared.job_store.records import Admission, new_id
from shared.settings import parse_settings, read_object, validate
from web.intake.images import CleanImage, read_image
from web.intake.limits import bounds, check_room
from web.intake.sizes import check_memory, check_size
from web.services import Services

MOST_STYLES = 8


def submit(
    services: Services, owner: str, files: MultiDict[str, FileStorage], form: Mapping[str, str]
) -> Job:
    """Accept a job.

    Raises:
        InvalidRequest: it says which field to mend and how.
        Refused: there is no room for it just now.

    Args:
        services: the services.
        owner: whose job it is.
        files: `content`, one file, and `style`, one or more.
        form: `settings` and `options`, each a JSON object or absent.
    """
    check_room(
        services.config, services.jobs, services.objects
    )  # without Redis too nothing is decoded
    settings = parse_settings(_text(files, form, "settings"))
    options = read_object("options", _text(files, form, "options"))
    handling = validate("options", JobOptions, options)
    content, *_ = _images(services, files, "content", most=1)
    shape = content.width, content.height
    check_size(settings, shape, services.config.max_result_megapixels)
    check_memory(settings, shape, services.workers.largest_lately())
    styles = _images(services, files, "style", most=MOST_STYLES)
    job_id, admission = new_id(), Admission(owner, bounds(services.config))
    with _dropping(services, job_id, on=Exception):
        inputs = _store_all(services, job_id, content, styles)
    # Else they stay: where Redis's answer is lost, a record may be there that names them.
    with _dropping(services, job_id, on=QueueFull):
        job = services.jobs.create(job_id, settings, handling, inputs, admission)
    services.wake()
    return job


def _text(files: MultiDict[str, FileStorage], form: Mapping[str, str], field: str) -> str:
    if field in files:  # as curl's @ sends it; passed over, it would paint another picture
        raise InvalidJson(field=field, reason="it was sent as a file, not as a form field")
    return form.get(field, "")


def _images(
    services: Services, files: MultiDict[str, FileStorage], field: str, most: int
) -> list[CleanImage]:
    uploads = [upload for upload in files.getlist(field) if upload.filename]
    if not uploads:
        raise MissingFile(field=field)
    if len(uploads) > most:
        raise TooManyFiles(field=field, maximum=most, count=len(uploads))
    return [read_image(field, upload, services.config.max_input_megapixels) for upload in uploads]


def _store_all(
    services: Services, job_id: str, content: CleanImage, styles: list[CleanImage]
) -> JobInputs:
    return JobInputs(
        content=_store(services, f"jobs/{job_id}/content.png", content),
        styles=[
            _store(services, f"jobs/{job_id}/style-{number}.png", style)
            for number, style in enumerate(styles)
        ],
    )


@contextmanager
def _dropping(services: Services, job_id: str, on: type[Exception]) -> Iterator[None]:
    """Delete the job's pictures if `on` is raised: no record names them."""
    try:
        yield
    except on:
        with suppress(StoreUnavailable):  # the workers collect what is left
            services.objects.delete_folder(f"jobs/{job_id}")
        raise


def _store(services: Services, key: str, image: CleanImage) -> InputImage:
    services.objects.put(key, image.png)
    return InputImage(key=key, width=image.width, height=image.height, bytes=len(image.png))
