"""Stage: run the benchmarks once more, with profiles; the times of that run count nowhere."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from sandbox.measurements import Profile, ProfileKind
from sandbox.model import NotChecked, StageName, StageResult
from sandbox.pprof import BadProfileError
from sandbox.profile_facts import profile_facts
from sandbox.ran import Ran, ran, stage_result
from sandbox.workbench import Workbench

_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRuns:
    """What the profiles say, and which could not be read."""

    result: StageResult
    profiles: tuple[Profile, ...]
    not_checked: tuple[NotChecked, ...]


def take_profiles(bench: Workbench, program: bytes) -> ProfileRuns:
    """Gives a profile of each kind that holds anything."""
    limits = bench.limits
    one = ran(
        bench.execute(
            program,
            "p",
            args=(str(limits.bench_ms),),
            wall_s=min(limits.bench_wall_s, limits.run_wall_s),
            patience=1.0,
            bring=tuple(_file(kind) for kind in ProfileKind),
        )
    )
    profiles: list[Profile] = []
    unread: list[NotChecked] = []
    for kind in ProfileKind:
        try:
            profiles += _profile(bench, one, kind)
        except BadProfileError as exc:
            unread.append(NotChecked(what=f"{kind} profile", why=str(exc)))
    ok = one.record.ending == "profiled" and not unread
    return ProfileRuns(
        result=stage_result(bench, StageName.PROFILE, one, ok=ok),
        profiles=tuple(profiles),
        not_checked=tuple(unread),
    )


def _file(kind: ProfileKind) -> str:
    return f"gavel-{kind}.pb.gz"


def _profile(bench: Workbench, one: Ran, kind: ProfileKind) -> list[Profile]:
    if one.record.ending != "profiled":
        raise BadProfileError("the benchmarks did not come to their end")
    report: dict[str, Any] = one.outcome.report
    sent = report.get("files", {}).get(_file(kind))
    if sent is None:
        raise BadProfileError("the program left no such file")
    data = base64.b64decode(sent)
    if len(data) > bench.limits.profile_bytes:
        raise BadProfileError(f"it has over {bench.limits.profile_bytes} bytes")
    found = profile_facts(kind, data, bench.locator, _ops(one))
    return [found] if found.total else []


def _ops(one: Ran) -> int | None:
    told = one.record.told
    return int(told) if told.isascii() and told.isdigit() and len(told) < _DIGITS else None
