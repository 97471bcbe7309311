"""The API's description in OpenAPI 3.1, made from the routes and from the models that validate.

Reading order: `operation` is what a route says of itself; `reading` reads query parameters as
documented; `headers` and `problems` are what many operations share; `route` finds the documented
routes of an application; `document` and `problem_parts` make the document; `routes` serves it;
`python -m web.openapi` prints it.
"""
