"""Orders versions of modules and of Go. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_SEMVER = re.compile(
    r"v?(0|[1-9]\d{0,8})(?:\.(0|[1-9]\d{0,8}))?(?:\.(0|[1-9]\d{0,8}))?(?:-([0-9A-Za-z.-]{1,200}))?(?:\+[0-9A-Za-z.-]{1,200})?"
)
_RELEASE = re.compile(r"go(\d+)\.(\d+)(?:\.(\d+))?(?:(rc|beta)(\d+))?")


class Version(NamedTuple):
    """A semantic version in its order; what follows a plus sign does not count."""

    numbers: tuple[int, int, int]
    final: bool
    """A pre-release, and so every pseudo-version, comes before the version it is named after."""
    before: tuple[tuple[int, int, str], ...]
    """Its parts: numbers are lower than words, and compare as numbers."""


def version(text: str) -> Version | None:
    """Gives the order of a semantic version, `v1.2.3-rc.1`, `1.2` and `v2.0.0+incompatible` alike; null for no version."""
    match = _SEMVER.fullmatch(text)
    if match is None:
        return None
    major, minor, patch, before = match.groups()
    parts = tuple(map(_part, before.split("."))) if before else ()
    return Version((int(major), int(minor or 0), int(patch or 0)), final=not before, before=parts)


def release(text: str) -> str:
    """Gives a Go release as a semantic version, `go1.27rc1` as `1.27.0-rc.1`; empty for no release."""
    match = _RELEASE.fullmatch(text)
    if match is None:
        return ""
    major, minor, patch, kind, number = match.groups()
    return f"{major}.{minor}.{patch or 0}" + (f"-{kind}.{number}" if kind else "")


def _part(text: str) -> tuple[int, int, str]:
    return (0, int(text), "") if text.isascii() and text.isdigit() else (1, 0, text)
