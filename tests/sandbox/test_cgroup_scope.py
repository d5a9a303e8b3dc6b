"""A scope of systemd's holds jails where no group was delegated; systemd's programs are played by scripts.

They do what systemd-run(1), busctl(1) and org.freedesktop.systemd1(5) say: with `--scope` the program
becomes the command inside the new unit, unknown options fail, processes are attached by a bus call.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import cgroup_scope
from sandbox.cgroup_scope import Systemd
from sandbox.cgroup_v2 import Version2
from sandbox.jail_cgroup import Group, make_group
from tests.sandbox.backends.contract import LIMITS

ROOT = Path(__file__).parents[2]
SYSTEMD_RUN = """#!/bin/sh
echo "$@" >> {host}/asked
while [ $# -gt 0 ]; do
  case "$1" in
    --unit=*) unit="${{1#--unit=}}" ;;
    --property=Delegate=yes) delegated=yes ;;
    --user|--scope|--quiet|--collect|--no-ask-password) ;;
    --) shift; break ;;
    *) echo "unrecognized option '$1'" >&2; exit 1 ;;
  esac
  shift
done
scope={host}/cgroup/user.slice/$unit.scope
mkdir -p $scope {host}/proc/$$
echo "0::/user.slice/$unit.scope" > {host}/proc/$$/cgroup
if [ "$delegated" ]; then
  echo "cpu memory pids" > $scope/cgroup.controllers
  : > $scope/cgroup.subtree_control
fi
exec "$@"
"""
BUSCTL = """#!/bin/sh
echo "$@" >> {host}/attached
exit {status}
"""


class Host:
    """A machine with a unified tree, on which we sit in a login session that is not ours to divide."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        (folder / "running").mkdir()
        (folder / "cgroup" / "session-1.scope").mkdir(parents=True)
        (folder / "cgroup" / "cgroup.controllers").write_text("cpu memory pids\n")
        (folder / "own").write_text("0::/session-1.scope\n")
        self.install("systemd-run", SYSTEMD_RUN)
        self.install("busctl", BUSCTL)

    def install(self, name: str, text: str, status: int = 0) -> None:
        file = self.folder / "bin" / name
        file.write_text(text.format(host=self.folder, status=status))
        file.chmod(0o755)

    @property
    def systemd(self) -> Systemd:
        return Systemd(
            running=self.folder / "running",
            programs=f"{self.folder / 'bin'}:/usr/bin:/bin",
            root=self.folder / "cgroup",
            processes=self.folder / "proc",
            user=1000,
        )

    def make(self) -> Group | None:
        return make_group(
            LIMITS,
            root=self.folder / "cgroup",
            own=self.folder / "own",
            systemd=self.systemd,
        )

    def said(self, name: str) -> list[str]:
        file = self.folder / name
        return file.read_text().splitlines() if file.exists() else []

    def scope(self) -> cgroup_scope._Scope:
        found = cgroup_scope._open(self.systemd)
        assert found is not None
        return found


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    made = Host(tmp_path)
    yield made
    left = cgroup_scope._open(made.systemd)
    if left is not None:
        left.close()
    cgroup_scope._open.cache_clear()


def test_a_jail_gets_a_group_below_a_scope(host: Host) -> None:
    """Its limits are its own, and the scope is delegated to us."""
    group = host.make()

    assert isinstance(group, cgroup_scope.Scoped)
    assert group.folder.parent.name == f"gavel-{os.getpid()}.scope"
    enforced = group.enforced()
    assert [enforced[name] for name in ("memory", "memory_bytes", "pids", "pids_max")] == [
        "systemd", LIMITS.memory_mib * 1024 * 1024, "systemd", LIMITS.processes,
    ]  # fmt: skip
    assert "--user --scope" in host.said("asked")[0]


def test_a_scope_is_asked_for_once(host: Host) -> None:
    """Later jails cost a folder, not a call."""
    host.make()
    host.make()

    assert len(host.said("asked")) == 1


