"""llm-sandbox beside us: its bubblewrap jail and its warm container, from a virtual environment thrown away after.

It is no dependency of anything here; where it can't be installed, or a backend of it refuses, the
reason is printed and the rest goes on. Both run `go run` of one file with a cache that an earlier
run of their own session has warmed, as it does for its users.
"""

from __future__ import annotations

import contextlib
import io
import json
import select
import subprocess
import tarfile
import tempfile
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.utils import kwargs_from_env

from sandbox.backends.bubblewrap import find_bwrap
from sandbox.toolchain import Toolchain
from tests import docker_engine

RELEASE = "llm-sandbox==0.3.46"
IMAGE = "gavel-bench-go"
_USERS = b"root:x:0:0:root:/root:/bin/sh\n"
_INSTALL_S = 300
_FIRST_S = 300
_CLOSE_S = 60
_GO = {
    "GOTOOLCHAIN": "local",
    "GOPROXY": "off",
    "GOTELEMETRY": "off",
    "CGO_ENABLED": "0",
}
_DRIVER = """
import json, sys, time
kind, options = json.loads(sys.argv[1])
if kind == "bubblewrap":
    from llm_sandbox.bubblewrap import BubblewrapSession
    from llm_sandbox.local.config import DEFAULT_READ_ONLY_PATHS, LocalSandboxConfig
    config = LocalSandboxConfig(
        read_only_paths=(*DEFAULT_READ_ONLY_PATHS, options["goroot"]), env=options["env"]
    )
    session = BubblewrapSession(
        bwrap_path=options["bwrap"], lang="go", sandbox_config=config, default_timeout=300
    )
else:
    import docker
    from llm_sandbox.docker import SandboxDockerSession
    client = docker.DockerClient(**options["engine"])
    session = SandboxDockerSession(
        client=client, image=options["image"], lang="go", keep_template=True, default_timeout=300,
        runtime_configs={"network_mode": "none", "environment": options["env"]},
    )
with session:
    for line in sys.stdin:
        start = time.perf_counter()
        said = session.run(json.loads(line))
        seconds = time.perf_counter() - start
        print(json.dumps([seconds, said.stdout, said.stderr]), flush=True)
"""


class RefusedError(Exception):
    """A peer can't be measured here; the message says why."""


@dataclass(slots=True)
class Peer:
    """One session of another sandbox, in a process of its own."""

    name: str
    process: subprocess.Popen[str]

    def run(self, text: str) -> float:
        """Seconds that one program took, by the peer's own process."""
        if self.process.stdin is None or self.process.stdout is None:
            raise RefusedError("no pipes")
        try:
            print(json.dumps(text), file=self.process.stdin, flush=True)
            ready, _, _ = select.select([self.process.stdout], [], [], _FIRST_S)
            line = self.process.stdout.readline() if ready else ""
        except OSError:
            line = ""
        if not line:
            raise RefusedError(self._last_words())
        seconds, stdout, stderr = json.loads(line)
        if not stdout.startswith("hello"):
            raise RefusedError(f"it printed {stdout!r} and {stderr[-200:]!r}")
        return float(seconds)

    def _last_words(self) -> str:
        self.process.kill()
        said = self.process.stderr.read() if self.process.stderr else ""
        lines = [line for line in said.splitlines() if line.strip()]
        return lines[-1][:200] if lines else "it did not answer"

    def close(self) -> None:
        try:
            self.process.communicate(timeout=_CLOSE_S)
        except (subprocess.TimeoutExpired, ValueError, OSError):
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def peers(toolchain: Toolchain, hello: str) -> Iterator[list[Peer]]:
    """Peers that have run `hello` once; what is missing is printed with its reason."""
    with (
        tempfile.TemporaryDirectory(prefix="bench-peers-") as name,
        contextlib.ExitStack() as stack,
    ):
        folder = Path(name)
        found: list[Peer] = []
        try:
            python = _installed(folder / "venv")
        except RefusedError as exc:
            print(f"  llm-sandbox is not here: {exc}")
            yield found
            return
        kinds: dict[str, Callable[[], dict[str, Any]]] = {
            "bubblewrap": partial(_bubblewrap, toolchain),
            "docker": partial(_docker, stack, toolchain, folder),
        }
        for kind, options in kinds.items():
            try:
                peer = _open(python, kind, options())
                stack.callback(peer.close)
                peer.run(hello)
                found.append(peer)
            except RefusedError as exc:
                print(f"  llm-sandbox's {kind} is not here: {exc}")
        yield found


