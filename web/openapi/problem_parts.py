"""The parts of the document that describe problems."""

from collections.abc import Iterable
from typing import Any

from web.openapi import problems
from web.openapi.headers import RATE_LIMIT
from web.openapi.operation import Error
from web.openapi.route import Route

Json = dict[str, Any]


def problem_answers(route: Route) -> Json:
    """Return the problems that a route can answer, by status."""
    found: Json = {}
    for status, kinds in problems.by_status(route.errors).items():
        codes = sorted(problems.code_of(error) for error in kinds)
        named = ["WWW-Authenticate"] if status == 401 else []
        named += ["Retry-After"] if status in (429, 503) else []
        named += [*RATE_LIMIT] if status == 429 and route.operation.is_counted else []
        found[str(int(status))] = {
            "description": f"{status.phrase}: " + ", ".join(f"`{code}`" for code in codes),
            **({"headers": header_refs(*named)} if named else {}),
            "content": {
                "application/problem+json": {
                    "schema": _one_of(kinds),
                    "examples": {
                        name: {"$ref": f"#/components/examples/{name}"}
                        for error in kinds
                        for name in _example_names(error)
                    },
                }
            },
        }
    return found


def _one_of(kinds: list[Error]) -> Json:
    refs = {
        problems.code_of(error): f"#/components/schemas/{problems.name_of(error)}"
        for error in kinds
    }
    if len(refs) == 1:
        return {"$ref": next(iter(refs.values()))}
    return {
        "oneOf": [{"$ref": ref} for ref in refs.values()],
        "discriminator": {"propertyName": "code", "mapping": refs},
    }


def problem_schemas(kinds: Iterable[Error]) -> Json:
    """Return the schemas of problems by name."""
    return {
        problems.name_of(error): problems.schema(error)
        for error in sorted(dict.fromkeys(kinds), key=problems.name_of)
    }


def problem_examples(kinds: Iterable[Error]) -> Json:
    """Return examples of problems by name: their code, and a number from the second on."""
    return {
        name: {"value": body}
        for error in sorted(dict.fromkeys(kinds), key=problems.code_of)
        for name, body in zip(_example_names(error), problems.bodies(error), strict=True)
    }


def _example_names(error: Error) -> list[str]:
    code = problems.code_of(error)
    return [f"{code}-{n}" if n else code for n in range(len(problems.EXAMPLES[error]))]


def header_refs(*names: str) -> Json:
    """Return references to headers of answers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
