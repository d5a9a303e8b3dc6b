"""The static analysis: in its jail, bare, and what the start of its program alone takes."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.model import AuditInput, Limits, StageStatus
from sandbox.normalise import normalise
from sandbox.stages.static import analyse
from sandbox.toolchain import Toolchain, default_data_folder, prepare
from sandbox.toolchain_build import ANALYZER
from sandbox.toolchain_vet import FACTS
from sandbox.workbench import Workbench
from tests.bench.measure import shown
from tests.bench.static_sample import SAMPLE

ROUNDS = 25


def run() -> None:
    toolchain = prepare(default_data_folder(), print)
    if toolchain.vet is None:
        print(f"  no analyzer: {toolchain.vet_missing}")
        return
    limits = Limits()
    jailed, cpu, bare, start, peak = [], [], [], [], 0
    for number in range(ROUNDS):
        text = SAMPLE.replace("salt-0", f"salt-{number}")
        snippet = normalise(AuditInput(code=text), limits, toolchain.language)
        bench = Workbench(snippet=snippet, limits=limits, backend=Bubblewrap(), toolchain=toolchain)
        started = time.perf_counter()
        result = analyse(bench).result
        jailed.append(time.perf_counter() - started)
        if result.status is StageStatus.NOT_RUN:
            raise RuntimeError(result.message)
        cpu.append(result.cpu_s or 0.0)
        peak = max(peak, result.max_rss_bytes or 0)
        bare.append(_bare(toolchain, text))
        start.append(_start(toolchain))
    print(f"  everything, in its jail    : {shown(jailed)}")
    print(f"  processor time of that jail: {shown(cpu)}")
    print(f"  the same analysis bare     : {shown(bare)}")
    print(f"  the program's start alone  : {shown(start)}")
    print(
        f"  most memory: {peak / 2**20:.0f} MiB; wanted: under 300 ms, here {statistics.median(jailed) * 1000:.0f} ms"
    )


def _bare(toolchain: Toolchain, text: str) -> float:
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        (Path(name) / "main.go").write_text(text)
        request = {
            "dir": name,
            "library": str(toolchain.library / "std"),
            "facts": f"{toolchain.vet}/{FACTS}",
            "go": "1.27",
            "units": [{"path": "snip", "files": ["main.go"]}],
        }
        return _seconds(toolchain, [], json.dumps(request))


def _start(toolchain: Toolchain) -> float:
    return _seconds(toolchain, ["rules"], "")


def _seconds(toolchain: Toolchain, args: list[str], text: str) -> float:
    env = {"GOGC": "off", "GOMEMLIMIT": "768MiB"}
    start = time.perf_counter()
    command = [f"{toolchain.vet}/{ANALYZER}", *args]
    subprocess.run(command, input=text, text=True, env=env, check=True, capture_output=True)
    return time.perf_counter() - start
