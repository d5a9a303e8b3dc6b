"""Tries hostile programs on a backend before it is trusted: used by `gavel doctor` and `gavel worker`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from sandbox.backends import Backend, SandboxFault
from sandbox.model import AuditInput, KilledBy, Limits
from sandbox.normalise import normalise
from sandbox.ran import ran
from sandbox.stages.build import build
from sandbox.stages.inspect import inspect
from sandbox.toolchain import Toolchain
from sandbox.toolchain_seal import changes
from sandbox.weak_limits import weak_limits
from sandbox.workbench import Workbench

_PROGRAMS = Path(__file__).with_name("selftest_programs") / "main.go.txt"
_LIMITS = Limits(
    run_wall_s=1.5,
    run_cpu_s=0.4,
    run_memory_mib=96,
    run_processes=48,
    output_bytes=512 * 1024,
    disk_mib=8,
    open_files=256,
)
_REFUSED = (
    "environment",
    "files",
    "writes",
    "descriptors",
    "network",
    "namespaces",
    "calls",
    "helper",
)
_ENDED: dict[str, frozenset[KilledBy]] = {
    "sleeper": frozenset({KilledBy.WALL}),
    "spinner": frozenset({KilledBy.CPU, KilledBy.WALL}),
    "memory": frozenset({KilledBy.MEMORY}),
    "flood": frozenset({KilledBy.OUTPUT}),
    "threads": frozenset({KilledBy.PIDS}),
    "disk": frozenset({KilledBy.DISK}),
}
_AT_ONCE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfCheck:
    """One line of the self-test."""

    name: str
    ok: bool
    detail: str


def selftest(
    backend: Backend, toolchain: Toolchain, *, allow_weak_limits: bool = True
) -> list[SelfCheck]:
    """Gives a line per check; a backend on which any of them fails must not be used.

    Takes about 5 s: the toolchain's files are hashed, one program is built, and 14 jails run it.

    Args:
        backend: Where snippets would run.
        toolchain: The prepared toolchain.
        allow_weak_limits: Whether limits that the host can only poll for are good enough.
    """
    spoilt = changes(toolchain)
    checks = [
        SelfCheck(
            name="toolchain", ok=not spoilt, detail="; ".join(spoilt[:3]) or "as it was built"
        )
    ]
    try:
        bench = _bench(backend, toolchain)
        program = _built(bench)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            names = (*_REFUSED, *_ENDED)
            checks += pool.map(lambda name: _check(bench, program, name), names)
    except SandboxFault as fault:
        return [*checks, SelfCheck(name="jail", ok=False, detail=str(fault))]
    return [*checks, _limits(bench, allow_weak_limits=allow_weak_limits)]


def _bench(backend: Backend, toolchain: Toolchain) -> Workbench:
    text = _PROGRAMS.read_text(encoding="utf-8")
    snippet = normalise(AuditInput(files={"main.go": text}), _LIMITS, toolchain.language)
    return Workbench(snippet=snippet, limits=_LIMITS, backend=backend, toolchain=toolchain)


def _built(bench: Workbench) -> bytes:
    seen = inspect(bench).report
    made = None if seen is None else build(bench, seen).program
    if made is None:
        raise SandboxFault("selftest", "the self-test's program does not build", retry=False)
    return made


def _check(bench: Workbench, program: bytes, name: str) -> SelfCheck:
    one = ran(bench.execute(program, "m", args=(name,)))
    said = " ".join(one.stdout[:200].split())
    if name in _ENDED:
        detail = f"ended by {one.killed_by.value if one.killed_by else 'nothing'}"
        refused = name == "threads" and one.crashed and "pids" in _weak(bench)
        if refused:
            detail = "ended by its own runtime, to which the kernel refused a thread"
        return SelfCheck(name=name, ok=refused or one.killed_by in _ENDED[name], detail=detail)
    ok = said == "ok" and one.exit_code == 0 and one.killed_by is None
    return SelfCheck(name=name, ok=ok, detail="refused" if ok else said or str(one.killed_by))


def _limits(bench: Workbench, *, allow_weak_limits: bool) -> SelfCheck:
    weak = _weak(bench)
    detail = f"weak: {', '.join(weak)}" if weak else "held by the kernel"
    return SelfCheck(name="limits", ok=allow_weak_limits or not weak, detail=detail)


def _weak(bench: Workbench) -> tuple[str, ...]:
    enforced = bench.enforced.get("run")
    return weak_limits(enforced if isinstance(enforced, dict) else {})
