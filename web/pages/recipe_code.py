"""How a job's picture can be made again: as a command, and as a program with the Python client.

Both name only the settings that differ from the preset that the job is closest to.
"""

import json
import pprint
import shlex
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

from shared import paths
from shared.job import Job, JobOptions
from shared.settings.recipe import shortest
from web.intake.recipe import inputs_of

RESULT = "result.png"
WIDTH = 70  # of a line of settings


class File(NamedTuple):
    """An input picture: its name in the recipe, as an input of the job, and its hash."""

    name: str
    of_job: str
    sha256: str | None


class RecipeCode(NamedTuple):
    """How to make a job's picture from some files."""

    preset: str
    files: list[File]
    command: str
    program: str


def recipe_code(job: Job, server: str) -> RecipeCode:
    """Return how a job's picture is made again on the server with this address."""
    settings, options, files = shortest(job.settings), _options(job), _files(job)
    return RecipeCode(
        settings["preset"],
        files,
        shlex.join(_words(server, files, settings, options)),
        _program(server, files, settings, options),
    )


def _files(job: Job) -> list[File]:
    several = len(job.inputs.styles) > 1
    names = {"content": "photo", "style-0": "painting-1" if several else "painting"}
    names |= {f"style-{number}": f"painting-{number + 1}" for number in range(1, 8)}
    names["init"] = "first"
    return [
        File(f"{names[of_job]}.{paths.suffix_of(image.key)}", of_job, image.sha256)
        for of_job, image in inputs_of(job).items()
    ]


def _options(job: Job) -> dict[str, Any]:
    """Return the options that are not the default ones."""
    defaults = JobOptions().model_dump()
    return {name: of for name, of in job.options.model_dump().items() if of != defaults[name]}


def _words(
    server: str, files: list[File], settings: Mapping[str, Any], options: Mapping[str, Any]
) -> list[str]:
    pictures = [file.name for file in files if file.of_job != "init"]
    words = ["gramworks", "--url", server, "submit", *pictures, "--preset", settings["preset"]]
    for name, value in settings.items():
        if name != "preset" and (name, value) != ("init", "image"):
            words += ["-s", f"{name}={_assigned(value)}"]
    for file in files:
        if file.of_job == "init":  # it stands for the setting too
            words += ["--init", file.name]
    if "priority" in options:
        words += ["--priority", options["priority"]]
    if "provenance" in options:
        words.append("--no-provenance")
    return [*words, "-o", RESULT]


def _assigned(value: Any) -> str:
    """Return a value as `--set` reads it."""
    if isinstance(value, dict):
        return ",".join(f"{name}:{_assigned(each)}" for name, each in value.items())
    if isinstance(value, list) and len(value) > 1:
        return ",".join(map(_assigned, value))
    return value if isinstance(value, str) else json.dumps(value)


def _program(
    server: str, files: list[File], settings: Mapping[str, Any], options: Mapping[str, Any]
) -> str:
    by_input = {file.of_job: file.name for file in files}
    styles = [name for of_job, name in by_input.items() if of_job.startswith("style")]
    arguments = [repr(by_input["content"]), repr(styles), _shown(settings)]
    if options:
        arguments.append(_shown(options))
    if "init" in by_input:
        arguments.append(f"init={by_input['init']!r}")
    given = textwrap.indent("".join(f"{argument},\n" for argument in arguments), " " * 8)
    return (
        "from gramworks import Client\n\n"
        f"with Client({server!r}) as client:\n"
        f"    job = client.submit(\n{given}    )\n"
        "    client.wait(job.id)\n"
        f"    client.fetch_to(job.id, {RESULT!r})\n"
    )


def _shown(values: Mapping[str, Any]) -> str:
    return pprint.pformat(dict(values), width=WIDTH, sort_dicts=False)
