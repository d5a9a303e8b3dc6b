"""Reduces a profile to what a reviewer wants to know: where the answer spends time and memory. Pure."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from sandbox.measurements import Profile, ProfiledFunction, ProfiledLine, ProfileKind
from sandbox.output_text import visible
from sandbox.places import Locator, Place
from sandbox.pprof import RawProfile, Sample, read_profile

_COLUMNS = {
    ProfileKind.CPU: ("cpu", "nanoseconds"),
    ProfileKind.HEAP: ("alloc_space", "bytes"),
    ProfileKind.MUTEX: ("delay", "nanoseconds"),
    ProfileKind.BLOCK: ("delay", "nanoseconds"),
}
_COLLECTOR = (
    "runtime.gcBgMarkWorker",
    "runtime.gcAssistAlloc",
    "runtime.gcStart",
    "runtime.bgsweep",
    "runtime.bgscavenge",
)
_ALLOCATOR = ("runtime.mallocgc",)
_BEST = 5
_STACKS = 200
_STACK_BYTES = 24 * 1024
_NAME_LETTERS = 160
_SHOWN_FRAMES = 64

Weighed = tuple[Sample, int]
T = TypeVar("T")


def profile_facts(kind: ProfileKind, data: bytes, locator: Locator, ops: int | None) -> Profile:
    """Gives the facts of one profile, with the profile itself.

    Args:
        kind: What it should be.
        data: What the program wrote.
        locator: Tells the answer's own functions and leads to the original lines.
        ops: How many operations it covers.

    Raises:
        BadProfileError: When it is no such profile.
    """
    raw = read_profile(data)
    name, unit = _COLUMNS[kind]
    samples = _weighed(raw, name)
    if kind is not ProfileKind.CPU:
        # The collector, the scheduler and our own waiting for a benchmark are nobody's fault.
        samples = [pair for pair in samples if _own(pair[0], locator)]
    total = sum(value for _, value in samples)
    stacks, cut = _folded(samples)
    return Profile(
        kind=kind,
        unit=unit,
        total=total,
        ops=ops,
        per_op=round(total / ops, 3) if ops and kind is not ProfileKind.CPU else None,
        shares=_shares(samples, total) if kind is ProfileKind.CPU else {},
        functions=_functions(samples, locator),
        lines=_lines(samples, locator),
        stacks=stacks,
        cut=cut,
        raw=base64.b64encode(data).decode(),
    )


def _weighed(raw: RawProfile, name: str) -> list[Weighed]:
    column = raw.column(name)
    return [(one, one.values[column]) for one in raw.samples if one.values[column]]


def _own(sample: Sample, locator: Locator) -> bool:
    return any(locator.owns(frame.file) for frame in sample.frames)


def _shares(samples: list[Weighed], total: int) -> dict[str, float]:
    found = Counter[str]()
    for sample, value in samples:
        names = [frame.function for frame in sample.frames]
        if any(name.startswith(_COLLECTOR) for name in names):
            found["collection"] += value
        elif any(name.startswith(_ALLOCATOR) for name in names):
            found["allocation"] += value
    wanted = ("allocation", "collection")
    return {name: round(found[name] / total, 3) for name in wanted} if total else {}


def _functions(samples: list[Weighed], locator: Locator) -> tuple[ProfiledFunction, ...]:
    flat, cum = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    first: dict[tuple[str, str], int] = {}
    for sample, value in samples:
        own = {
            (one.function, one.file): one
            for one in reversed(sample.frames)
            if locator.owns(one.file)
        }
        for key, frame in own.items():
            cum[key] += value
            first[key] = min(frame.line, first.get(key, frame.line))
        if sample.frames and (key := (sample.frames[0].function, sample.frames[0].file)) in own:
            flat[key] += value
    best = {key for key, _ in (*_most(flat), *_most(cum))}
    return tuple(
        _function(key, first[key], flat[key], cum[key], locator)
        for key in sorted(best, key=lambda one: (-cum[one], -flat[one], one))
    )


def _function(
    key: tuple[str, str], line: int, flat: int, cum: int, locator: Locator
) -> ProfiledFunction:
    name, file = key
    at = locator.original(Place(file=_bare(file), line=line))
    return ProfiledFunction(name=_shown(name), file=at.file, line=at.line, flat=flat, cum=cum)


def _lines(samples: list[Weighed], locator: Locator) -> tuple[ProfiledLine, ...]:
    found = Counter[tuple[str, int]]()
    for sample, value in samples:
        own = next((one for one in sample.frames if locator.owns(one.file)), None)
        if own is not None:
            at = locator.original(Place(file=_bare(own.file), line=own.line))
            found[(at.file, at.line)] += value
    return tuple(
        ProfiledLine(file=file, line=line, value=value) for (file, line), value in _most(found)
    )


def _most(counted: Counter[T]) -> list[tuple[T, int]]:
    return sorted(counted.items(), key=lambda pair: (-pair[1], str(pair[0])))[:_BEST]


def _folded(samples: Iterable[Weighed]) -> tuple[tuple[str, ...], bool]:
    """Gives the largest stacks as far as there is room, and whether others were left out."""
    found = Counter[str]()
    for sample, value in samples:
        names = [_shown(one.function) for one in reversed(sample.frames)]
        found[";".join(names[-_SHOWN_FRAMES:])] += value
    ordered = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    kept: list[str] = []
    room = _STACK_BYTES
    for stack, value in ordered[:_STACKS]:
        line = f"{stack} {value}"
        if len(line.encode()) > room:
            break
        room -= len(line.encode())
        kept.append(line)
    return tuple(kept), len(kept) < len(ordered)


def _bare(name: str) -> str:
    return name.removeprefix("./").lstrip("/")


def _shown(name: str) -> str:
    """Gives a function's name as one word of a folded stack."""
    return visible(name).replace(";", ",").replace("\n", " ").replace("\t", " ")[:_NAME_LETTERS]
