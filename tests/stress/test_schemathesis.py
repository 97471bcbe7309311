"""Schemathesis against a running server: every phase, 2,000 requests and more."""

from pathlib import Path

from tests.web.openapi.served import schemathesis, served

CASES = 2000


def test_a_running_server_answers_as_documented(redis_url: str, tmp_path: Path) -> None:
    with served(redis_url, tmp_path) as web:
        outcome = schemathesis(web, tmp_path, "--max-examples", "100")
    assert outcome.is_clean, outcome.report
    assert outcome.cases >= CASES, outcome.report
    print(f"{outcome.cases} requests")
