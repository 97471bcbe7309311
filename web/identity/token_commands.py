"""`python -m web token`: makes, lists and revokes tokens."""

from datetime import UTC, datetime
from typing import NoReturn

import click

from shared.config import Config
from shared.errors import StoreUnavailable
from shared.job_store import SCOPES, Connection, Scope, Sessions, Tokens, connect
from web.identity.first_token import LINK_SECONDS, sign_in_link
from web.identity.tokens import OWNER_RULE, is_owner, new_token, read_scopes

DAY = 86_400.0
COLUMNS = ("id", "name", "owner", "scopes", "created", "expires", "last used", "revoked")


class ScopesType(click.ParamType[frozenset[Scope]]):
    """Scopes separated by commas."""

    name = "scopes"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[Scope]:
        """Return the scopes."""
        try:
            return read_scopes(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class RedisGroup(click.Group):
    """Commands that need Redis; without it, they end with one line."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except StoreUnavailable as error:
            raise click.ClickException(
                "Redis does not answer: {reason}".format(**error.parameters)
            ) from error


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def token_commands() -> None:
    """Serve the front end, or with a command manage its tokens."""


@token_commands.group(cls=RedisGroup)
def token() -> None:
    """Manage the tokens with which people and programs use this server."""


@token.command()
@click.option("--owner", required=True, help="Whose jobs it submits and sees.")
@click.option("--name", default="", help="What it is for, such as the program that uses it.")
@click.option(
    "--scopes",
    type=ScopesType(),
    default="submit,read",
    show_default=True,
    help="What it allows: submit (make and change jobs), read, operate (everything, on all jobs).",
)
@click.option(
    "--expires", type=click.FloatRange(min=0, min_open=True), help="Days until it expires."
)
@click.pass_obj
def create(
    config: Config, owner: str, name: str, scopes: frozenset[Scope], expires: float | None
) -> None:
    """Make a token and print it. It cannot be shown again."""
    if not is_owner(owner):
        raise click.BadParameter(OWNER_RULE, param_hint="--owner")
    text, made = new_token(name, owner, scopes)
    Tokens(_connection(config)).add(made, None if expires is None else expires * DAY)
    click.echo(text)


@token.command("list")
@click.pass_obj
def list_tokens(config: Config) -> None:
    """List the tokens, oldest first, without their secrets."""
    rows: list[tuple[str, ...]] = [COLUMNS]
    for each in Tokens(_connection(config)).all():
        times = map(_time, (each.created, each.expires, each.used, each.revoked))
        scopes = ",".join(scope for scope in SCOPES if scope in each.scopes)
        rows.append((each.id, each.name, each.owner, scopes, *times))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


@token.command()
@click.argument("token_id", metavar="ID")
@click.pass_obj
def revoke(config: Config, token_id: str) -> None:
    """Revoke a token, and sign out the browsers that use it, within ten seconds."""
    if not Tokens(_connection(config)).revoke(token_id):
        _no_token(token_id)


@token.command()
@click.argument("token_id", metavar="ID")
@click.pass_obj
def link(config: Config, token_id: str) -> None:
    """Print a link that signs a browser in with a token, once, within an hour."""
    connection = _connection(config)
    now = connection.clock()
    if token_id not in [each.id for each in Tokens(connection).all() if each.is_valid_at(now)]:
        _no_token(token_id)
    click.echo(sign_in_link(config, Sessions(connection), token_id))
    click.echo(f"It works once, for {LINK_SECONDS / 60:.0f} minutes.", err=True)


def _connection(config: Config) -> Connection:
    connection = connect(config.redis_url)
    click.get_current_context().call_on_close(connection.close)
    return connection


def _no_token(token_id: str) -> NoReturn:
    raise click.ClickException(f"There is no valid token {token_id}.")


def _time(seconds: float | None) -> str:
    return "-" if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"
