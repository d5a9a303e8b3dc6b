"""What a report says about one module that an answer needs."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Vulnerability(_Frozen):
    """One advisory whose range of versions holds the module's."""

    id: str
    """For example `GO-2024-2687`."""
    aliases: tuple[str, ...] = ()
    summary: str = ""
    fixed: str | None = None
    """First version without it that comes after the module's own; null where there is none."""


class DependencyState(StrEnum):
    """Whether a module is there."""

    RESOLVED = "resolved"
    NOT_RESOLVED = "not_resolved"
    UNKNOWN = "unknown"


class Dependency(_Frozen):
    """A module that the answer imports or requires; `stdlib` is the standard library of the release that was used."""

    module: str
    version: str | None = None
    """The one that go.mod asks for, else the newest of the folder of modules."""
    state: DependencyState
    why: str = ""
    """Why it is not resolved, or why nothing is known."""
    file: str = ""
    line: int | None = None
    """Where the answer asks for it; null for the standard library."""
    vulnerabilities: tuple[Vulnerability, ...] = ()


class Requirement(_Frozen):
    """One line of a go.mod that asks for a module."""

    module: str
    version: str
    line: int
    """In the go.mod, counted from 1."""
    replaced_by: str = ""
    """What a replace line puts in its place: a path, or a module with its version."""
