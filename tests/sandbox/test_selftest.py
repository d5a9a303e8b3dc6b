"""A backend shows that it holds before it is used, and a spoilt one is found out."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.backends import Job, Outcome, SandboxFault
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.selftest import selftest
from sandbox.toolchain import Toolchain
from sandbox.toolchain_seal import changes, seal
from sandbox.weak_limits import weak_limits
from tests.sandbox.backends.contract import LIMITS

STRONG = {
    "memory": "cgroup1",
    "pids": "cgroup1",
    "seccomp": "filter",
    "no_new_privs": True,
    "capabilities": 0,
}


@pytest.mark.needs_bwrap
@pytest.mark.slow
def test_a_whole_backend_passes(toolchain: Toolchain, bubblewrap: Bubblewrap) -> None:
    """Every hostile program is refused or ended, and the toolchain is as it was built."""

    checks = selftest(bubblewrap, toolchain)

    assert [check for check in checks if not check.ok] == []
    assert len(checks) >= 14


@pytest.mark.needs_bwrap
@pytest.mark.slow
def test_a_backend_without_limits_is_found_out(toolchain: Toolchain) -> None:
    """A jail that limits nothing fails the lines about limits."""

    class Generous(Bubblewrap):
        def run(self, job: Job) -> Outcome:
            outcome = super().run(job)
            return replace(outcome, killed_by=None, pids_denied=0, enforced={})

    failed = {check.name for check in selftest(Generous(), toolchain) if not check.ok}

    assert {"memory", "flood"} <= failed


def test_a_broken_backend_fails(toolchain: Toolchain) -> None:
    """A jail that can't be made is a failed line, never an exception."""

    checks = selftest(Bubblewrap(executable=Path("/bin/false")), toolchain)

    assert [check.name for check in checks if not check.ok] == ["jail"]


def test_a_spoilt_toolchain_is_found_out(toolchain: Toolchain, tmp_path: Path) -> None:
    """A file that was changed, added or removed after sealing is named."""

    own, library = tmp_path / "own", tmp_path / "library"
    shutil.copytree(toolchain.own, own)
    library.mkdir()
    copy = replace(toolchain, own=own, library=library)
    seal(copy)
    assert changes(copy) == []
    (own / "rec" / "0rec.a").chmod(0o666)
    (own / "rec" / "0rec.a").write_bytes(b"x")
    (library / "fmt.a").write_bytes(b"x")

    found = changes(copy)

    assert "own/rec/0rec.a was changed" in found
    assert "library/fmt.a was added" in found
    assert f"{own / 'rec' / '0rec.a'} can be written" in found


def test_another_installation_shares_the_sealed_toolchain(
    toolchain: Toolchain, tmp_path: Path
) -> None:
    """A second checkout has its Go elsewhere; the prepared folder beside it is the same."""

    seal(toolchain)
    elsewhere = tmp_path / "go"
    elsewhere.symlink_to(toolchain.goroot)

    assert changes(replace(toolchain, goroot=elsewhere)) == []


def test_a_new_analyzer_is_no_change_of_the_old(toolchain: Toolchain, tmp_path: Path) -> None:
    """An update prepares another analyzer beside the helper that stays."""

    own, old, new = tmp_path / "own", tmp_path / "vet-old", tmp_path / "vet-new"
    for folder, text in ((own, ""), (old, "old"), (new, "new")):
        folder.mkdir()
        (folder / "gavelvet").write_text(text)
    before = replace(toolchain, own=own, library=own, vet=old)
    seal(before)
    assert changes(before) == []

    assert changes(replace(before, vet=new)) == []
    assert changes(replace(before, vet=None)) == []


def test_weak_limits() -> None:
    """What no control group holds is weak; what is missing is not taken for granted."""

    assert weak_limits(STRONG) == ()
    assert weak_limits({**STRONG, "memory": "rss polling"}) == ("memory",)
    assert weak_limits({}) == ("memory", "pids", "seccomp", "no_new_privs", "capabilities")


def test_weak_limits_are_refused_where_they_are_not_allowed(toolchain: Toolchain) -> None:
    """No control group and no leave to go without: a fault, never a silent fallback."""

    backend = Bubblewrap(groups=lambda _: None, allow_weak_limits=False)

    with pytest.raises(SandboxFault) as caught:
        backend.run(Job(helper=toolchain.helper, request={}, limits=LIMITS))

    assert (caught.value.reason, caught.value.retry) == ("weak_limits", False)
