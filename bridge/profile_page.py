"""What the evidence address serves of benchmarks and profiles: a page, pictures and files to download. Pure."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from markupsafe import Markup

from bridge.flame import amount, author_name, flame_graph, speedscope
from bridge.pages import page
from rubric.model import RatedReport
from sandbox.measurements import Profile

PAGE = "profiles"
WORDS = {
    "cpu": "Processor time",
    "heap": "Memory allocated",
    "mutex": "Waiting for locks, by who held them",
    "block": "Waiting for locks, channels and groups",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A body with its type; `name` makes it a file to download."""

    body: bytes
    media_type: str
    name: str = ""


def served(part: str, rated: RatedReport) -> Served | None:
    """Gives the page of all profiles or a file of one; None for any other part of the address."""
    if part == PAGE:
        return Served(body=_page(rated).encode(), media_type="text/html")
    kind, _, form = part.partition(".")
    profile = next((one for one in rated.profiles if one.kind == kind), None)
    if profile is None:
        return None
    match form:
        case "svg":
            return Served(body=flame_graph(profile).encode(), media_type="image/svg+xml")
        case "speedscope.json":
            body = json.dumps(speedscope(profile)).encode()
            return Served(body=body, media_type="application/json", name=part)
        case "pb.gz":
            raw = base64.b64decode(profile.raw)
            return Served(body=raw, media_type="application/octet-stream", name=part)
        case _:
            return None


def _page(rated: RatedReport) -> str:
    return page(
        "profiles.html",
        benchmarks=rated.benchmarks,
        growth=rated.growth,
        profiles=[_shown(one) for one in rated.profiles],
        toolchain=rated.toolchain,
    )


def _shown(profile: Profile) -> dict[str, object]:
    part = {
        "kind": profile.kind,
        "title": WORDS[profile.kind],
        "total": amount(profile.total, profile),
        "per_op": "" if profile.per_op is None else amount(profile.per_op, profile),
        "shares": [(name, f"{share:.0%}") for name, share in profile.shares.items()],
        "functions": [
            (author_name(one.name), one, amount(one.flat, profile), amount(one.cum, profile))
            for one in profile.functions
        ],
        "lines": [(one, amount(one.value, profile)) for one in profile.lines],
        "cut": profile.cut,
    }
    # Everything that stands in the picture was escaped there.
    return {**part, "picture": Markup(flame_graph(profile))}  # noqa: S704 - see flame_graph
