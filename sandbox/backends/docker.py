"""The docker backend: one fresh hardened container per job. The only user of the docker SDK."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests
from docker.utils import kwargs_from_env

from sandbox.backends import Job, Outcome, SandboxFault
from sandbox.container_args import (
    HELPER,
    LABEL,
    LABEL_DEADLINE,
    LABEL_OWNER,
    Terms,
    container_config,
    streamed,
)
from sandbox.container_image import REPOSITORY, holds_helper, image_tag, pack_image
from sandbox.container_portrait import container_enforced
from sandbox.container_seccomp import profile_for_engines
from sandbox.container_stream import Kept, Spoken, pack_request
from sandbox.container_watch import ContainerWatch
from sandbox.model import KilledBy
from sandbox.report_frame import parse_frame
from sandbox.seccomp_filter import program_for
from sandbox.weak_limits import refuse_weak_engine

_CALL_S = 60
_IMPORT_S = 600
_GONE = (404, 409)
"""Not found, and removal already in progress."""
_PROCESSORS = 2.0
_REAP_EVERY_S = 60.0
_OOM_WAIT_S = 0.5
_GO_CRASH = 2
_OLD_S = 7 * 24 * 3600


@dataclass(slots=True)
class _Engine:
    """What is learned about the engine once, for all threads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    version: str = ""
    processors: float = 0.0
    machine: str = ""
    images: dict[tuple[object, ...], str] = field(default_factory=dict)
    reaped: float = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Docker:
    """Backend over a Docker engine; see sandbox.backends.Backend for the contract.

    Args:
        host: The engine's address, for example `unix:///run/docker.sock`; the client's own default
            where empty.
        runtime: Another OCI runtime that the engine knows, for example `runsc`.
        image: A runner image (the Dockerfile's target `runner`) for the jails that run programs; an
            image of the toolchain at hand is made where empty.
        seccomp: A seccomp profile as JSON; our allow-list by default.
        allow_weak_limits: Whether an engine without control groups will do; a service says no.
    """

    host: str = ""
    runtime: str = ""
    image: str = ""
    seccomp: str = field(default_factory=profile_for_engines)
    allow_weak_limits: bool = True
    name: str = "docker"
    _engine: _Engine = field(default_factory=_Engine)

    def run(self, job: Job) -> Outcome:
        """See Backend."""
        with self._client() as client:
            self._get_ready(client)
            return _Container(client, job, self._image(client, job), self._terms()).run()

    @contextlib.contextmanager
    def _client(self, timeout_s: int = _CALL_S) -> Iterator[docker.APIClient]:
        """Gives a client of its own, so that no connection outlives the call."""
        settings = {"base_url": self.host} if self.host else kwargs_from_env()
        client = None
        try:
            client = docker.APIClient(
                version=self._engine.version or "auto", timeout=timeout_s, **settings
            )
            yield client
        except docker.errors.ImageNotFound as exc:
            # Somebody pruned it; the next try makes it again.
            self._engine.images.clear()
            raise SandboxFault("engine", f"the jail's image is gone: {exc}", retry=True) from exc
        except (docker.errors.DockerException, requests.RequestException, OSError) as exc:
            raise SandboxFault("engine", f"the Docker engine: {exc}", retry=True) from exc
        finally:
            if client is not None:
                client.close()

    def _get_ready(self, client: docker.APIClient) -> None:
        with self._engine.lock:
            if not self._engine.version:
                info = client.info()
                if not self.allow_weak_limits:
                    refuse_weak_engine(info)
                self._engine.processors = min(_PROCESSORS, float(info["NCPU"]))
                self._engine.machine = str(info["Architecture"])
                self._engine.version = client.api_version
            if time.monotonic() > self._engine.reaped + _REAP_EVERY_S:
                reap(client)
                self._engine.reaped = time.monotonic()

    def _terms(self) -> Terms:
        return Terms(
            processors=self._engine.processors,
            machine=self._engine.machine,
            runtime=self.runtime,
            seccomp=self.seccomp,
            owner=_owner(os.getpid()),
        )

    def _image(self, client: docker.APIClient, job: Job) -> str:
        """Gives the image for the job's mounts, made on first use."""
        key = (job.helper, job.mounts)
        with self._engine.lock:
            if key not in self._engine.images:
                given = self.image and job.request.get("mode") == "run"
                make = self._given_image if given else self._make_image
                self._engine.images[key] = make(client, job)
            return self._engine.images[key]

    def _given_image(self, client: docker.APIClient, job: Job) -> str:
        """Gives the configured image, if it holds the very helper that the job wants."""
        found = _image_id(client, self.image)
        made = client.create_container(
            found,
            command=[HELPER],
            network_disabled=True,
            labels={
                LABEL_OWNER: _owner(os.getpid()),
                LABEL_DEADLINE: str(int(time.time()) + _IMPORT_S),
            },
        )["Id"]
        try:
            chunks, _ = client.get_archive(made, HELPER)
            with tempfile.TemporaryFile() as packed:
                packed.writelines(chunks)
                packed.seek(0)
                same = holds_helper(packed, job.helper)
        finally:
            _remove(client, made)
        if not same:
            detail = f"{self.image} was built from another version; build its target `runner` again"
            raise SandboxFault("stale_image", detail, retry=False)
        return found

    def _make_image(self, client: docker.APIClient, job: Job) -> str:
        name = f"{REPOSITORY}:{image_tag(job.helper, job.mounts)}"
        with contextlib.suppress(docker.errors.ImageNotFound):
            return _image_id(client, name)
        with tempfile.TemporaryFile() as packed, self._client(_IMPORT_S) as slow:
            pack_image(job.helper, job.mounts, packed)
            packed.seek(0)
            slow.import_image(
                src=packed,
                repository=REPOSITORY,
                tag=name.partition(":")[2],
                changes=[f"LABEL {LABEL}=1"],
            )
        _prune(client)
        return _image_id(client, name)


