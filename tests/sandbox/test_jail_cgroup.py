"""Control groups are chosen by what the host has; trees of other hosts are recorded here."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.backends import JobLimits
from sandbox.jail_cgroup import make_group
from tests.sandbox.backends.contract import LIMITS


@pytest.fixture
def limits() -> JobLimits:
    return LIMITS


def make(root: Path, own: str, limits: JobLimits) -> object:
    file = root / "own"
    file.write_text(own)
    return make_group(limits, root=root, own=file)


def test_a_delegated_unified_tree(tmp_path: Path, limits: JobLimits) -> None:
    """Version 2 is used where memory and pids are delegated to us."""

    (tmp_path / "user.slice").mkdir()
    (tmp_path / "user.slice" / "cgroup.subtree_control").write_text("cpu memory pids\n")

    group = make(tmp_path, "0::/user.slice\n", limits)

    assert group is not None
    assert group.kind == "cgroup2"  # type: ignore[attr-defined]
    enforced = group.enforced()  # type: ignore[attr-defined]
    assert (enforced["memory_bytes"], enforced["pids_max"]) == (96 * 1024 * 1024, 48)


def test_a_unified_tree_that_is_not_delegated(tmp_path: Path, limits: JobLimits) -> None:
    """Without delegation there is no group, rather than one without limits."""

    (tmp_path / "cgroup.subtree_control").write_text("cpu\n")

    assert make(tmp_path, "0::/\n", limits) is None


def test_version_one_folders(tmp_path: Path, limits: JobLimits) -> None:
    """Version 1 needs its three hierarchies."""

    for name in ("memory", "pids", "cpuacct"):
        (tmp_path / name).mkdir()

    group = make(tmp_path, "3:memory:/a\n2:pids:/\n1:cpu,cpuacct:/\n", limits)

    assert group is not None
    assert group.kind == "cgroup1"  # type: ignore[attr-defined]


def test_counters_of_version_two(tmp_path: Path, limits: JobLimits) -> None:
    """The kernel's own files are read."""

    (tmp_path / "cgroup.subtree_control").write_text("memory pids\n")
    group = make(tmp_path, "0::/\n", limits)
    folder = group.folder  # type: ignore[union-attr, attr-defined]
    (folder / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    (folder / "memory.events").write_text("low 0\noom 1\noom_kill 2\n")
    (folder / "memory.peak").write_text("4096\n")

    assert (group.cpu_s(), group.oom_kills(), group.memory_peak(), group.pids_denied()) == (
        1.5,
        2,
        4096,
        0,
    )  # type: ignore[union-attr, attr-defined]


def test_a_host_without_groups(tmp_path: Path, limits: JobLimits) -> None:
    """None is an answer, not an error."""

    assert make(tmp_path, "", limits) is None
