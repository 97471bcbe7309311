"""docs/cli.md and docs/api.md agree with the client."""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from gramworks import Client
from gramworks.cli.commands import cli
from gramworks.cli.failures import ExitCode
from gramworks.webhooks import Webhooks

ROOT = Path(__file__).parents[2]
CLI = (ROOT / "docs/cli.md").read_text()
API = (ROOT / "docs/api.md").read_text()
WEBHOOKS = (ROOT / "docs/webhooks.md").read_text()


def test_the_table_of_exit_codes_is_complete() -> None:
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \|", CLI, re.MULTILINE)
    assert {name: int(code) for code, name in rows} == {code.name: code.value for code in ExitCode}


def test_every_command_is_described() -> None:
    table = CLI.split("| command | |")[1].split("\n\n")[0]
    described = {name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row[:30])}
    assert described == set(cli.commands)


def test_every_command_of_a_batch_is_described() -> None:
    table = CLI.split("## Batches")[1].split("| command | |")[1].split("\n\n")[0]
    described = {name for row in table.splitlines() for name in re.findall(r"`batch (\w+)`", row)}
    assert {f"batch {name}" for name in described} == {
        name for name, _ in all_commands() if name.startswith("batch ")
    }


def all_commands(group: click.Group = cli) -> Iterator[tuple[str, click.Command]]:
    """Yield every command, also those of groups, with its name."""
    for name, command in group.commands.items():
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {each}", inner) for each, inner in all_commands(command))


def test_every_command_prints_json() -> None:
    for name, command in all_commands():
        options = [option for param in command.params for option in param.opts]
        assert "--json" in options, name


def test_every_method_of_the_client_is_described() -> None:
    methods = {name for name in dir(Client) if not name.startswith("_")} - {"close"}
    described = set(re.findall(r"`(\w+)\(", API.split("| method | |")[1].split("\n\n")[0]))
    assert described == methods


def test_every_method_for_webhooks_is_described() -> None:
    methods = {name for name in vars(Webhooks) if not name.startswith("_")}
    table = WEBHOOKS.split("| method of `client.webhooks` | |")[1].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)\(", table)) == methods


def test_every_parameter_of_a_command_has_help() -> None:
    for name, command in all_commands():
        assert command.help, name
        for param in command.params:
            assert not isinstance(param, click.Option) or param.help, (name, param.name)
