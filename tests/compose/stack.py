"""The composed system with its own project name and port."""

import json
import os
import secrets
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PROJECT = "gramworks-test"
WORKERS = 2
BUILD_SECONDS, START_SECONDS, COMMAND_SECONDS = 1800, 240, 90


class Stack:
    """The composed system; each method is one action or query of an operator."""

    def __init__(self, port: int, project: str = PROJECT, *, has_token: bool = True) -> None:
        self.port = port
        self.project = project
        self.url = f"http://127.0.0.1:{port}"
        self.token = secrets.token_hex(32) if has_token else ""

    def require_docker(self) -> None:
        """End the tests with a message if `docker compose` is not available."""
        try:
            self.docker("compose", "ls")
        except (OSError, subprocess.SubprocessError, CommandFailed) as error:
            pytest.exit(f"`docker compose` does not answer here: {error}", returncode=1)

    def build(self, *services: str) -> None:
        self.compose("build", *services, seconds=BUILD_SECONDS)

    def up(self, *services: str) -> None:
        """Start these services, with what they need, or all; return when they are healthy."""
        wait = ("--wait", "--wait-timeout", str(START_SECONDS))
        chosen = services or ("--scale", f"worker={WORKERS}")
        self.compose("up", "-d", "--no-build", *wait, *chosen, seconds=START_SECONDS + 60)

    def down(self) -> None:
        self.compose("down", "--volumes", "--remove-orphans", "--rmi", "local")

    def logs(self, *services: str) -> str:
        return self.compose("logs", "--no-color", "--tail", "100", *services)

    def config(self, *options: str) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.compose(*options, "config", "--format", "json"))
        return body

    def containers(self, *services: str) -> list[str]:
        return self.compose("ps", "--all", "--quiet", *services).split()

    def published(self, container: str) -> list[tuple[str, str]]:
        """Return the addresses and ports that are published for the container."""
        ports = self._inspect(container)["NetworkSettings"]["Ports"].values()
        return [(one["HostIp"], one["HostPort"]) for bindings in ports for one in bindings or []]

    def exit_code(self, container: str) -> int:
        return int(self._inspect(container)["State"]["ExitCode"])

    def status_of_processes(self, service: str, name: str) -> set[str]:
        """Return the field `name` of /proc/<pid>/status for a service's processes; never empty."""
        script = f"cat /proc/[0-9]*/status 2>/dev/null | grep ^{name}:"
        lines = self.compose("exec", "-T", service, "sh", "-c", script).splitlines()
        return {value for line in lines for value in line.split()[1:]}

    def redis(self, *command: str) -> list[str]:
        return self.compose("exec", "-T", "redis", "redis-cli", *command).splitlines()

    def holder(self, job_id: str) -> str:
        """Return the container whose worker holds the job or held it last; "" if there is none."""
        (worker,) = self.redis("hget", f"gw:job:{job_id}", "worker")
        return worker.partition("@")[2]

    def announced_workers(self) -> int:
        answer = httpx.get(f"{self.url}/readyz", timeout=10, trust_env=False)
        return int(answer.raise_for_status().json()["workers"])

    def compose(self, *words: str, seconds: float = COMMAND_SECONDS) -> str:
        # ignore .env and local override files
        own = ("-p", self.project, "-f", "docker-compose.yml", "--env-file", os.devnull)
        return self.docker("compose", *own, *words, seconds=seconds)

    def docker(self, *words: str, seconds: float = COMMAND_SECONDS) -> str:
        command = ["docker", *words]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=_environment(self.port) | {"GRAMWORKS_TOKEN": self.token},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
        if done.returncode:
            raise CommandFailed(f"{' '.join(command)}\n{done.stderr[-4000:]}")
        return done.stdout

    def _inspect(self, container: str) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.docker("inspect", container))[0]
        return body


class CommandFailed(AssertionError):
    """A Docker command failed; the message is its output."""


def eventually(holds: Callable[[], bool], seconds: float) -> None:
    """Return once `holds()` is true; fail the test if that takes longer than `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.2)


def _environment(port: int) -> dict[str, str]:
    foreign = ("GRAMWORKS_", "REDIS_URL", "COMPOSE_FILE", "COMPOSE_PROFILES")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return ours | {"GRAMWORKS_PORT": str(port)}
