"""From an upload to an accepted job: checked, stored, recorded, announced."""

from collections.abc import Mapping
from contextlib import suppress

from werkzeug.datastructures import FileStorage, MultiDict

from shared.errors import InvalidJson, MissingFile, QueueFull, StoreUnavailable, TooManyFiles
from shared.job import InputImage, Job, JobInputs, JobOptions
from shared.jobs.records import Admission, new_id
from shared.settings import StyleSettings, parse_settings, read_object, validate
from web.admission import bounds, check_room
from web.services import Services
from web.sizes import check_memory, check_size
from web.uploads import CleanImage, read_image

MOST_STYLES = 8


def submit(house: Services, files: MultiDict[str, FileStorage], form: Mapping[str, str]) -> Job:
    """Accept a job, or raise an InvalidRequest that says which field to mend and how.

    Args:
        house: the services.
        files: `content`, one file, and `style`, one or more.
        form: `settings` and `options`, each a JSON object or absent.
    """
    check_room(house.config, house.jobs, house.images)  # without Redis too nothing is decoded
    settings = parse_settings(_text(files, form, "settings"))
    options = read_object("options", _text(files, form, "options"))
    handling = validate("options", JobOptions, options)
    content, *_ = _images(house, files, "content", most=1)
    shape = content.width, content.height
    check_size(settings, shape, house.config.max_result_megapixels)
    check_memory(settings, shape, house.workers.largest_lately())
    styles = _images(house, files, "style", most=MOST_STYLES)
    job = _record(house, settings, handling, content, styles)
    house.wake()
    return job


def _text(files: MultiDict[str, FileStorage], form: Mapping[str, str], field: str) -> str:
    if field in files:  # as curl's @ sends it; passed over, it would paint another picture
        raise InvalidJson(field=field, reason="it was sent as a file, not as a form field")
    return form.get(field, "")


def _images(
    house: Services, files: MultiDict[str, FileStorage], field: str, most: int
) -> list[CleanImage]:
    uploads = [upload for upload in files.getlist(field) if upload.filename]
    if not uploads:
        raise MissingFile(field=field)
    if len(uploads) > most:
        raise TooManyFiles(field=field, maximum=most, count=len(uploads))
    return [read_image(field, upload, house.config.max_input_megapixels) for upload in uploads]


def _record(
    house: Services,
    settings: StyleSettings,
    options: JobOptions,
    content: CleanImage,
    styles: list[CleanImage],
) -> Job:
    job_id = new_id()
    folder = f"jobs/{job_id}"
    try:
        inputs = JobInputs(
            content=_store(house, f"{folder}/content.png", content),
            styles=[
                _store(house, f"{folder}/style-{number}.png", style)
                for number, style in enumerate(styles)
            ],
        )
    except Exception:
        _drop(house, folder)
        raise
    # From here on they stay: where Redis's answer is lost, a record may be there that names them.
    admission = Admission(bounds=bounds(house.config))
    try:
        return house.jobs.create(job_id, settings, options, inputs, admission)
    except QueueFull:
        _drop(house, folder)
        raise


def _drop(house: Services, folder: str) -> None:
    with suppress(StoreUnavailable):  # no record names them: the workers collect what is left
        house.images.delete_folder(folder)


def _store(house: Services, key: str, image: CleanImage) -> InputImage:
    house.images.put(key, image.png)
    return InputImage(key=key, width=image.width, height=image.height, bytes=len(image.png))
