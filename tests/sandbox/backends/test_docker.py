"""The docker backend keeps the contract, and leaves no container behind whoever dies."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.utils import kwargs_from_env

from sandbox.backends import Backend, Job, Mount, SandboxFault
from sandbox.backends.docker import Docker
from sandbox.canary import missing_families
from sandbox.container_args import _HELPER_THREADS, LABEL, LABEL_OWNER
from sandbox.container_image import REPOSITORY, image_tag
from sandbox.toolchain import Toolchain
from tests.docker_engine import docker_host
from tests.forgotten_sockets import forgotten_sockets
from tests.sandbox.backends.contract import LIMITS, BackendContract, Ready, Rig

pytestmark = [pytest.mark.docker, pytest.mark.slow]
ROOT = Path(__file__).parents[3]

SLEEPER = """
import sys
from pathlib import Path
from sandbox.backends.docker import Docker
from sandbox.model import AuditInput
from sandbox.runner import audit
from sandbox.container_image import REPOSITORY, image_tag
from sandbox.toolchain import prepare
code = 'package main\\n\\nimport "time"\\n\\nfunc main() {\\n\\ttime.Sleep(time.Hour)\\n}\\n'
audit(AuditInput(code=code), backend=Docker(host=sys.argv[1]), toolchain=prepare(Path(sys.argv[2])))
"""


@pytest.fixture(scope="module")
def engine() -> str:
    return docker_host()


@pytest.fixture(scope="module")
def shared(engine: str) -> Iterator[Docker]:
    made = Docker(host=engine)
    yield made
    made.close()


@pytest.fixture
def client(engine: str) -> Iterator[docker.APIClient]:
    settings = {"base_url": engine} if engine else kwargs_from_env()
    made = docker.APIClient(version="auto", timeout=30, **settings)
    yield made
    made.close()


def jails(client: docker.APIClient, pid: int | None = None) -> list[dict[str, Any]]:
    """The containers of one process; other workers of this run have theirs."""
    found = client.containers(all=True, filters={"label": f"{LABEL}=1"})
    owner = f"/{os.getpid() if pid is None else pid}/"
    return [one for one in found if owner in one["Labels"].get(LABEL_OWNER, "")]


class TestDocker(BackendContract):
    NAMESPACES = frozenset({"pid", "net", "mnt"})
    KERNEL_FOLDERS = ("/proc/1", "/sys")
    HELPER_THREADS = _HELPER_THREADS

    @pytest.fixture
    def backend(self, shared: Docker) -> Backend:
        return shared


class TestDockerReady(TestDocker):
    """Containers that were started before their job."""

    @pytest.fixture
    def backend(self, engine: str) -> Iterator[Backend]:
        made = Docker(host=engine, ready=1)
        yield Ready(made)
        made.close()


@pytest.fixture
def rig(shared: Docker, toolchain: Toolchain) -> Rig:
    return Rig(shared, toolchain)


def test_the_helper_is_out_of_reach(rig: Rig) -> None:
    """2, 3: the first process shows nothing of itself, and its channels cannot be opened."""

    outcome = rig.run(
        'for _, p := range []string{"environ", "mem", "fd", "fd/1", "maps", "root", "cwd"} {\n'
        'f, err := os.Open("/proc/1/" + p)\nif err == nil {\nb := make([]byte, 8)\n'
        "if n, _ := f.Read(b); n > 0 {\nfmt.Println(p)\n}\n"
        "if names, _ := f.Readdirnames(-1); len(names) > 0 {\nfmt.Println(p, names)\n}\n}\n}"
    )

    assert outcome.stdout.data == b""


def test_the_engine_shows_nothing_of_its_host(rig: Rig) -> None:
    """2: neither its name service, nor hardware, nor the kernel's command line."""

    outcome = rig.run(
        'for _, p := range []string{"/etc", "/sys/class", "/sys/devices", "/sys/block", "/sys/kernel"} {\n'
        "found, _ := os.ReadDir(p)\nif len(found) > 0 {\nfmt.Println(p)\n}\n}\n"
        'for _, p := range []string{"/etc/hosts", "/etc/resolv.conf", "/proc/cmdline", "/proc/kallsyms", "/proc/keys"} {\n'
        "text, _ := os.ReadFile(p)\nif len(text) > 0 {\nfmt.Println(p)\n}\n}"
    )

    assert outcome.stdout.data == b""


def test_what_a_program_says_last_arrives(rig: Rig) -> None:
    """3: output that is still in the pipe when the program ends is not lost."""

    outcome = rig.run("os.Stdout.Write(make([]byte, 60000))\nos.Exit(3)")

    assert (outcome.stdout.total, outcome.report["exit_code"]) == (60000, 3)


