"""Our own Go programs, held to Go's own tools and tests; offline, with the toolchain that audits use."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from sandbox.toolchain import HELPER_SOURCES, Toolchain
from sandbox.toolchain_build import VET_FOLDER, run_go
from sandbox.toolchain_vet import FACTS, modules_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ANALYZER = HELPER_SOURCES / VET_FOLDER
_FLAGS = ("-trimpath", "-buildvcs=false")


def test_the_helper_passes_vet(toolchain: Toolchain, tmp_path: Path) -> None:
    """What we say about others' Go holds for ours."""

    settings = modules_of(toolchain.own.parent, ANALYZER).settings

    said = run_go(
        toolchain.goroot, tmp_path, ["vet", *_FLAGS, "."], cwd=HELPER_SOURCES, settings=settings
    )

    assert said == ""


@pytest.mark.parametrize("command", ["vet", "test"])
def test_the_analyzer_passes(command: str, toolchain: Toolchain, tmp_path: Path) -> None:
    """Its own tests run on the archives and the facts that jails are given; nothing is skipped."""
    if toolchain.vet is None:
        pytest.skip(toolchain.vet_missing)
    modules = modules_of(toolchain.vet.parent, ANALYZER)
    library = {
        "GAVEL_STD": str(toolchain.library / "std"),
        "GAVEL_FACTS": str(toolchain.vet / FACTS),
    }
    names = ["./...", "github.com/ccojocar/zxcvbn-go"]
    verbose = ["-v"] if command == "test" else []

    said = run_go(
        toolchain.goroot,
        tmp_path,
        [command, *verbose, *_FLAGS, *names],
        cwd=ANALYZER,
        settings={**modules.settings, **library},
    )

    assert "SKIP" not in said


def test_everything_is_gofmt(toolchain: Toolchain) -> None:
    """Ours are formatted as we want answers to be."""
    gofmt = toolchain.goroot / "bin" / "gofmt"

    done = subprocess.run(
        [gofmt, "-l", HELPER_SOURCES], capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout == ""
