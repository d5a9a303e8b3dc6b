"""What an installation adds to audits beside its toolchain. Values only: none of it has to be there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sandbox.dependency import Vulnerability
from sandbox.module_proxy import ModuleProxy
from sandbox.toolchain import Toolchain
from sandbox.vulnerabilities import VulnerabilityDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """All empty for an installation that has nothing but its own toolchain."""

    toolchains: tuple[Toolchain, ...] = ()
    """Further Go releases."""
    modules: ModuleProxy | None = None
    vulnerabilities: VulnerabilityDatabase | None = None
    library: Mapping[str, tuple[Vulnerability, ...]] = field(default_factory=dict)
    """What is known against the standard library of each release; looked up once."""


def release_for(wanted: str | None, own: str, further: Sequence[str]) -> str:
    """Gives the release that a task's version names exactly, else our own, which speaks older languages too.

    Args:
        wanted: The task's version, for example `1.26.8` or `go1.26.8`.
        own: The installed release, for example `go1.27.3`.
        further: The other releases.
    """
    name = f"go{(wanted or '').strip().removeprefix('go')}"
    return name if name in further else own


def toolchain_for(wanted: str | None, own: Toolchain, supplies: Supplies) -> Toolchain:
    """Gives the toolchain that builds for a task's version."""
    by_name = {one.version: one for one in (*supplies.toolchains, own)}
    return by_name[release_for(wanted, own.version, [*by_name])]
