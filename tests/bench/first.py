"""The first pass beside the go command: a default build and run, and every tool one after another."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.model import AuditInput
from sandbox.runner import audit
from sandbox.toolchain import Toolchain, default_data_folder, prepare
from tests.bench.measure import shown
from tests.conftest import data_root

SAMPLES = Path(__file__).with_name("samples")
ROUNDS = 9
ONE_AFTER_ANOTHER_ROUNDS = 3
SUSTAINED = 40
FILES = (1, 8, 16, 32, 64)
TOOLS = {
    "staticcheck": "honnef.co/go/tools/cmd/staticcheck@v0.8.2",
    "gosec": "github.com/securego/gosec/v2/cmd/gosec@v2.30.0",
}
INSTALL_S = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A program with its tests; the salt makes every round's text a new one."""

    name: str
    wanted: str

    def text(self, salt: str) -> str:
        return (
            (SAMPLES / f"{self.name}.go.txt").read_text().replace('salt = "0"', f'salt = "{salt}"')
        )

    @property
    def tests(self) -> str:
        return (SAMPLES / f"{self.name}_test.go.txt").read_text()


class GoCommand:
    """The go command as a person would use it, with a warm cache of its own."""

    def __init__(self, toolchain: Toolchain) -> None:
        home = data_root() / "bench-go"
        home.mkdir(parents=True, exist_ok=True)
        self.go = str(toolchain.goroot / "bin" / "go")
        self.tools = home / "bin"
        self.env = {
            **{name: value for name, value in os.environ.items() if name.startswith("GOPROXY")},
            "GOROOT": str(toolchain.goroot),
            "GOCACHE": str(home / "cache"),
            "GOPATH": str(home / "path"),
            "GOBIN": str(self.tools),
            "GOTOOLCHAIN": "local",
            "HOME": str(home),
            "PATH": f"{toolchain.goroot / 'bin'}:/usr/bin:/bin",
        }

    def run(self, folder: Path, *command: str, limit_s: float = 120) -> bool:
        done = subprocess.run(
            command, cwd=folder, env=self.env, capture_output=True, timeout=limit_s, check=False
        )
        return done.returncode == 0

    def install(self) -> list[str]:
        """Installs the tools that are there to be had; gives their names."""
        return [
            name
            for name, path in TOOLS.items()
            if (self.tools / name).is_file()
            or self.run(Path.cwd(), self.go, "install", path, limit_s=INSTALL_S)
        ]

    def build_and_run(self, folder: Path) -> None:
        if not self.run(folder, self.go, "build", "-o", "a.out", "."):
            raise RuntimeError("the sample does not build")
        self.run(folder, "./a.out")

    def one_after_another(self, folder: Path, tools: list[str]) -> None:
        go, bench = self.go, ("-run", "^$", "-bench", ".", "-benchtime", "50ms", "-benchmem")
        self.run(folder, str(Path(go).with_name("gofmt")), "-l", ".")
        self.run(folder, go, "vet", ".")
        for name in tools:
            self.run(
                folder, str(self.tools / name), *(["-quiet"] if name == "gosec" else []), "./..."
            )
        self.build_and_run(folder)
        self.run(folder, go, "test", ".")
        self.run(folder, go, "test", "-race", ".")
        self.run(folder, go, "test", *bench, ".")


def run() -> None:
    toolchain = prepare(default_data_folder(), print)
    command = GoCommand(toolchain)
    tools = command.install()
    with closing(Bubblewrap(ready=3)) as backend:
        for sample in (
            Sample(name="service", wanted="1.0"),
            Sample(name="plain", wanted="0.8 (no concurrency)"),
        ):
            _compare(sample, backend, toolchain, command, tools)
        _sustained(backend, toolchain)
        _by_files(backend, toolchain)


def _compare(
    sample: Sample, backend: Bubblewrap, toolchain: Toolchain, command: GoCommand, tools: list[str]
) -> None:
    ours, built, each = [], [], []
    for number in range(ROUNDS + 1):
        salt = str(time.time_ns())
        given = AuditInput(files={"main.go": sample.text(salt), "main_test.go": sample.tests})
        backend.waiting.settle(5)
        ours.append(_seconds(partial(audit, given, backend=backend, toolchain=toolchain)))
        backend.waiting.settle(5)
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            folder = Path(name)
            (folder / "go.mod").write_text("module sample\n\ngo 1.27\n")
            (folder / "main.go").write_text(sample.text(salt + "1"))
            built.append(_seconds(partial(command.build_and_run, folder)))
            (folder / "main_test.go").write_text(sample.tests)
            if number <= ONE_AFTER_ANOTHER_ROUNDS:
                (folder / "main.go").write_text(sample.text(salt + "2"))
                each.append(_seconds(partial(command.one_after_another, folder, tools)))
    # The first round warms every cache.
    ours, built, each = ours[1:], built[1:], each[1:]
    middle = statistics.median
    print(f"  {sample.name}: first pass                     : {shown(ours)}")
    print(f"  {sample.name}: go build && ./a.out            : {shown(built)}")
    print(f"  {sample.name}: one after another ({', '.join(tools)}): {shown(each)}")
    print(f"  {sample.name}: first / build and run {middle(ours) / middle(built):.2f} "
          f"(wanted: at most {sample.wanted}); one after another / first "
          f"{middle(each) / middle(ours):.1f} (wanted: at least 6)")  # fmt: skip


def _sustained(backend: Bubblewrap, toolchain: Toolchain) -> None:
    sample = Sample(name="service", wanted="")

    def one(number: int) -> None:
        files = {"main.go": sample.text(f"s{time.time_ns()}{number}"), "main_test.go": sample.tests}
        audit(AuditInput(files=files), backend=backend, toolchain=toolchain)

    with ThreadPoolExecutor(2) as pool:
        taken_s = _seconds(lambda: list(pool.map(one, range(SUSTAINED))))
    print(
        f"  sustained, two at a time: {SUSTAINED / taken_s * 60:.0f} a minute (wanted: at least 60)"
    )


def _by_files(backend: Bubblewrap, toolchain: Toolchain) -> None:
    """A package of more and more files, each with a type and two functions."""
    figures = []
    for number in FILES:
        files = {f"part{index}.go": _part(index) for index in range(number - 1)}
        files["main.go"] = f'package main\n\nfunc main() {{ println("{time.time_ns()}") }}\n'
        given = AuditInput(files=files)
        times = [
            _seconds(partial(audit, given, backend=backend, toolchain=toolchain)) for _ in range(3)
        ]
        figures.append(f"{number} files {min(times) * 1000:.0f} ms")
    print(f"  cost by files (best of 3): {', '.join(figures)}")


def _part(index: int) -> str:
    body = "".join(
        f"\n// Step{index}x{line} adds.\nfunc Step{index}x{line}(a, b int) int {{ return a + b*{line} }}\n"
        for line in range(20)
    )
    return f"package main\n{body}"


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