@dataclass(slots=True)
class _Container:
    """One container from start to end."""

    client: docker.APIClient
    job: Job
    image: str
    terms: Terms

    def run(self) -> Outcome:
        config = container_config(self.job, self.image, self.terms, time.time())
        made: str = self.client.create_container_from_config(config)["Id"]  # type: ignore[no-untyped-call]
        try:
            spoken, watch = self._talk(made)
            return self._outcome(spoken, watch, self._state(made, spoken, watch))
        finally:
            # Never `stop`: it waits ten seconds for a process that need not listen.
            _remove(self.client, made)

    def _talk(self, made: str) -> tuple[Spoken, ContainerWatch]:
        limits = self.job.limits
        spoken = Spoken(
            stdout=Kept(limits.output_bytes),
            stderr=Kept(limits.output_bytes),
            report=Kept(limits.report_bytes),
        )
        stream = self.client.attach_socket(
            made, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        )
        link: socket.socket = getattr(stream, "_sock", stream)
        watch = ContainerWatch(
            link=link,
            limits=limits,
            spoken=spoken,
            kill=lambda: self._kill(made),
            unsent=memoryview(pack_request(self.job, streamed(self.job), self._filter())),
        )
        try:
            self.client.start(made)
            watch.until_silent()
        finally:
            stream.close()
            link.close()
        return spoken, watch

    def _filter(self) -> bytes:
        return program_for(self.terms.machine) or b""

    def _kill(self, made: str) -> None:
        # It may have ended by itself a moment ago.
        with contextlib.suppress(docker.errors.APIError):
            self.client.kill(made, "SIGKILL")

    def _state(self, made: str, spoken: Spoken, watch: ContainerWatch) -> dict[str, Any]:
        """Gives how the engine says the container ended; nothing where the helper has said all."""
        if spoken.ended:
            return {}
        self.client.wait(made, timeout=_CALL_S)
        until = time.monotonic() + _OOM_WAIT_S
        while True:
            state: dict[str, Any] = self.client.inspect_container(made)["State"]
            # The engine may learn of an OOM kill a moment after the end.
            if state["OOMKilled"] or watch.killed_by is not None or time.monotonic() > until:
                return state
            time.sleep(_OOM_WAIT_S / 10)

    def _outcome(self, spoken: Spoken, watch: ContainerWatch, state: dict[str, Any]) -> Outcome:
        killed_by = watch.killed_by
        if state.get("OOMKilled") or spoken.counters.get("oom_kills"):
            killed_by = KilledBy.MEMORY
        frame: dict[str, Any] = {}
        files: dict[str, bytes] = {}
        if watch.killed_by is None and spoken.ended:
            frame, files = parse_frame(bytes(spoken.report.data))
        denied = spoken.counters.get("pids_denied", 0)
        if not frame and killed_by is None and denied:
            killed_by = KilledBy.PIDS
        if not frame and killed_by is None:
            raise _lost(spoken, state)
        cpu = spoken.counters.get("cpu_ns")
        return Outcome(
            report=frame.get("report"),
            files=files,
            stdout=spoken.stdout.captured(),
            stderr=spoken.stderr.captured(),
            exit_code=int(state.get("ExitCode", 0)),
            killed_by=killed_by,
            wall_s=watch.wall_s,
            cpu_s=None if cpu is None else cpu / 1e9,
            memory_peak_bytes=spoken.counters.get("memory_peak"),
            pids_denied=denied,
            processes_peak=spoken.counters.get("pids_peak"),
            enforced=container_enforced(spoken, _own_namespaces()),
        )


