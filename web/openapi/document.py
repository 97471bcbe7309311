"""The OpenAPI document of an application, made from what its routes say of themselves."""

import inspect
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from flask import Flask, json
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.provenance import installed_version
from web.identity.csrf import HEADER as CSRF_HEADER
from web.identity.csrf import SAFE_METHODS
from web.openapi import headers, problems
from web.openapi.operation import Answer, Body, Examples, Operation
from web.openapi.problem_parts import (
    header_refs,
    problem_answers,
    problem_examples,
    problem_schemas,
)
from web.openapi.route import Route, routes

Json = dict[str, Any]
Mode = Literal["validation", "serialization"]
Model = tuple[type[BaseModel], Mode]
Refs = Mapping[Any, Json]  # by Model; pydantic's own keys can be dataclasses too

EVENT_ID = "1763879257796-0"  # in examples
FILE = {"type": "string", "format": "binary"}
PATH_PARAMETERS: dict[str, Json] = {
    "job_id": {"description": "The job's id.", "example": problems.ID},
    "batch_id": {"description": "The batch's id.", "example": problems.BATCH_ID},
    "name": {
        "description": "The input picture: `content`, `style-0` and so on, or `init`.",
        "schema": {"type": "string", "pattern": r"^(content|style-\d|init)$"},
        "example": "content",
    },
    "sha256": {
        "description": "The SHA-256 of the image's file, in hexadecimal digits.",
        "schema": {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"},
        "example": problems.HASH,
    },
    "webhook_id": {"description": "The webhook's id.", "example": problems.WEBHOOK_ID},
    "worker": {"description": "The worker's name.", "example": "gpu-1"},
}
SECURITY_SCHEMES: Json = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token, which the operator makes: `Authorization: Bearer gw_…`.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "gramworks",
        "description": (
            "The cookie of a browser that signed in at `/signin`; over TLS it is named"
            " `__Host-gramworks`."
        ),
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "With a cookie, the `csrf_token` of a form of the same browser.",
    },
}
DESCRIPTION = """\
Gramworks paints one image in the style of another.

Every operation but the health checks and this document needs a token, unless the server runs with
`GRAMWORKS_AUTH=off`. The scope that an operation needs is named with it; `operate` includes all.

Errors are `application/problem+json` (RFC 9457). `code` is for programs and does not change;
`detail` is for people and may change. 429 and 503 come with `Retry-After`.

A request that arrives too slowly is answered 408 without a body, one whose head is too long 431,
and one that comes while too much is being uploaded 503.
"""


def document(app: Flask) -> Json:
    """Return the document of the application's operations."""
    found = routes(app)
    models = list(dict.fromkeys(model for route in found for model in _models(route.operation)))
    named, definitions = models_json_schema(models, ref_template="#/components/schemas/{model}")
    refs = {(model, mode): named[model, mode] for model, mode in models}
    known = [error for route in found for error in route.errors]
    with app.test_request_context():
        paths: Json = {}
        for route in found:
            paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, refs)
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Gramworks",
                "version": installed_version(),
                "description": DESCRIPTION,
                "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "tags": _tags(found),
            "paths": paths,
            "components": {
                "schemas": {**definitions["$defs"], **problem_schemas(known)},
                "examples": problem_examples(known),
                "headers": headers.OF_ANSWERS,
                "securitySchemes": SECURITY_SCHEMES,
            },
        }


def _models(operation: Operation) -> Iterable[Model]:
    for body in operation.bodies:
        if body.model:
            yield body.model, "validation"
    for answer in operation.answers:
        for model in filter(None, (answer.model, *answer.events.values())):
            yield model, "serialization"


def _operation(route: Route, refs: Refs) -> Json:
    operation = route.operation
    summary, _, description = (inspect.getdoc(route.view) or "").partition("\n\n")
    scope = f"Needs the scope `{operation.scope}`." if operation.scope else ""
    return {
        "operationId": route.rule.endpoint.replace(".", "_"),
        "tags": [route.tag],
        "summary": summary.replace("\n", " ").removesuffix("."),
        "description": "\n\n".join(filter(None, (description, scope))),
        "security": _security(route),
        "parameters": _parameters(route),
        **({"requestBody": _request_body(operation, refs)} if operation.bodies else {}),
        "responses": {
            **{
                str(answer.status): _answer(answer, operation, refs) for answer in operation.answers
            },
            **problem_answers(route),
        },
    }


