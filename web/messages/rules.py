"""The sentence for every rule that a setting, field or parameter can break."""

from collections.abc import Iterator, Mapping
from typing import Any

from web.messages.languages import gettext_noop
from web.messages.sentences import Plural, Sentence, say, texts

WHOLE = "'{field}' must be a whole number."
YES_OR_NO = "'{field}' must be true or false."
RULES: dict[str, Sentence] = {  # by pydantic's names
    "greater_than_equal": "'{field}' must be {minimum} or more.",
    "less_than_equal": "'{field}' must be {maximum} or less.",
    "greater_than": "'{field}' must be more than {exclusive_minimum}.",
    "less_than": "'{field}' must be less than {exclusive_maximum}.",
    "finite_number": "'{field}' must be a finite number.",
    "int_type": WHOLE,
    "int_from_float": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": "'{field}' must be a shorter whole number.",
    "bool_type": YES_OR_NO,
    "bool_parsing": YES_OR_NO,
    "float_type": "'{field}' must be a number.",
    "string_type": "'{field}' must be text.",
    "model_type": "'{field}' must be a JSON object.",
    "list_type": "'{field}' must be a list of numbers.",
    "dict_type": "'{field}' must be a list of layers, or an object of layers and weights.",
    "tuple_type": "'{field}' must be a name or a list of three numbers.",
    "too_short": Plural(
        "'{field}' must have {minimum} or more values.",
        "'{field}' must have {minimum} or more values.",
        by="minimum",
    ),
    "too_long": Plural(
        "'{field}' must have one value, or none.",
        "'{field}' must have {maximum} or fewer values.",
        by="maximum",
    ),
    "missing": "'{field}' is missing.",
    "literal_error": "'{field}' must be {expected}.",
    "not_rows": "'{field}' is not valid: '{sent}' is not a whole number, and not 'original'.",
    "not_means": "'{field}' is not valid: '{sent}' is not {among}, and not three numbers.",
    "all_weights_zero": "'{field}' is not valid: at least one weight must be above 0.",
    "nothing_to_minimise": (
        "'{field}' is not valid: there is nothing to minimise; at least one of {among} must be"
        " above 0."
    ),
    "repeated": "'{field}' must be given once.",
}
MISSING_MEAN = "'{field}' is missing: three numbers are needed."
LISTS = (gettext_noop("{others} or {last}"), gettext_noop("{others} and {last}"))
_LISTS = {"expected", "among"}  # parameters that are such lists
OTHER = "'{field}' is not valid: {message}."


def rule_texts() -> Iterator[str | tuple[str, str]]:
    """Return all texts that can be translated."""
    for sentence in (*RULES.values(), MISSING_MEAN, OTHER):
        yield from texts(sentence)


def rule_sentence(parameters: Mapping[str, Any]) -> str:
    """Return the sentence for the rule that is broken: `problem`, with its bounds."""
    problem = str(parameters.get("problem"))
    if problem == "missing" and str(parameters.get("field", ""))[-2:-1] == ".":
        return say(MISSING_MEAN, parameters)
    if problem not in RULES:
        message = str(parameters.get("message", "")).removeprefix("Value error, ")
        return say(OTHER, {**parameters, "message": message})
    words = {name: plain(value) for name, value in parameters.items()}
    for name in _LISTS & words.keys():
        words[name] = listed(str(words[name]))
    return say(RULES[problem], words)


def listed(text: str) -> str:
    """Return a list of names, `a, b or c`, in the language of the request."""
    for template in LISTS:
        others, conjunction, last = text.rpartition(template[len("{others}") : -len("{last}")])
        if conjunction:
            return say(template, {"others": others, "last": last})
    return text


def plain(value: Any) -> Any:
    """Return 4 instead of 4.0, JSON's true instead of Python's, and all else as it is."""
    if value in ("True", "False"):
        return str(value).lower()
    return f"{value:.10g}" if isinstance(value, float) else value
