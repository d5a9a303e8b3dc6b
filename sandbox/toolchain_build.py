"""Builds the sealed folder of a toolchain with the go command. Runs our own and Go's sources only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox.backends import JAIL_LIBRARY, JAIL_RECORDER, SandboxFault

MANIFEST = "manifest.json"
HELPER = "gavelgo"
ANALYZER = "gavelvet"
VET_FOLDER = "vet"
RECORDER_PACKAGES = (
    "0rec",
    *(f"0rec/{name}" for name in ("leak", "tests", "bench", "calls", "chance", "deep", "fuzz")),
)
"""What generated programs are linked with: each is compiled after those that it imports."""
_BUILD_S = 1200
_ASK_S = 30
_LIST = "{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}"

Progress = Callable[[str], None]


def build_library(goroot: Path, folder: Path, progress: Progress) -> None:
    """Makes the folder of the standard library, plain and for the race detector."""

    def fill(part: Path, cache: Path) -> None:
        progress("building the standard library")
        _library(goroot, part / "std", cache, race=False)
        progress("building the standard library for the race detector")
        missing, libraries = _race_library(goroot, part / "std-race", cache)
        manifest = {"race_missing": missing, "race_libraries": libraries}
        (part / MANIFEST).write_text(json.dumps(manifest, indent=1))

    whole_or_nothing(folder, fill)


def build_helper(
    goroot: Path,
    sources: Path,
    library: Path,
    folder: Path,
    progress: Progress,
    *,
    helper: Path | None = None,
) -> None:
    """Makes the folder of our own helper, built here or given, and of the recorder's packages that are linked into programs."""

    def fill(part: Path, cache: Path) -> None:
        progress("building the helper")
        module = cache / "module"
        shutil.copytree(sources, module, ignore=shutil.ignore_patterns(VET_FOLDER))
        if helper is None:
            run_go(goroot, cache, build_args(part / HELPER), cwd=module)
        else:
            shutil.copyfile(helper, part / HELPER)
        for kind in ("std", "std-race"):
            if (library / kind).is_dir():
                _recorder(goroot, module, library / kind, part / kind.replace("std", "rec"), cache)
        (part / MANIFEST).write_text("{}")

    whole_or_nothing(folder, fill)


def build_args(program: Path) -> list[str]:
    """Gives how one of our own programs is built."""
    return ["build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", str(program), "."]


def whole_or_nothing(folder: Path, fill: Callable[[Path, Path], None]) -> None:
    """Fills a folder beside its place and moves it there, sealed; `fill` gets a cache that goes again."""
    part = Path(tempfile.mkdtemp(prefix=f"{folder.name}.part-", dir=folder.parent))
    cache = Path(tempfile.mkdtemp(prefix=f"{folder.name}.cache-", dir=folder.parent))
    try:
        fill(part, cache)
        _seal(part)
        part.rename(folder)
    finally:
        shutil.rmtree(cache, ignore_errors=True)
        shutil.rmtree(part, ignore_errors=True)


def run_go(
    goroot: Path,
    cache: Path,
    args: list[str],
    *,
    cwd: Path,
    cgo: bool = False,
    settings: Mapping[str, str] | None = None,
) -> str:
    """Gives what a go command writes; its environment is fixed but for the settings that are passed."""
    # Nothing of the caller's may change what is built.
    env = {
        "GOROOT": str(goroot),
        "GOCACHE": str(cache / "go-build"),
        "GOPATH": str(cache / "gopath"),
        "HOME": str(cache),
        "TMPDIR": str(cache),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "GOENV": "off",
        "GOWORK": "off",
        "GOPROXY": "off",
        "GOSUMDB": "off",
        "GOTOOLCHAIN": "local",
        "GOTELEMETRY": "off",
        "CGO_ENABLED": "1" if cgo else "0",
        **(settings or {}),
    }
    command = [str(goroot / "bin" / "go"), *args]
    try:
        done = subprocess.run(
            command, env=env, cwd=cwd, capture_output=True, text=True, timeout=_BUILD_S, check=False
        )
    except OSError as exc:
        raise SandboxFault("toolchain_build", f"{args[0]}: {exc}", retry=False) from exc
    if done.returncode != 0:
        raise SandboxFault(
            "toolchain_build",
            f"go {args[0]} failed: {(done.stderr or done.stdout)[-2000:]}",
            retry=False,
        )
    return done.stdout


