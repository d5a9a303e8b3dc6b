"""The `gavel` command: one file per subcommand, imported when it is asked for."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from bridge.errors import GavelError

COMMANDS = {
    "audit": ("bridge.cli.audit", "audit"),
    "calibrate": ("bridge.cli.calibrate", "calibrate"),
    "db": ("bridge.cli.db", "db"),
    "demo": ("bridge.cli.demo", "demo"),
    "demo-check": ("bridge.cli.demo_check", "demo_check"),
    "doctor": ("bridge.cli.doctor", "doctor"),
    "explain": ("bridge.cli.explain", "explain"),
    "import": ("bridge.cli.import_", "import_"),
    "reconcile": ("bridge.cli.reconcile", "reconcile"),
    "replay": ("bridge.cli.replay", "replay"),
    "rerun": ("bridge.cli.rerun", "rerun"),
    "rubric": ("bridge.cli.rubric", "rubric"),
    "setup": ("bridge.cli.setup", "setup"),
    "tickets": ("bridge.cli.tickets", "tickets"),
    "up": ("bridge.cli.up", "up"),
    "web": ("bridge.cli.web", "web"),
    "worker": ("bridge.cli.worker", "worker"),
}
"""Command -> (module, attribute). Only the chosen one is imported: some clients take seconds."""


class LazyGroup(click.Group):
    """A group whose subcommands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, by name."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, or None where there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gavel-bridge", prog_name="gavel")
def gavel() -> None:
    """Executed evidence and suggested ratings for reviewers of AI-generated Go."""


def main(argv: list[str] | None = None) -> Any:
    """Runs the command; an error that a person can mend is one clear message, status 2."""
    try:
        return gavel(args=argv)
    except GavelError as exc:
        click.echo(f"gavel: {exc}", err=True)
        sys.exit(2)
    except Exception as exc:
        # Told apart by name: importing the database's errors would slow down every command.
        if not type(exc).__module__.startswith("sqlalchemy"):
            raise
        reason = str(getattr(exc, "orig", exc)).strip()
        click.echo(f"gavel: the database refused: {reason}\nCheck DATABASE_URL.", err=True)
        sys.exit(2)
