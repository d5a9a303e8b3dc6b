"""The part of an audit that measures: benchmarks and profiles, where there is something to measure."""

from __future__ import annotations

from concurrent.futures import Executor, Future

from sandbox.facts import Facts
from sandbox.inspection import Inspection
from sandbox.model import StageName
from sandbox.stages.bench import run_benchmarks
from sandbox.stages.build import Build
from sandbox.stages.profile import ProfileRuns, take_profiles
from sandbox.workbench import Workbench


def start_profiles(
    pool: Executor, bench: Workbench, seen: Inspection, built: Build
) -> Future[ProfileRuns] | None:
    """Profiles the benchmarks beside other work, since no time of that run counts."""
    if built.program is None or _nothing(seen, built):
        return None
    return pool.submit(take_profiles, bench, built.program)


def measure(
    bench: Workbench,
    seen: Inspection,
    built: Build,
    profiling: Future[ProfileRuns] | None,
    facts: Facts,
) -> None:
    """Times the benchmarks, and notes what their profiles said."""
    if built.program is None or profiling is None:
        for stage in (StageName.BENCH, StageName.PROFILE):
            facts.skip(stage, _nothing(seen, built))
        return
    timed = run_benchmarks(bench, built.program, seen)
    facts.add(timed.result)
    facts.benchmarks = timed.benchmarks
    facts.not_checked += timed.not_checked
    if not timed.ended:
        facts.skip(StageName.PROFILE, "the benchmarks did not come to their end")
        return
    profiled = profiling.result()
    facts.add(profiled.result)
    facts.profiles = profiled.profiles
    facts.not_checked += profiled.not_checked


def _nothing(seen: Inspection, built: Build) -> str:
    if not seen.benchmarks:
        return "there are no benchmarks"
    if any(finding.rule == "test_compile" for finding in built.findings):
        return "the tests do not compile with the answer"
    return "" if built.program else "there is nothing to run"
