"""The page that describes the API: its OpenAPI document, for people. It needs no token."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, current_app, json, render_template
from markupsafe import Markup, escape

from web.identity.request_identity import public
from web.openapi.routes import current_document

blueprint = Blueprint("docs_page", __name__)
_KEY = "gramworks.docs_page"
Json = Mapping[str, Any]
BOUNDS = {
    "minimum": "from {}", "exclusiveMinimum": "above {}", "maximum": "to {}",
    "exclusiveMaximum": "below {}", "minItems": "at least {} items", "maxItems": "at most {} items",
    "maxLength": "at most {} characters", "pattern": "matching {}",
}  # fmt: skip # pairs side by side


@blueprint.get("/docs")
@public
def show() -> str:
    """Show every operation, problem and schema; that part is made at the first request for it."""
    body: str | None = current_app.extensions.get(_KEY)
    if body is None:
        body = current_app.extensions[_KEY] = _body(current_document())
    return render_template("docs.html", body=Markup(body))  # noqa: S704 - from its own template


def _body(described: Json) -> str:
    schemas = described["components"]["schemas"]
    problems = {
        schema["properties"]["code"]["const"]: name
        for name, schema in schemas.items()
        if "const" in schema.get("properties", {}).get("code", {})
    }
    return render_template(
        "docs_body.html",
        document=described,
        groups=groups(described),
        meanings={code: schemas[name]["description"] for code, name in problems.items()},
        problem_names=set(problems.values()),
    )


@dataclass(frozen=True)
class Shown:
    """An operation on the page."""

    method: str
    path: str
    body: Json

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return str(self.body["operationId"])

    @property
    def scope(self) -> str | None:
        """The scope that a token needs; None if any token will do, or none is needed."""
        needed = [scope for each in self.body["security"] for scope in each.get("token", [])]
        return needed[0] if needed else None

    @property
    def successes(self) -> dict[str, Json]:
        """Its answers that are no problems, by status."""
        return {key: each for key, each in self.body["responses"].items() if key < "4"}

    @property
    def codes(self) -> list[tuple[str, list[str]]]:
        """The codes of its problems by status."""
        return [(status, list(_examples(answer))) for status, answer in self._problems()]

    def _problems(self) -> Iterator[tuple[str, Json]]:
        yield from ((key, each) for key, each in self.body["responses"].items() if key >= "4")


def groups(described: Json) -> list[tuple[Json, list[Shown]]]:
    """Return the tags, each with its operations."""
    shown = [
        Shown(method.upper(), path, body)
        for path, methods in described["paths"].items()
        for method, body in methods.items()
    ]
    return [
        (tag, [each for each in shown if tag["name"] in each.body["tags"]])
        for tag in described["tags"]
    ]


def install(app: Flask) -> None:
    """Offer templates what the page needs."""
    app.jinja_env.filters.update(prose=prose, code_in=code, pretty=pretty, type_of=type_of)


def prose(text: str) -> Markup:
    """Return a description, in which code is in backquotes, as paragraphs."""
    return Markup().join(
        Markup("<p>{}</p>").format(code(part)) for part in text.split("\n\n") if part.strip()
    )


def code(text: str) -> Markup:
    """Return a text with code in backquotes."""
    parts = str(escape(text)).split("`")
    marked = [f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts)]
    return Markup("".join(marked))  # noqa: S704 - escaped above


def pretty(value: Any) -> str:
    """Return an example as it is sent."""
    return value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def type_of(schema: Json) -> Markup:
    """Return the type of a value in words, with links to schemas."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#schema-{}">{}</a>').format(name, name)
    if "const" in schema:
        return code(f"`{schema['const']}`")
    if "enum" in schema:
        return code(", ".join(f"`{value}`" for value in schema["enum"]))
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return Markup(" or ").join(map(type_of, schema[several]))
    return Markup("{}{}").format(_plain_type(schema), _bounds(schema))


def _plain_type(schema: Json) -> Markup:
    kind = schema.get("type", "anything")
    if kind == "array" and "items" in schema:
        return Markup("list of {}").format(type_of(schema["items"]))
    if kind == "array":
        return Markup("list of {} values").format(len(schema.get("prefixItems", [])))
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return Markup("object of {}").format(type_of(schema["additionalProperties"]))
    if schema.get("format") == "binary":
        return escape("file")
    shown = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return escape(shown)


def _bounds(schema: Json) -> str:
    found = [text.format(schema[name]) for name, text in BOUNDS.items() if name in schema]
    return f", {' '.join(found)}" if found else ""


def _examples(answer: Json) -> Iterator[str]:
    """Yield the codes of a problem's examples."""
    for name in answer["content"]["application/problem+json"]["examples"]:
        if "-" not in name:
            yield name