def _lost(spoken: Spoken, state: dict[str, Any]) -> SandboxFault:
    said = bytes(spoken.stderr.data[-600:]).decode(errors="replace").strip()
    code = state.get("ExitCode")
    reason = "helper_crashed" if code == _GO_CRASH else "helper_lost"
    return SandboxFault(reason, f"no report came (exit {code}): {said}", retry=True)


def _image_id(client: docker.APIClient, name: str) -> str:
    return str(client.inspect_image(name)["Id"])  # type: ignore[no-untyped-call]


def _prune(client: docker.APIClient) -> None:
    """Removes images of earlier toolchains; one that is still wanted is made again when it is missed."""
    for image in client.images(filters={"label": f"{LABEL}=1"}):
        if image["Created"] < time.time() - _OLD_S:
            with contextlib.suppress(docker.errors.APIError):
                client.remove_image(image["Id"])


def reap(client: docker.APIClient) -> None:
    """Removes containers that nobody will remove: past their deadline, or left by a dead process."""
    for one in client.containers(all=True, filters={"label": f"{LABEL}=1"}):
        labels = one["Labels"]
        late = time.time() > float(labels.get(LABEL_DEADLINE, 0))
        if late or _is_dead(labels.get(LABEL_OWNER, "")):
            with contextlib.suppress(docker.errors.APIError):
                _remove(client, one["Id"])


def _remove(client: docker.APIClient, container: str) -> None:
    """Removes a container; one that is gone, or that another process removes, is no error."""
    try:
        client.remove_container(container, force=True, v=True)
    except docker.errors.APIError as exc:
        if exc.status_code not in _GONE:
            raise


def _owner(pid: int) -> str:
    """Names a process for good: its machine's boot, its PID namespace, its number and its start."""
    start = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return f"{_machine()}/{pid}/{start}"


def _machine() -> str:
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"


def _is_dead(owner: str) -> bool:
    """Tells whether the owner was a process of this very machine and namespace and is no more."""
    machine, _, process = owner.rpartition("]/")
    if f"{machine}]" != _machine():
        return False
    try:
        return _owner(int(process.partition("/")[0])) != owner
    except OSError:
        return True


def _own_namespaces() -> dict[str, str]:
    found = {}
    for path in Path("/proc/self/ns").iterdir():
        with contextlib.suppress(OSError):
            found[path.name] = str(path.readlink())
    return found
