"""From an upload to an accepted job: checked, stored, recorded, announced."""

from collections.abc import Mapping

from werkzeug.datastructures import FileStorage, MultiDict

from shared.errors import InvalidJson, MissingFile, TooManyFiles
from shared.job import InputImage, Job, JobInputs, JobOptions
from shared.jobs.records import new_id
from shared.settings import StyleSettings, parse_settings, read_object, validate
from web.services import Services
from web.sizes import check_size
from web.uploads import CleanImage, read_image

MOST_STYLES = 8


def submit(house: Services, files: MultiDict[str, FileStorage], form: Mapping[str, str]) -> Job:
    """Accept a job, or raise an InvalidRequest that says which field to mend and how.

    Args:
        house: the services.
        files: `content`, one file, and `style`, one or more.
        form: `settings` and `options`, each a JSON object or absent.
    """
    house.jobs.ping()  # without Redis nothing is decoded, and nothing stored that no record names
    settings = parse_settings(_text(files, form, "settings"))
    options = read_object("options", _text(files, form, "options"))
    handling = validate("options", JobOptions, options)
    content, *_ = _images(house, files, "content", most=1)
    check_size(settings, (content.width, content.height), house.config.max_result_megapixels)
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
        house.images.delete_folder(folder)  # no record names them
        raise
    # From here on they stay: where Redis's answer is lost, a record may be there that names them.
    return house.jobs.create(job_id, settings, options, inputs)


def _store(house: Services, key: str, image: CleanImage) -> InputImage:
    house.images.put(key, image.png)
    return InputImage(key=key, width=image.width, height=image.height, bytes=len(image.png))
