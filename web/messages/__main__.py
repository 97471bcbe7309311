"""Prints what is missing or wrong in the translations: `python -m web.messages`."""

import sys
from itertools import groupby
from operator import attrgetter

from web.messages.bare_text import bare_texts
from web.messages.completeness import compare, read_files
from web.messages.extraction import extracted
from web.messages.languages import LANGUAGES


def main() -> int:
    """Print the findings for each language; return 1 if there are any."""
    said = extracted()
    print(f"{len(said.server)} texts of templates and Python, {len(said.scripts)} of scripts")
    bare = list(bare_texts())
    for name, text in bare:
        print(f"not marked for translation: {name}: {text}")
    are_whole = not bare
    for language in LANGUAGES:
        if language != "en":
            findings = sorted(compare(said, read_files(language)))
            are_whole = are_whole and not findings
            print(f"{LANGUAGES[language]}: {len(findings) or 'nothing'} to do")
            for kind, group in groupby(findings, attrgetter("kind")):
                print(f"\n{kind}:")
                for finding in group:
                    print(f"  {finding.where}\n    {finding.text}")
    return 0 if are_whole else 1


if __name__ == "__main__":
    sys.exit(main())
