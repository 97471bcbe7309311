"""The shell completes commands and options, as docs/cli.md describes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gramworks.fake_server import FakeServer

ROOT = Path(__file__).parents[3]
PROGRAM = [sys.executable, "-c", "from gramworks.cli.commands import main; main()"]


def completed(shell: str, words: str, url: str = "http://127.0.0.1:9") -> list[str]:
    """Return what the shell is offered for the last of the words."""
    environment = {
        **os.environ,
        "_GRAMWORKS_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": words.rpartition(" ")[2] if shell == "fish" else str(words.count(" ")),
        "GRAMWORKS_CONFIG": "",
        "GRAMWORKS_URL": url,
    }
    done = subprocess.run(
        PROGRAM, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("words", "offered"), [("gramworks sub", "submit"), ("gramworks fetch --fo", "--format")]
)
def test_commands_and_options_are_completed(shell: str, words: str, offered: str) -> None:
    assert offered in " ".join(completed(shell, words))


@pytest.mark.parametrize("command", ["status", "delete"])
def test_ids_are_completed_from_the_server(server: FakeServer, command: str) -> None:
    assert "plain,j0" in completed("bash", f"gramworks {command} j", server.url)
    assert completed("bash", f"gramworks {command} j") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_the_shell_is_printed(shell: str) -> None:
    environment = {**os.environ, "_GRAMWORKS_COMPLETE": f"{shell}_source"}
    done = subprocess.run(
        PROGRAM, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert "_GRAMWORKS_COMPLETE" in done.stdout


def test_bash_completes_after_the_documented_line(tmp_path: Path) -> None:
    program = tmp_path / "gramworks"
    program.write_text(f'#!/bin/sh\ncd {ROOT} && exec "{sys.executable}" -m gramworks "$@"\n')
    program.chmod(0o755)
    script = (
        'eval "$(_GRAMWORKS_COMPLETE=bash_source gramworks)";'
        " COMP_WORDS=(gramworks li); COMP_CWORD=1; _gramworks_completion gramworks;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["/bin/bash", "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "list\n", done.stderr