def test_a_descendant_that_holds_the_output_does_not_stall(rig: Rig) -> None:
    """1: the job ends with its program."""

    outcome = rig.run(
        'if len(os.Args) == 1 {\nc := exec.Command("/prog/program", "x")\nc.Stdout = os.Stdout\nc.Start()\n'
        "} else {\ntime.Sleep(time.Hour)\n}"
    )

    assert outcome.killed_by is None
    assert outcome.wall_s < 3


def test_no_container_stays(shared: Docker, rig: Rig, client: docker.APIClient) -> None:
    """1: a job takes its container along, a killed one too."""

    rig.run("")
    rig.run("for {\n}")

    shared.waiting.settle(10)
    assert jails(client) == []


def test_a_killed_supervisor_leaves_nothing(
    engine: str, toolchain: Toolchain, client: docker.APIClient, rig: Rig
) -> None:
    """1: the container ends with its supervisor, and the next supervisor removes it."""

    rig.run("")
    data = toolchain.own.parents[1]
    worker = subprocess.Popen([sys.executable, "-c", SLEEPER, engine, str(data)], cwd=ROOT)
    try:
        until = time.monotonic() + 40
        while not _sleeping(client, worker.pid):
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()

    until = time.monotonic() + 10
    while any(one["State"] == "running" for one in jails(client, worker.pid)):
        assert time.monotonic() < until
        time.sleep(0.05)
    last = Docker(host=engine)
    Rig(last, toolchain).run("")
    last.close()
    assert jails(client, worker.pid) == []


def _sleeping(client: docker.APIClient, pid: int) -> bool:
    # The run jail is the one that has a program.
    for one in jails(client, pid):
        with contextlib.suppress(docker.errors.NotFound):
            mounts = client.inspect_container(one["Id"])["HostConfig"]["Tmpfs"]
            if "/prog" in mounts and one["State"] == "running":
                return True
    return False


def test_a_pruned_image_is_made_again(
    shared: Docker, toolchain: Toolchain, client: docker.APIClient, tmp_path: Path
) -> None:
    """8: the fault says that another try may do."""

    (tmp_path / "own").write_text("an image of this test's own")
    mounts = (Mount(source=tmp_path / "own", target="/own"),)
    files = [{"name": "main.go", "text": "package main\n"}]
    request = {"mode": "inspect", "files": files, "module": "snip", "go": "1.27"}
    job = Job(helper=toolchain.helper, request=request, limits=LIMITS, mounts=mounts)
    shared.run(job)
    # A container that is yet to be removed would keep the image.
    assert shared.waiting.settle(30)
    client.remove_image(f"{REPOSITORY}:{image_tag(job.helper, job.mounts)}", force=True)

    with pytest.raises(SandboxFault) as caught:
        shared.run(job)

    assert caught.value.retry
    assert shared.run(job).killed_by is None
    client.remove_image(f"{REPOSITORY}:{image_tag(job.helper, job.mounts)}", force=True)


def test_a_runner_image_must_hold_our_helper(engine: str, rig: Rig) -> None:
    """8: an image that was built from another version runs nothing."""

    job = Job(helper=Path("/bin/true").resolve(), request={"mode": "run"}, limits=LIMITS)
    rig.run("")
    name = f"{REPOSITORY}:{image_tag(rig.toolchain.helper, ())}"

    given = Docker(host=engine, image=name)
    assert Rig(given, rig.toolchain).run("").report["exit_code"] == 0
    given.close()
    with pytest.raises(SandboxFault, match="stale_image"):
        Docker(host=engine, image=name).run(job)


def test_a_missing_engine_is_a_fault_of_ours() -> None:
    """8: no engine, no audit, and no fallback."""

    job = Job(helper=Path("/bin/true"), request={}, limits=LIMITS)

    with forgotten_sockets(), pytest.raises(SandboxFault, match="engine: "):
        Docker(host="unix:///nowhere/docker.sock").run(job)


def test_a_missing_helper_is_a_fault_of_ours(engine: str) -> None:
    """8: so is a helper that is not there."""

    job = Job(helper=Path("/nowhere/helper"), request={}, limits=LIMITS)

    with pytest.raises(SandboxFault):
        Docker(host=engine).run(job)


def test_a_helper_that_does_not_speak_is_a_fault_of_ours(engine: str) -> None:
    """8: and one that is not ours."""

    job = Job(helper=Path("/bin/true").resolve(), request={}, limits=LIMITS)

    with pytest.raises(SandboxFault) as caught:
        Docker(host=engine).run(job)

    assert caught.value.retry


def test_the_analysis_sees_its_planted_defects(shared: Docker, toolchain: Toolchain) -> None:
    """The analyzer starts in a container as it does in the other jail, with the library's facts."""
    if toolchain.vet is None:
        pytest.skip(toolchain.vet_missing)

    assert missing_families(shared, toolchain) == ()
