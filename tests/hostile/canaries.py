"""What a hostile program would like to reach, and how the host looked before and after."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.toolchain import Toolchain

_JAILS = ("newroot", "oldroot", "bubblewrap", "bwrap", "gavel-")
VARIABLE = "GAVEL_HOSTILE_CANARY"


@dataclass(slots=True, kw_only=True)
class Canaries:
    """Secrets and listeners of this machine; none of them may be met."""

    file: Path
    socket: Path
    port: int
    visits: list[str] = field(default_factory=list)
    secrets: tuple[str, ...]
    toolchain: dict[str, tuple[int, ...]]

    @property
    def signs(self) -> dict[str, str]:
        """What stands in programs for places of the host."""
        places = {"@CANARY@": str(self.file), "@SOCKET@": str(self.socket)}
        return {**places, "@PORT@": str(self.port), "@HOST@": "127.0.0.2"}

    def disturbed(self) -> list[str]:
        """What a program reached; empty when nothing was."""
        found = [f"visit to {visit}" for visit in self.visits]
        beside = sorted(path.name for path in self.file.parent.iterdir())
        if beside != sorted((self.file.name, self.socket.name)):
            found.append(f"files beside the canary: {beside}")
        if self.file.read_text() != self.secrets[0]:
            found.append("the canary file was changed")
        return found


@contextlib.contextmanager
def canaries(toolchain: Toolchain) -> Iterator[Canaries]:
    """Secrets in a file, the environment and an inheritable descriptor; listeners of three kinds."""
    words = tuple(f"CANARY-{kind}-{secrets.token_hex(8)}" for kind in ("FILE", "ENV"))
    with tempfile.TemporaryDirectory(prefix="canary-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o777)
        file = folder / "secret"
        file.write_text(words[0])
        file.chmod(0o666)
        descriptor = os.open(file, os.O_RDWR)
        os.set_inheritable(descriptor, True)  # noqa: FBT003 - os takes it so
        stack.callback(os.close, descriptor)
        os.environ[VARIABLE] = words[1]
        stack.callback(os.environ.pop, VARIABLE, None)
        network = stack.enter_context(socket.socket())
        network.bind(("", 0))
        local = stack.enter_context(socket.socket(socket.AF_UNIX))
        local.bind(str(folder / "service.sock"))
        (folder / "service.sock").chmod(0o777)
        listeners = {"the port": network, "the socket": local}
        abstract = stack.enter_context(socket.socket(socket.AF_UNIX))
        with contextlib.suppress(OSError):
            abstract.bind("\0gavel-hostile-canary")
            listeners["the abstract socket"] = abstract
        found = Canaries(
            file=file,
            socket=folder / "service.sock",
            port=network.getsockname()[1],
            secrets=words,
            toolchain=portrait(toolchain),
        )
        for kind, listener in listeners.items():
            listener.listen()
            listener.settimeout(0.2)
            _listen(listener, kind, found, stack)
        yield found


def _listen(
    listener: socket.socket, kind: str, found: Canaries, stack: contextlib.ExitStack
) -> None:
    over = threading.Event()

    def accept() -> None:
        while not over.is_set():
            with contextlib.suppress(OSError):
                listener.accept()[0].close()
                found.visits.append(kind)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    stack.callback(thread.join, 5)
    stack.callback(over.set)


def portrait(toolchain: Toolchain) -> dict[str, tuple[int, ...]]:
    """Every file of the prepared toolchain as the disk knows it."""
    found = {}
    for root in (toolchain.library, toolchain.own):
        for path in root.rglob("*"):
            stat = path.lstat()
            found[str(path)] = (stat.st_mode, stat.st_size, stat.st_mtime_ns, stat.st_ino)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What an audit may not leave behind, counted for this process."""

    descriptors: int
    mounts: int
    groups: int
    processes: int
    containers: int = 0
    files: int = 0

    @classmethod
    def now(cls, temporary: Path | None = None) -> Counters:
        """The counters at this moment; temporary files are counted in a folder of one's own."""
        return cls(
            descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()),
            mounts=len(own_mounts()),
            groups=len(own_groups()),
            processes=len(own_processes()),
            containers=len(own_containers()),
            files=0 if temporary is None else sum(1 for _ in temporary.rglob("*")),
        )


def own_mounts() -> list[str]:
    """Mounts of jails that show on this machine; others come and go beside us."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return [line for line in lines if any(word in line for word in _JAILS)]


def own_groups() -> list[Path]:
    """The control groups that this process made."""
    roots = [Path("/sys/fs/cgroup"), *Path("/sys/fs/cgroup").glob("*")]
    return [path for root in roots if root.is_dir() for path in root.glob(f"gavel-{os.getpid()}-*")]


def own_containers() -> list[str]:
    """Containers of this process that an engine still keeps."""
    engine = sys.modules.get("tests.docker_engine")
    return engine.containers_of(os.getpid()) if engine else []


def own_processes() -> list[int]:
    """Processes below this one, and those in its groups: jails that did not end."""
    found = set()
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            grouped = f"gavel-{os.getpid()}-" in (folder / "cgroup").read_text()
            if parent == os.getpid() or grouped:
                found.add(int(folder.name))
    return sorted(found)
