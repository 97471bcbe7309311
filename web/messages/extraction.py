"""What the code says: every sentence that can be translated, with where it stands."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_javascript, extract_python
from jinja2.ext import babel_extract

from shared.settings import StyleSettings
from web.messages import errors, job_log, rules
from web.messages.schemas import field_texts
from web.rendering import Rendering

ROOT = Path(__file__).parents[2]
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_noop": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
}
TEMPLATE_OPTIONS = {"trimmed": "true", "silent": "false"}
TABLES: dict[str, Callable[[], Iterable[str | tuple[str, str]]]] = {  # of texts that are not marked
    "errors": errors.all_texts,
    "rules": rules.rule_texts,
    "job_log": job_log.log_texts,
    "schemas": lambda: (*field_texts(StyleSettings), *field_texts(Rendering)),
}
Extractor = Callable[..., Iterable[Any]]


class Said(NamedTuple):
    """The sentences of templates and Python, and those of scripts."""

    server: Catalog
    scripts: Catalog


def extracted() -> Said:
    """Return what all code in `web/` says."""
    web = ROOT / "web"
    server, scripts = Catalog(), Catalog()
    _add(server, extract_python, sorted(web.rglob("*.py")))
    _add(server, babel_extract, sorted((web / "templates").rglob("*.html")), TEMPLATE_OPTIONS)
    for module, texts in TABLES.items():
        for text in texts():
            server.add(text, locations=[(f"web/messages/{module}.py", 1)])
    _add(scripts, extract_javascript, sorted((web / "static" / "js").rglob("*.js")))
    return Said(server, scripts)


def _add(
    catalog: Catalog,
    extractor: Extractor,
    paths: Iterable[Path],
    options: Mapping[str, Any] | None = None,
) -> None:
    for path in paths:
        for line, text, context in _found(extractor, path, options):
            catalog.add(text, locations=[(str(path.relative_to(ROOT)), line)], context=context)


def _found(
    extractor: Extractor, path: Path, options: Mapping[str, Any] | None
) -> Iterator[tuple[int, Any, str | None]]:
    with path.open("rb") as file:
        found = extract(extractor, file, KEYWORDS, options=dict(options or {}))
        for line, text, _comments, context in found:
            yield line, text, context
