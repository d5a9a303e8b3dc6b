"""Findings of one execution: panics, fatal errors, deadlocks, leaks, limits. Used by the stages that run programs."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.crash_text import Goroutine, parse_crash
from sandbox.model import Finding, Grade, KilledBy, Severity, StageName
from sandbox.places import Place
from sandbox.ran import Ran, first_place, own_place
from sandbox.workbench import Workbench

_LIMIT_WORDS = {
    KilledBy.WALL: ("time_wall", "it did not end within the time limit"),
    KilledBy.CPU: ("time_cpu", "it used up its processor time"),
    KilledBy.MEMORY: ("memory_limit", "it used up its memory"),
    KilledBy.OUTPUT: ("output_limit", "it printed more than the output limit"),
    KilledBy.PIDS: ("pids_limit", "it started more threads or processes than allowed"),
    KilledBy.DISK: ("disk_limit", "it wrote more than the disk limit"),
    KilledBy.SECCOMP: ("resource_syscall", "it made a system call that is not allowed"),
    KilledBy.OPERATOR: ("time_operator", "it was ended by an operator"),
}


def ending_findings(bench: Workbench, one: Ran, stage: StageName) -> list[Finding]:
    """Gives what the way it ended proves; empty for an orderly end."""
    if one.deadlocked:
        return [_deadlock(bench, one, stage)]
    if one.killed_by is not None:
        rule, message = _LIMIT_WORDS[one.killed_by]
        return [_run(bench, stage, crash_place(bench, one), rule, message)]
    if one.crash.panic:
        return [
            _run(
                bench,
                stage,
                crash_place(bench, one),
                _panic_rule(one.crash.panic),
                f"panic: {one.crash.panic}",
            )
        ]
    if one.fatal and "concurrent map" in one.fatal:
        return [_unguarded_map(bench, one, stage)]
    if one.crashed:
        what = one.fatal or f"signal {one.signal}"
        return [
            _run(
                bench,
                stage,
                crash_place(bench, one),
                "fatal",
                f"the runtime stopped the program: {what}",
            )
        ]
    return []


def panic_finding(bench: Workbench, text: str, stack: str, stage: StageName) -> Finding:
    """Gives a panic that was caught, at the innermost line of the answer in its stack."""
    frames = [frame for one in parse_crash(stack).goroutines for frame in one.frames]
    place = own_place(bench.locator, tuple(frames)) or first_place(bench.locator)
    return _run(bench, stage, place, _panic_rule(text), f"panic: {text}")


def raised_by_answer(bench: Workbench, stack: str) -> bool:
    """Tells whether the answer says `panic(...)` itself: a refused argument is no crash."""
    goroutines = parse_crash(stack).goroutines
    frames = goroutines[0].frames if goroutines else ()
    at = next((i for i, frame in enumerate(frames) if frame.function.startswith("panic(")), None)
    return at is None or at + 1 >= len(frames) or bench.locator.owns(frames[at + 1].file)


def crash_place(bench: Workbench, one: Ran) -> Place:
    """Gives the first place of the snippet in the crash, the running goroutine first."""
    for goroutine in one.crash.goroutines:
        if place := own_place(bench.locator, goroutine.frames):
            return place
    return first_place(bench.locator)


def leak_findings(
    bench: Workbench, one: Ran, stage: StageName, held: Callable[[str], bool] = lambda _: False
) -> list[Finding]:
    """Gives one finding per place at which goroutines wait for ever.

    Args:
        bench: The audit's workbench.
        one: The run whose profile is read.
        stage: The stage it belongs to.
        held: Tells of a function whether a caller may still hold what its goroutines wait for.
    """
    counts: dict[Place, int] = {}
    goroutines = parse_crash(one.record.leak or "").goroutines
    stranded = _stranded(goroutines)
    for goroutine in goroutines:
        place = own_place(bench.locator, goroutine.frames)
        lost = "leaked" in goroutine.state or (
            goroutine in stranded and not held(goroutine.creator)
        )
        if place and lost:
            counts[place] = counts.get(place, 0) + 1
    return [
        bench.locator.finding(
            place,
            tool="leak",
            rule="goroutine_leak",
            message=f"{count} goroutine(s) wait here for ever: nothing can wake them",
            severity=Severity.MAJOR,
            grade=Grade.E3,
            stage=stage,
            cwe=772,
            hits=count,
        )
        for place, count in counts.items()
    ]


def _stranded(goroutines: tuple[Goroutine, ...]) -> tuple[Goroutine, ...]:
    """Gives senders that nobody is left to receive from.

    The runtime's own search misses a goroutine that sends a captured variable: the waiting send
    points into the closure, and so at the channel. Such a sender is lost as well where every other
    goroutine waits, and none for a clock or the outside.
    """
    others = [one for one in goroutines if one.frames and not one.state.startswith("running")]
    if not all(one.stuck and not one.state.startswith("select") for one in others):
        return ()
    return tuple(one for one in others if one.state.startswith("chan send"))


def _deadlock(bench: Workbench, one: Ran, stage: StageName) -> Finding:
    states = sorted(
        {goroutine.state.split(",")[0] for goroutine in one.crash.goroutines if goroutine.stuck}
    )
    message = f"all goroutines are asleep ({', '.join(states)})"
    place = crash_place(bench, one)
    return _run(bench, stage, place, "all_asleep", message, tool="deadlock", cwe=833)


def _unguarded_map(bench: Workbench, one: Ran, stage: StageName) -> Finding:
    """The runtime itself watches maps: its stop is a race that was seen, not a crash of its own."""
    message = f"the runtime stopped the program: {one.fatal}"
    place = crash_place(bench, one)
    return _run(bench, stage, place, "concurrent_map", message, tool="race", cwe=362)


def _panic_rule(text: str) -> str:
    words = {
        "index out of range": "panic_index",
        "nil pointer": "panic_nil",
        "nil map": "panic_nil_map",
    }
    return next((rule for part, rule in words.items() if part in text), "panic")


def _run(
    bench: Workbench,
    stage: StageName,
    place: Place,
    rule: str,
    message: str,
    *,
    tool: str = "run",
    cwe: int | None = None,
) -> Finding:
    return bench.locator.finding(
        place,
        tool=tool,
        rule=rule,
        message=message,
        severity=Severity.CRITICAL,
        grade=Grade.E3,
        stage=stage,
        cwe=cwe,
    )
