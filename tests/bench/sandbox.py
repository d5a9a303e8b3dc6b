"""The sandbox: hello world in jails against the same tools bare and llm-sandbox, the start of a jail, eight audits at once."""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

from sandbox.backends import Job, JobLimits, SandboxFault
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.backends.docker import Docker
from sandbox.inspection import Inspection
from sandbox.jail_cgroup import make_group
from sandbox.model import AuditInput, Limits, Verdict
from sandbox.normalise import normalise
from sandbox.runner import audit
from sandbox.stages.build import build
from sandbox.stages.inspect import inspect
from sandbox.toolchain import Toolchain, default_data_folder, prepare, tool_folder
from sandbox.workbench import Workbench
from tests.bench.measure import shown
from tests.bench.peers import peers
from tests.docker_engine import docker_host, release

ROUNDS = 15
READY = 3
SETTLE_S = 20.0
STARTS = 60
_BACKEND = Bubblewrap()
_GENERATED = """package main

import (
\trec "0rec"
\tp0 "snip"
)

func main() {
\tswitch rec.Mode() {
\tcase 'm':
\t\trec.Line("M")
\t\tp0.GavelMain()
\t\trec.End("main")
\t}
}
"""
AT_ONCE = 8
HELLO = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("hello", 0) }\n'
_JAIL = JobLimits(
    wall_s=10,
    cpu_s=5,
    memory_mib=256,
    processes=64,
    output_bytes=1 << 16,
    disk_mib=16,
    open_files=256,
    report_bytes=1 << 20,
)


def run() -> None:
    toolchain = prepare(default_data_folder(), print)
    try:
        _hello(toolchain)
    finally:
        release()
    _starts(toolchain)
    _at_once(toolchain)


def _hello(toolchain: Toolchain) -> None:
    """Compile, link and run, a new text each time; jailed, bare and others' sandboxes take turns."""
    bare: list[float] = []
    with contextlib.ExitStack() as stack:
        backends = {name: stack.enter_context(closing(made)) for name, made in _backends().items()}
        others = stack.enter_context(peers(toolchain, HELLO))
        times: dict[str, list[float]] = {name: [] for name in backends}
        beside: dict[str, list[float]] = {other.name: [] for other in others}
        seen = {name: _inspected(toolchain, backend) for name, backend in backends.items()}
        for _ in range(ROUNDS):
            text = HELLO.replace("0", str(time.time_ns()))
            for name, backend in backends.items():
                job = partial(_in_jails, toolchain, text, seen[name], backend)
                times[name].append(_seconds(job))
                # Jails for the next round are started now, not while something else is measured.
                backend.waiting.settle(SETTLE_S)
            bare.append(_seconds(partial(_bare, toolchain, text)))
            for other in others:
                beside[other.name].append(other.run(text))
    plain = statistics.median(bare)
    print(f"  hello world, the tools without a sandbox: {shown(bare)}")
    for name, values in times.items():
        # The first round starts what later rounds find waiting.
        ratio = statistics.median(values[1:]) / plain
        print(f"  {name}, build jail + run jail: {shown(values[1:])}, {ratio:.2f} of bare")
    print("  wanted: at most 1.1 of bare on bubblewrap, 2.5 on docker")
    for name, values in beside.items():
        print(
            f"  {name}, warm `go run`: {shown(values)}, {statistics.median(values) / plain:.2f} of bare"
        )


def _backends() -> dict[str, Bubblewrap | Docker]:
    found: dict[str, Bubblewrap | Docker] = {
        "bubblewrap, waiting": Bubblewrap(ready=READY),
        "bubblewrap, on demand": Bubblewrap(),
    }
    try:
        host = docker_host()
    except BaseException as reason:  # noqa: BLE001 - pytest's outcomes are no exceptions
        print(f"  docker is not measured: {reason}")
        return found
    return {
        **found,
        "docker, waiting": Docker(host=host, ready=READY),
        "docker, on demand": Docker(host=host),
    }


def _in_jails(
    toolchain: Toolchain, text: str, seen: Inspection, backend: Bubblewrap | Docker
) -> None:
    limits = Limits()
    snippet = normalise(AuditInput(code=text), limits, toolchain.language)
    bench = Workbench(snippet=snippet, limits=limits, backend=backend, toolchain=toolchain)
    program = build(bench, seen).program
    if program is None or not bench.execute(program, "m").stdout.data.startswith(b"hello"):
        raise RuntimeError("hello world did not run")