def _security(route: Route) -> list[Json]:
    if route.is_public:
        return []
    scopes = [route.operation.scope] if route.operation.scope else []
    csrf: Json = {} if route.method in SAFE_METHODS else {"csrf": []}
    return [{"token": scopes}, {"cookie": scopes, **csrf}]


def _parameters(route: Route) -> list[Json]:
    operation = route.operation
    in_path = [
        {"name": name, "in": "path", "required": True, **_of_path(name)}
        for name in sorted(route.rule.arguments)
    ]
    in_headers = [
        {"name": name, "in": "header", **headers.OF_REQUESTS[name]} for name in operation.headers
    ]
    return in_path + (list(_of_query(operation.query)) if operation.query else []) + in_headers


def _of_path(name: str) -> Json:
    return {"schema": {"type": "string", "minLength": 1}, **PATH_PARAMETERS[name]}


def _of_query(model: type[BaseModel]) -> Iterable[Json]:
    schema = model.model_json_schema()
    for name, field in schema["properties"].items():
        description = field.pop("description", "")
        required = name in schema.get("required", [])
        yield {
            "name": name,
            "in": "query",
            "required": required,
            "description": description,
            "schema": _not_null(field),
        }


def _not_null(field: Json) -> Json:
    """Return the schema of a parameter that can be left out; a query has no null."""
    kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return field
    rest = {name: value for name, value in field.items() if name not in ("anyOf", "default")}
    return {**kinds[0], **rest}


def _request_body(operation: Operation, refs: Refs) -> Json:
    return {
        "required": all(body.is_required for body in operation.bodies),
        "content": {body.media_type: _body(body, refs) for body in operation.bodies},
    }


def _body(body: Body, refs: Refs) -> Json:
    encoding = {name: {"contentType": kind} for name, kind in body.parts.items()}
    return {
        "schema": refs[body.model, "validation"] if body.model else FILE,
        "examples": _examples(body.examples),
        **({"encoding": encoding} if encoding else {}),
    }


def _answer(answer: Answer, operation: Operation, refs: Refs) -> Json:
    content: Json = {}
    if answer.model:
        content["application/json"] = {"schema": refs[answer.model, "serialization"]}
        content["application/json"]["examples"] = _examples(answer.examples)
    for media_type in answer.media_types:
        content[media_type] = {"schema": FILE}
    if answer.events:
        content["text/event-stream"] = _event_stream(answer, refs)
    named = (*answer.headers, *(headers.RATE_LIMIT if operation.is_counted else ()))
    return {
        "description": answer.description,
        **({"headers": header_refs(*named)} if named else {}),
        **({"content": content} if content else {}),
    }


def _event_stream(answer: Answer, refs: Refs) -> Json:
    """Return what describes one event of a stream, as OpenAPI 3.2's `itemSchema` does."""
    examples = {
        name: {"value": {"event": name, "id": EVENT_ID, "data": json.dumps(example["value"])}}
        for name, example in _examples(answer.examples).items()
    }
    events = [_event(name, refs[model, "serialization"]) for name, model in answer.events.items()]
    return {"schema": {"oneOf": events}, "examples": examples}


def _event(name: str, data: Json) -> Json:
    as_json = {"type": "string", "contentMediaType": "application/json", "contentSchema": data}
    return {
        "type": "object",
        "title": name,
        "properties": {"event": {"const": name}, "id": {"type": "string"}, "data": as_json},
        "required": ["event", "id", "data"],
    }


def _examples(examples: Examples) -> Json:
    return {
        name: {"value": value() if callable(value) else value} for name, value in examples.items()
    }


def _tags(found: Iterable[Route]) -> list[Json]:
    """Return the groups with their descriptions: the docstrings of the modules."""
    modules = {route.tag: sys.modules[route.view.__module__] for route in found}
    return [
        {"name": name, "description": (inspect.getdoc(module) or "").partition("\n\n")[0]}
        for name, module in modules.items()
    ]
