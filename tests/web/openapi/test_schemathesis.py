"""Schemathesis finds no difference between the document and a running server.

`make stress` sends 2,000 requests and more; this is a short run.
"""

from pathlib import Path

from tests.web.openapi.served import schemathesis, served


def test_a_running_server_answers_as_documented(redis_url: str, tmp_path: Path) -> None:
    with served(redis_url, tmp_path) as web:
        options = ("--phases", "examples,fuzzing", "--max-examples", "8", "--seed", "1")
        outcome = schemathesis(web, tmp_path, *options)
    assert outcome.is_clean, outcome.report
    assert outcome.cases >= 100, outcome.report