def _installed(folder: Path) -> Path:
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    _call([str(python), "-m", "pip", "install", "--quiet", RELEASE, "docker"], _INSTALL_S)
    return python


def _call(command: list[str], timeout_s: float, cwd: Path | None = None) -> None:
    try:
        subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, timeout=timeout_s, check=True
        )
    except subprocess.CalledProcessError as exc:
        lines = (exc.stderr or "").strip().splitlines() or ["no word of why"]
        raise RefusedError(f"{Path(command[0]).name}: {lines[-1][:200]}") from exc
    except (OSError, subprocess.SubprocessError) as exc:
        raise RefusedError(f"{Path(command[0]).name}: {exc}") from exc


def _open(python: Path, kind: str, options: dict[str, Any]) -> Peer:
    return Peer(
        name=f"llm-sandbox, {kind}",
        process=subprocess.Popen(
            [str(python), "-c", _DRIVER, json.dumps([kind, options])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ),
    )  # fmt: skip


def _bubblewrap(toolchain: Toolchain) -> dict[str, Any]:
    goroot = str(toolchain.goroot.resolve())
    env = {**_GO, "GOROOT": goroot, "GOCACHE": "/sandbox/.cache", "PATH": f"{goroot}/bin:/usr/bin"}
    return {"goroot": goroot, "bwrap": str(find_bwrap()), "env": env}


def _docker(stack: contextlib.ExitStack, toolchain: Toolchain, folder: Path) -> dict[str, Any]:
    """An image without a registry: Debian's static busybox and the Go toolchain."""
    try:
        host = docker_engine.docker_host()
    except (pytest.skip.Exception, pytest.fail.Exception) as exc:
        raise RefusedError(str(exc)) from exc
    stack.callback(docker_engine.release)
    engine: dict[str, Any] = {"base_url": host} if host else kwargs_from_env()
    client = docker.APIClient(version="auto", timeout=_INSTALL_S, **engine)
    stack.callback(client.close)
    packed = _packed(toolchain, folder)
    with packed.open("rb") as file:
        client.import_image(src=file, repository=IMAGE, tag="1", changes=['CMD ["/bin/sh"]'])
    stack.callback(client.remove_image, f"{IMAGE}:1", force=True)
    env = {**_GO, "HOME": "/root", "PATH": "/usr/local/go/bin:/bin"}
    return {"engine": engine, "image": f"{IMAGE}:1", "env": env}


def _packed(toolchain: Toolchain, folder: Path) -> Path:
    _call(["apt-get", "download", "-qq", "busybox-static"], _INSTALL_S, folder)
    (package,) = folder.glob("busybox-static_*.deb")
    _call(["dpkg", "-x", str(package), "busybox"], 60, folder)
    busybox = next((folder / "busybox").rglob("bin/busybox"))
    names = subprocess.run(
        [busybox, "--list"], capture_output=True, text=True, timeout=10, check=True
    )
    with tarfile.open(folder / "image.tar", "w") as tar:
        tar.add(busybox, "bin/busybox")
        for name in names.stdout.split():
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            if name != "busybox":
                tar.addfile(link)
        for name in ("tmp", "root", "sandbox"):
            place = tarfile.TarInfo(name)
            place.type, place.mode = tarfile.DIRTYPE, 0o1777
            tar.addfile(place)
        users = tarfile.TarInfo("etc/passwd")
        users.size = len(_USERS)
        tar.addfile(users, io.BytesIO(_USERS))
        tar.add(toolchain.goroot.resolve(), "usr/local/go")
    return folder / "image.tar"