def _inspected(toolchain: Toolchain, backend: Bubblewrap | Docker) -> Inspection:
    """What reading tells; once for all texts, since `go run` has no such step."""
    limits = Limits()
    snippet = normalise(AuditInput(code=HELLO), limits, toolchain.language)
    bench = Workbench(snippet=snippet, limits=limits, backend=backend, toolchain=toolchain)
    seen = inspect(bench).report
    if seen is None:
        raise RuntimeError("hello world could not be read")
    return seen


def _bare(toolchain: Toolchain, text: str) -> None:
    """The same commands as in the jails: two compiles, the linker and the program, without a jail."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder, tools = Path(name), tool_folder(toolchain.goroot)
        (folder / "main.go").write_text(text)
        (folder / "hook.go").write_text("package main\n\nfunc GavelMain() { main() }\n")
        (folder / "test.go").write_text(_GENERATED)
        config = (toolchain.library / "std" / "importcfg").read_text()
        config = config.replace("=/std/", f"={toolchain.library}/std/")
        own = f"packagefile snip=snip.a\npackagefile 0rec={toolchain.own}/rec/0rec.a\n"
        (folder / "cfg").write_text(config + own)
        common = ["-complete", "-c=2", "-importcfg", "cfg", "-pack", "-nolocalimports"]
        for command in (
            [tools / "compile", "-o", "snip.a", "-p", "snip", *common, "main.go", "hook.go"],
            [tools / "compile", "-o", "main.a", "-p", "main", *common, "test.go"],
            [tools / "link", "-s", "-w", "-o", "out", "-importcfg", "cfg", "main.a"],
            [folder / "out"],
        ):
            subprocess.run(command, cwd=folder, env={}, check=True, capture_output=True)


def _starts(toolchain: Toolchain) -> None:
    """What a whole jail costs over a bare process of the same helper, seccomp among it."""
    job = Job(helper=toolchain.helper, request={"mode": "none"}, limits=_JAIL)
    plain, grouped, waited, bare = [], [], [], []
    with closing(Bubblewrap(ready=1)) as ready:
        for _ in range(STARTS):
            plain.append(_seconds(lambda: _start(Bubblewrap(groups=lambda _: None), job)))
            grouped.append(_seconds(lambda: _start(Bubblewrap(groups=make_group), job)))
            ready.waiting.expect(job.shape)
            ready.waiting.settle(SETTLE_S)
            waited.append(_seconds(lambda: _start(ready, job)))
            bare.append(_seconds(lambda: _process(toolchain)))
    print(f"  a jail that waited          : {shown(waited)}")
    print(f"  a jail with control group   : {shown(grouped)}")
    print(f"  a jail without control group: {shown(plain)}")
    print(f"  a bare process of the helper: {shown(bare)}")
    plainly = statistics.median(bare)
    over = [(statistics.median(one) - plainly) * 1000 for one in (waited, grouped)]
    print(f"  start above bare, medians: {over[0]:.1f} ms waiting, {over[1]:.1f} ms on demand "
          "(wanted: under 12 on an idle machine)")  # fmt: skip


def _start(backend: Bubblewrap, job: Job) -> None:
    # The helper refuses the mode and ends at once, so only the jail is measured.
    try:
        backend.run(job)
    except SandboxFault as fault:
        if fault.reason != "helper_lost":
            raise


def _process(toolchain: Toolchain) -> None:
    subprocess.run([toolchain.helper], env={}, check=False, capture_output=True)


def _at_once(toolchain: Toolchain) -> None:
    """A program that needs a good part of its processor time keeps its verdict on a busy machine."""
    spin = "package main\n\nfunc main() {\n\tx := uint64(1)\n\tfor i := uint64(0); i < 1_500_000_000; i++ {\n\t\tx = x*31 + i\n\t}\n\tprintln(x)\n}\n"

    def one(number: int) -> Verdict:
        code = spin.replace("31", str(31 + 2 * number))
        given = AuditInput(code=code)
        return audit(given, backend=_BACKEND, toolchain=toolchain).verdict

    alone = [one(number) for number in range(2)]
    start = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        together = list(pool.map(one, range(AT_ONCE)))
    changed = sum(verdict is not alone[0] for verdict in together)
    print(f"  alone {sorted(set(alone))}; {AT_ONCE} at once on {os.cpu_count()} cores in "
          f"{time.monotonic() - start:.1f} s: {changed} verdicts changed")  # fmt: skip


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
