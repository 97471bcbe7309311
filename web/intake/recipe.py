"""How a finished picture was painted, read from its file, so that it can be painted again."""

from collections.abc import Callable, Mapping
from typing import IO, NamedTuple

from werkzeug.datastructures import FileStorage

from shared.errors import NoRecipe
from shared.job import InputImage, Job
from shared.job_store import UploadedImage
from shared.provenance import Provenance
from shared.settings import Recipe, recipe_of
from web.intake.uploaded import is_hash
from web.services import Services

FILE = "file"  # what errors call the body of a request


class Ingredient(NamedTuple):
    """An input picture of a recipe: the hash of its file, and where it still is.

    `uploaded` is the owner's image with this hash; `job` has it as its input `name`.
    """

    name: str
    sha256: str | None
    uploaded: UploadedImage | None
    job: Job | None


class FoundRecipe(NamedTuple):
    """What a file says, with its pictures in the order content, styles, image to start from."""

    recipe: Recipe
    job: Job | None
    ingredients: list[Ingredient]


def read_recipe(
    services: Services, owner: str, body: IO[bytes], find_job: Callable[[str], Job | None]
) -> FoundRecipe:
    """Read a file that somebody uploads.

    Args:
        services: the application's services.
        owner: whose uploaded images are looked through.
        body: the file.
        find_job: returns a job that the owner may see.

    Raises:
        NoRecipe: the file does not say how it was painted.
        InvalidRequest, DecodingBusy: it is no picture that is accepted.
    """
    packet = services.images.packet(FILE, FileStorage(body, FILE))
    provenance = Provenance.from_packet(packet)
    if provenance is None:
        raise NoRecipe(field=FILE)
    try:
        recipe = recipe_of(provenance.settings)
    except RecursionError as error:
        raise NoRecipe(field=FILE) from error
    job = find_job(provenance.job)
    hashes = {"content": provenance.content}
    hashes |= {style_name(number): each for number, each in enumerate(provenance.styles)}
    if provenance.init:
        hashes["init"] = provenance.init
    return FoundRecipe(recipe, job, _ingredients(services, owner, hashes, job))


def recipe_of_job(services: Services, owner: str, job: Job) -> FoundRecipe:
    """Return how a job's picture was painted, from its record, to paint its photograph again.

    A job that started from an earlier picture painted only the full size; that is left out.
    """
    recipe = recipe_of(job.settings.model_dump(mode="json"))
    if job.settings.init == "image":
        of_preset = {"init", "pyramid"}
        kept = {name: of for name, of in recipe.settings.items() if name not in of_preset}
        recipe = recipe._replace(settings=kept)
    hashes = {name: image.sha256 for name, image in inputs_of(job).items()}
    return FoundRecipe(recipe, job, _ingredients(services, owner, hashes, job))


def _ingredients(
    services: Services, owner: str, hashes: Mapping[str, str | None], job: Job | None
) -> list[Ingredient]:
    """Return the pictures with these hashes, by their names among a job's inputs."""
    inputs = inputs_of(job) if job else {}
    ingredients = []
    for name, sha256 in hashes.items():
        found = services.uploaded_images.find(owner, sha256) if is_hash(sha256) else None
        has_it = sha256 and name in inputs and inputs[name].sha256 == sha256
        ingredients.append(
            Ingredient(name, sha256, found[0] if found else None, job if has_it else None)
        )
    return ingredients


def style_name(number: int) -> str:
    """Return what the style image `number`, from 0, is called among a job's inputs."""
    return f"style-{number}"


def inputs_of(job: Job) -> dict[str, InputImage]:
    """Return a job's input pictures by name: `content`, `style-0` and so on, `init`."""
    styles = {style_name(number): each for number, each in enumerate(job.inputs.styles)}
    init = {"init": job.inputs.init} if job.inputs.init else {}
    return {"content": job.inputs.content, **styles, **init}
