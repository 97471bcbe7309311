"""Sentences that depend on their parameters: on a number, or on what a parameter says."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask_babel import get_translations


class Plural(NamedTuple):
    """A sentence for one, and one for other numbers; `by` is the parameter that counts."""

    one: str
    other: str
    by: str


class Choice(NamedTuple):
    """Sentences by what the parameter `by` says, and one for all else that it may say."""

    by: str
    sentences: Mapping[str, str | Plural]
    otherwise: str | Plural


Sentence = str | Plural | Choice


def say(sentence: Sentence, parameters: Mapping[str, Any]) -> str:
    """Return a sentence in the language of the request, with its `{parameters}`."""
    if isinstance(sentence, Choice):
        said = str(parameters.get(sentence.by))
        return say(sentence.sentences.get(said, sentence.otherwise), parameters)
    if isinstance(sentence, Plural):
        count = parameters.get(sentence.by)
        exact = count if isinstance(count, int) else 0
        forms = (sentence.one, sentence.other)
        return str(get_translations().ungettext(*forms, exact)).format_map(parameters)
    return str(get_translations().ugettext(sentence)).format_map(parameters)


def say_as_it_is(text: str) -> str:
    """Return a text without parameters in the language of the request."""
    return str(get_translations().ugettext(text))


def texts(sentence: Sentence) -> Iterator[str | tuple[str, str]]:
    """Return what there is to translate: texts, and pairs of singular and plural."""
    if isinstance(sentence, Choice):
        for each in (*sentence.sentences.values(), sentence.otherwise):
            yield from texts(each)
    elif isinstance(sentence, Plural):
        yield sentence.one, sentence.other
    else:
        yield sentence