def _library(goroot: Path, into: Path, cache: Path, *, race: bool) -> None:
    flags = ["-race"] if race else []
    listed = run_go(
        goroot,
        cache,
        ["list", "-trimpath", *flags, "-export", "-f", _LIST, "std"],
        cwd=goroot,
        cgo=race,
    )
    lines = []
    for line in listed.split():
        name, _, archive = line.partition("=")
        target = into / f"{name}.a"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(archive, target)
        lines.append(f"packagefile {name}={JAIL_LIBRARY}/{name}.a\n")
    (into / "importcfg").write_text("".join(lines))


def _recorder(goroot: Path, module: Path, library: Path, into: Path, cache: Path) -> None:
    """Compiles the packages that generated programs are linked with, and says where each one lies."""
    config = cache / "importcfg"
    config.write_text(
        (library / "importcfg").read_text().replace(f"={JAIL_LIBRARY}/", f"={library}/")
    )
    race = ["-race"] if library.name.endswith("-race") else []
    lines = []
    for package in RECORDER_PACKAGES:
        archive = into / f"{package}.a"
        archive.parent.mkdir(parents=True, exist_ok=True)
        folder = module / "rec" / package.removeprefix("0rec").lstrip("/")
        args = ["tool", "compile", "-p", package, "-std", "-complete", *race]
        args += ["-trimpath", f"{module}=>/gavel", "-importcfg", str(config), "-pack"]
        args += ["-o", str(archive), *map(str, sorted(folder.glob("*.go")))]
        run_go(goroot, cache, args, cwd=cache)
        with config.open("a") as file:
            file.write(f"packagefile {package}={archive}\n")
        lines.append(f"packagefile {package}={JAIL_RECORDER}/{package}.a\n")
    (into / "importcfg").write_text("".join(lines))


def _race_library(goroot: Path, into: Path, cache: Path) -> tuple[str, list[str]]:
    compiler = shutil.which("gcc", path="/usr/local/bin:/usr/bin:/bin")
    if compiler is None:
        return "gcc is not installed, and the race detector needs it once", []
    try:
        _library(goroot, into, cache, race=True)
        # The detector's object file calls a few functions of the C compiler's own library.
        shutil.copyfile(_asked(compiler, "-print-libgcc-file-name"), into / "libgcc.a")
    except SandboxFault as exc:
        return f"the standard library does not build with the race detector: {exc}", []
    return "", _c_library(compiler)


def _c_library(compiler: str) -> list[str]:
    """Gives the files that a program with the race detector loads, as it will look for them."""
    machine = os.uname().machine
    loader = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}[
        machine
    ]
    found = [loader]
    for name in ("libc.so.6", "libm.so.6", "libpthread.so.0", "libresolv.so.2", "libdl.so.2"):
        path = Path(os.path.normpath(_asked(compiler, f"-print-file-name={name}")))
        if path.is_absolute() and path.exists():
            found.append(str(path))
    return found


def _asked(compiler: str, question: str) -> str:
    done = subprocess.run(
        [compiler, question], capture_output=True, text=True, check=True, timeout=_ASK_S
    )
    return done.stdout.strip()


def _seal(part: Path) -> None:
    # Readable by whoever runs jails, writable by nobody; the folder itself must still be renamed.
    for path in part.rglob("*"):
        if path.is_dir() or path.name in {HELPER, ANALYZER}:
            path.chmod(0o555)
        else:
            path.chmod(0o444)
    part.chmod(0o755)