def test_the_scope_can_hand_controllers_down(host: Host) -> None:
    """The program that keeps it sits in a leaf, since a group with processes can't."""
    host.make()

    scope = host.scope()
    assert (scope.folder / "holder" / "cgroup.procs").read_text() == str(scope.holder.pid)
    assert (scope.folder / "cgroup.subtree_control").read_text() == "+memory +pids"


def test_root_asks_the_systems_manager(host: Host) -> None:
    """There is no `--user` for it."""
    systemd = Systemd(user=0, programs=host.systemd.programs)

    assert systemd.command("systemd-run", "--scope")[1:] == ["--scope"]


def test_where_systemd_does_not_run_nothing_is_started(host: Host) -> None:
    """Its programs may be installed all the same."""
    (host.folder / "running").rmdir()

    assert host.make() is None
    assert host.said("asked") == []


def test_a_tree_of_version_one_is_not_asked_for(host: Host) -> None:
    """There a scope could not be divided."""
    (host.folder / "cgroup" / "cgroup.controllers").unlink()

    assert host.make() is None
    assert host.said("asked") == []


def test_a_refusal_is_asked_for_once_and_version_one_is_next(host: Host) -> None:
    """The order is version 2, systemd, version 1."""
    host.install("systemd-run", "#!/bin/sh\necho x >> {host}/asked\nexit 1\n")
    for name in ("memory", "pids", "cpuacct"):
        (host.folder / "cgroup" / name).mkdir()
    (host.folder / "own").write_text("0::/session-1.scope\n2:memory,pids,cpuacct:/\n")

    kinds = [group.kind for group in (host.make(), host.make()) if group is not None]

    assert kinds == ["cgroup1", "cgroup1"]
    assert len(host.said("asked")) == 1


def test_a_move_that_the_kernel_refuses_is_systemds(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process of a login session is moved by the manager, at our request."""

    def refuse(group: Version2, pid: int) -> None:
        raise PermissionError(group, pid)

    monkeypatch.setattr(Version2, "join", refuse)
    group = host.make()
    assert isinstance(group, cgroup_scope.Scoped)

    group.join(4711)

    unit = f"gavel-{os.getpid()}.scope"
    assert host.said("attached")[-1].endswith(
        f"AttachProcessesToUnit ssau {unit} /{group.folder.name} 1 4711"
    )


def test_a_scope_that_takes_no_process_is_not_used(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried before the first jail relies on it, and ends again."""

    def refuse(group: Version2, pid: int) -> None:
        raise PermissionError(group, pid)

    monkeypatch.setattr(Version2, "join", refuse)
    host.install("busctl", BUSCTL, status=1)

    assert host.make() is None
    assert _holders(host) == []


def test_a_scope_that_was_stopped_is_asked_for_again(host: Host) -> None:
    """Somebody may stop it by hand."""
    host.make()
    holder = host.scope().holder
    holder.kill()
    holder.wait()
    scope = host.scope().folder
    for leaf in scope.iterdir():
        if leaf.is_dir():
            _empty(leaf)

    assert host.make() is not None
    assert len(host.said("asked")) == 2


def test_a_killed_process_takes_its_scope_along(host: Host) -> None:
    """The program that keeps the scope ends, and systemd removes a scope without processes."""
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from tests.sandbox.test_cgroup_scope import Host\n"
        "Host.__init__ = lambda self, folder: setattr(self, 'folder', folder)\n"
        "host = Host(Path(sys.argv[1]))\nassert host.make() is not None\n"
        "print(host.scope().holder.pid, flush=True)\nsys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(host.folder)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with child:
        assert child.stdout is not None
        holder = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        child.wait()

    end = time.monotonic() + 5
    while _runs(holder) and time.monotonic() < end:
        time.sleep(0.01)
    assert not _runs(holder)


def _holders(host: Host) -> list[int]:
    return [int(one.name) for one in (host.folder / "proc").iterdir() if _runs(int(one.name))]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _empty(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
