"""Builds the analyzer with the modules it is made of, and lets it learn about the standard library.

The modules come through the go command's own client, with the settings of whoever installs; what comes is
held against go.sum. The build itself, and everything after it, is offline.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sandbox.backends import SandboxFault
from sandbox.toolchain_build import (
    ANALYZER,
    MANIFEST,
    Progress,
    build_args,
    run_go,
    whole_or_nothing,
)

FACTS = "facts"
CANARY = "testdata/canary/canary.go"
_NEEDS_FACTS = {"SA1019": "facts"}
_LEARN_S = 600
_CANARY_S = 60
# What a person may have set so that the go command gets modules where he is.
_CLIENT_SETTINGS = (
    "HOME", "XDG_CONFIG_HOME", "GOENV", "GOPROXY", "GONOPROXY", "GOPRIVATE", "GOINSECURE", "GOSUMDB", "GONOSUMDB",
    "GOAUTH", "NETRC", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
_UNREACHABLE = (
    "the modules of the static analysis did not come: {said}. Let the go command reach a module proxy "
    "(GOPROXY and HTTPS_PROXY are honoured); it is tried again a quarter of an hour later, and until then audits go on without it"
)


def build_vet(
    goroot: Path,
    sources: Path,
    library: Path,
    folder: Path,
    progress: Progress,
    *,
    analyzer: Path | None = None,
) -> None:
    """Makes the folder of the analyzer, built here or given; the modules stay beside it, for its tests.

    Raises:
        SandboxFault: `modules_unreachable`, worth another try later, when the modules can't be had.
    """
    modules = modules_of(folder.parent, sources)

    def fill(part: Path, cache: Path) -> None:
        module = cache / "module"
        shutil.copytree(sources, module)
        if analyzer is None:
            progress("getting the modules of the static analysis")
            _fetch(goroot, cache, module, modules)
            progress("building the static analysis")
            args = build_args(part / ANALYZER)
            run_go(goroot, cache, args, cwd=module, settings=modules.settings)
        else:
            shutil.copy(analyzer, part / ANALYZER)
        progress("reading the standard library for the static analysis")
        _learn(goroot, cache, part, library / "std")
        (part / MANIFEST).write_text(json.dumps({"blind": _blind(part, cache, library / "std")}))

    whole_or_nothing(folder, fill)


@dataclass(frozen=True, slots=True, kw_only=True)
class Modules:
    """The modules that go.sum names, and what was compiled of them: kept, so that a change of ours is built in seconds."""

    folder: Path

    @property
    def settings(self) -> dict[str, str]:
        """What makes the go command use them, offline."""
        return {
            "GOMODCACHE": str(self.folder / "mod"),
            "GOCACHE": str(self.folder / "build"),
            "GOFLAGS": "-mod=readonly -modcacherw",
        }


def modules_of(home: Path, sources: Path) -> Modules:
    """Gives where the modules of these sources are kept."""
    digest = hashlib.sha256((sources / "go.sum").read_bytes()).hexdigest()[:12]
    return Modules(folder=home / f"modules-{digest}")


def _fetch(goroot: Path, cache: Path, module: Path, modules: Modules) -> None:
    theirs = {name: os.environ[name] for name in _CLIENT_SETTINGS if name in os.environ}
    # Unset means the client's own default, not our "off".
    defaults = {"GOENV": "", "GOPROXY": "", "GOSUMDB": ""}
    settings = {**defaults, **theirs, **modules.settings}
    args = ["list", "-deps", "-test", "-f", "{{.ImportPath}}", "./..."]
    try:
        run_go(goroot, cache, args, cwd=module, settings=settings)
    except SandboxFault as fault:
        said = _UNREACHABLE.format(said=str(fault)[-600:])
        raise SandboxFault("modules_unreachable", said, retry=True) from fault


def _learn(goroot: Path, cache: Path, part: Path, std: Path) -> None:
    listed = run_go(
        goroot, cache, ["list", "-deps", "-json=ImportPath,Dir,GoFiles", "std"], cwd=goroot
    )
    (part / FACTS).mkdir()
    _run(part, ["facts", str(std), str(part / FACTS)], listed, _LEARN_S)


def _blind(part: Path, cache: Path, std: Path) -> list[str]:
    """Gives the families that don't see the defect that was planted for them."""
    canary = cache / "module" / CANARY
    request = {
        "dir": str(canary.parent),
        "library": str(std),
        "facts": str(part / FACTS),
        "go": "1.27",
        "units": [{"path": "canary", "files": [canary.name]}],
    }
    names = json.loads(_run(part, ["rules"], "", _CANARY_S))
    found = json.loads(_run(part, [], json.dumps(request), _CANARY_S))["problems"]
    return blind_families(set(names), {(one["tool"], one["rule"]) for one in found})


def blind_families(names: set[str], found: set[tuple[str, str]]) -> list[str]:
    """Gives the families without a finding in the canary program, `facts` where the library is unknown."""
    seen = {tool for tool, _ in found} | {"facts"} & {
        _NEEDS_FACTS.get(rule, "") for _, rule in found
    }
    return sorted({*names, "facts"} - seen)


def _run(part: Path, args: list[str], text: str, limit_s: float) -> str:
    try:
        done = subprocess.run(
            [str(part / ANALYZER), *args],
            input=text,
            env={},
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise SandboxFault("toolchain_build", f"{ANALYZER}: {exc}", retry=False) from exc
    if done.returncode != 0:
        raise SandboxFault(
            "toolchain_build", f"{ANALYZER} failed: {done.stderr[-2000:]}", retry=False
        )
    return done.stdout
