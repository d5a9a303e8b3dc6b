"""Control groups are chosen by what the host has; trees of other hosts are recorded here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.backends import JobLimits
from sandbox.cgroup_scope import Systemd
from sandbox.jail_cgroup import make_group
from tests.sandbox.backends.contract import LIMITS


@pytest.fixture
def limits() -> JobLimits:
    return LIMITS


def make(root: Path, own: str, limits: JobLimits) -> object:
    file = root / "own"
    file.write_text(own)
    return make_group(limits, root=root, own=file, systemd=Systemd(running=root / "no-systemd"))


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


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A unit of systemd's with `Delegate=yes`, and its one process still in it."""

    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    slice_ = tmp_path / "system.slice"
    unit = slice_ / "gavel.service"
    (unit / "gavel-self").mkdir(parents=True)
    (slice_ / "cgroup.subtree_control").write_text("memory pids\n")
    (unit / "cgroup.controllers").write_text("cpu memory pids\n")
    (unit / "cgroup.subtree_control").write_text("")
    (unit / "cgroup.procs").write_text("41\n")
    return unit


def test_a_delegated_service_makes_room(service: Path, tmp_path: Path, limits: JobLimits) -> None:
    """It moves into a leaf, since a group with processes can't limit those below it."""

    os.setxattr(service, "user.delegate", b"1")

    group = make(tmp_path, "0::/system.slice/gavel.service\n", limits)

    assert group.folder.parent == service  # type: ignore[union-attr, attr-defined]
    assert (service / "gavel-self" / "cgroup.procs").read_text() == "41"
    assert (service / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_a_delegated_service_in_its_leaf(service: Path, tmp_path: Path, limits: JobLimits) -> None:
    """The next jails get their groups beside the leaf, as with `DelegateSubgroup=`."""

    os.setxattr(service, "user.delegate", b"1")
    (service / "gavel-self" / "cgroup.subtree_control").write_text("")

    group = make(tmp_path, "0::/system.slice/gavel.service/gavel-self\n", limits)

    assert group.folder.parent == service  # type: ignore[union-attr, attr-defined]


def test_what_is_not_delegated_is_left_alone(
    service: Path, tmp_path: Path, limits: JobLimits
) -> None:
    """Root could write there, but the tree is systemd's."""

    before = sorted(tmp_path.rglob("*"))

    assert make(tmp_path, "0::/system.slice/gavel.service\n", limits) is None
    assert sorted(tmp_path.rglob("*")) == sorted([*before, tmp_path / "own"])


def test_the_most_processes_where_the_kernel_counts_them(tmp_path: Path, limits: JobLimits) -> None:
    """An older kernel has no such file, and then nobody knows."""

    (tmp_path / "cgroup.subtree_control").write_text("memory pids\n")
    group = make(tmp_path, "0::/\n", limits)

    assert group.pids_peak() is None  # type: ignore[union-attr, attr-defined]
    (group.folder / "pids.peak").write_text("7\n")  # type: ignore[union-attr, attr-defined]
    assert group.pids_peak() == 7  # type: ignore[union-attr, attr-defined]
