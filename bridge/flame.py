"""A profile as pictures: a flame graph in SVG, and the file that speedscope reads. Pure; no script in either."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markupsafe import escape

from sandbox.measurements import Profile, ProfileKind

WIDTH = 1000
ROW = 18
_SMALLEST = 0.4
_LETTER = 6.6
_FEWEST_LETTERS = 3
_WHOLE = 100
"""From here on a value is written without a fraction; three digits would make 1e+03 of 1000."""
_SCHEMA = "https://www.speedscope.app/file-format-schema.json"
# XML knows no way to write these, escaped or not.
_UNWRITABLE = re.compile("[^\t -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MEMORY = ("runtime.mallocgc", "runtime.gc", "runtime.bgsweep", "runtime.growslice")
_STYLE = (
    ".flame{font:11px ui-monospace,Menlo,Consolas,monospace;background:#fff}"
    ".flame text{fill:#1f2328;pointer-events:none}.flame rect{stroke:#fff;stroke-width:.6}"
    ".flame .own{fill:#f5b25c}.flame .memory{fill:#d9a8e0}.flame .other{fill:#c3d1e2}"
    ".flame .all{fill:#e4e7eb}.flame g:hover rect{stroke:#1f2328;stroke-width:1.4}"
    "@media(prefers-color-scheme:dark){.flame{background:#1d2025}.flame text{fill:#e6e8eb}"
    ".flame rect{stroke:#1d2025}.flame .own{fill:#8a5310}.flame .memory{fill:#6a3a72}"
    ".flame .other{fill:#34465c}.flame .all{fill:#333942}.flame g:hover rect{stroke:#e6e8eb}}"
)


@dataclass(slots=True)
class _Node:
    """A call with those below it."""

    name: str
    value: int = 0
    below: dict[str, _Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Box:
    """A call in the picture."""

    name: str
    value: int
    left: float
    width: float
    depth: int


def folded(profile: Profile) -> list[tuple[tuple[str, ...], int]]:
    """Gives the stacks, the outermost call first, with their values."""
    pairs = (line.rpartition(" ") for line in profile.stacks)
    return [(tuple(stack.split(";")) if stack else (), int(value)) for stack, _, value in pairs]


def flame_graph(profile: Profile) -> str:
    """Gives the picture: the outermost calls on top, as wide as what they took."""
    boxes = list(_boxes(_tree(profile)))
    height = ROW * (1 + max(box.depth for box in boxes))
    own = _own_packages(profile)
    parts = "".join(_drawn(box, profile, own) for box in boxes)
    label = escape(f"Flame graph of the {profile.kind} profile")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="flame" role="img" aria-label="{label}" '
        f'viewBox="0 0 {WIDTH} {height}" width="100%"><style>{_STYLE}</style>{parts}</svg>'
    )


def speedscope(profile: Profile) -> dict[str, Any]:
    """Gives the profile in speedscope's own format."""
    stacks = folded(profile)
    numbers: dict[str, int] = {}
    samples = [[numbers.setdefault(name, len(numbers)) for name in stack] for stack, _ in stacks]
    return {
        "$schema": _SCHEMA,
        "exporter": "gavel",
        "name": f"{profile.kind} profile",
        "shared": {"frames": [{"name": name} for name in numbers]},
        "profiles": [
            {
                "type": "sampled",
                "name": str(profile.kind),
                "unit": profile.unit,
                "startValue": 0,
                "endValue": sum(value for _, value in stacks),
                "samples": samples,
                "weights": [value for _, value in stacks],
            }
        ],
    }


def amount(value: float, profile: Profile) -> str:
    """Gives a value of the profile for people."""
    if profile.kind is ProfileKind.HEAP:
        return _scaled(value, ("B", "KiB", "MiB", "GiB"), 1024)
    return duration(value)


def duration(nanoseconds: float) -> str:
    """Gives a time with the three digits that a short run can tell."""
    return _scaled(nanoseconds, ("ns", "µs", "ms", "s"), 1000)


def _scaled(value: float, steps: tuple[str, ...], size: int) -> str:
    for step in steps[:-1]:
        if value < size - 0.5:
            return f"{value:.0f} {step}" if value >= _WHOLE else f"{value:.3g} {step}"
        value /= size
    return f"{value:.3g} {steps[-1]}"


def author_name(function: str) -> str:
    """Gives a function's name as its author writes it: a loose file is built as package `snip`."""
    return function.removeprefix("snip.")


def _tree(profile: Profile) -> _Node:
    root = _Node("all")
    for stack, value in folded(profile):
        node = root
        node.value += value
        for name in stack:
            node = node.below.setdefault(name, _Node(name))
            node.value += value
    return root


def _boxes(root: _Node) -> Iterator[_Box]:
    """Gives what is wide enough to be seen; calls of one caller stand side by side, by name."""
    scale = WIDTH / root.value if root.value else 0.0
    open_ends = [(root, 0.0, 0)]
    while open_ends:
        node, left, depth = open_ends.pop()
        yield _Box(node.name, node.value, left, max(node.value * scale, 1.0), depth)
        for name in sorted(node.below):
            one = node.below[name]
            if one.value * scale >= _SMALLEST:
                open_ends.append((one, left, depth + 1))
            left += one.value * scale


def _drawn(box: _Box, profile: Profile, own: frozenset[str]) -> str:
    name = _UNWRITABLE.sub("?", author_name(box.name))
    title = escape(f"{name}: {amount(box.value, profile)}, {box.width / WIDTH:.1%}")
    top = box.depth * ROW
    room = int((box.width - 6) / _LETTER)
    shown = name if len(name) <= room else name[: max(0, room - 1)] + "…"
    text = (
        f'<text x="{box.left + 3:.2f}" y="{top + 13}">{escape(shown)}</text>'
        if room >= _FEWEST_LETTERS
        else ""
    )
    return (
        f'<g><title>{title}</title><rect class="{_class(box, own)}" x="{box.left:.2f}" y="{top}" '
        f'width="{box.width:.2f}" height="{ROW - 1}"/>{text}</g>'
    )


def _class(box: _Box, own: frozenset[str]) -> str:
    if not box.depth:
        return "all"
    if _package(box.name) in own:
        return "own"
    return "memory" if box.name.startswith(_MEMORY) else "other"


def _own_packages(profile: Profile) -> frozenset[str]:
    return frozenset(_package(one.name) for one in profile.functions)


def _package(function: str) -> str:
    """Gives `a/b` of `a/b.F`; a type argument may hold further slashes and points."""
    head, slash, rest = function.partition("[")[0].rpartition("/")
    return head + slash + rest.partition(".")[0]
