"""The docker backend: one fresh hardened container per job. The only user of the docker SDK."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import docker
import docker.errors
import requests
from docker.utils import kwargs_from_env

from sandbox.backends import Job, Outcome, SandboxFault, Shape
from sandbox.container_args import (
    HELPER,
    LABEL,
    LABEL_DEADLINE,
    LABEL_OWNER,
    Terms,
    container_config,
)
from sandbox.container_image import REPOSITORY, holds_helper, image_tag, pack_image
from sandbox.container_owner import is_dead, own_namespaces, owner
from sandbox.container_portrait import container_enforced
from sandbox.container_seccomp import profile_for_engines
from sandbox.container_stream import Kept, Spoken
from sandbox.container_watch import ContainerWatch
from sandbox.job_message import pack_job
from sandbox.model import KilledBy
from sandbox.report_frame import parse_frame
from sandbox.seccomp_filter import program_for
from sandbox.waiting import Waiting
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
# Readable: the kernel closes /proc of a process to itself where its program can't be read.
_EXECUTABLE_MODE = 0o555


@dataclass(slots=True)
class _Engine:
    """What is learned about the engine once, for all threads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    version: str = ""
    processors: float = 0.0
    machine: str = ""
    images: dict[tuple[object, ...], str] = field(default_factory=dict)
    reaped: float = float("-inf")


@dataclass(slots=True, kw_only=True)
class _Container:
    """One container from start to end; `start` first, then `work` at most once, `discard` always."""

    client: docker.APIClient
    id: str
    seccomp: bytes
    link: socket.socket | None = None
    _stream: Any = None

    def start(self) -> None:
        """Brings the helper to where it waits for a job."""
        self._stream = self.client.attach_socket(
            self.id, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        )
        self.link = getattr(self._stream, "_sock", self._stream)
        self.client.start(self.id)

    @property
    def alive(self) -> bool:
        """See StartedJail; a container that has ended has closed its stream."""
        if self.link is None:
            return False
        poll = select.poll()
        poll.register(self.link, select.POLLRDHUP)
        return not poll.poll(0)

    def work(self, job: Job) -> Outcome:
        """Gives the outcome of the one job."""
        limits, link = job.limits, self.link
        if link is None:
            raise SandboxFault("jail_start", "the container was not started", retry=False)
        spoken = Spoken(
            stdout=Kept(limits.output_bytes),
            stderr=Kept(limits.output_bytes),
            report=Kept(limits.report_bytes),
        )
        message = pack_job(job, executable_mode=_EXECUTABLE_MODE, seccomp=self.seccomp)
        watch = ContainerWatch(
            link=link, limits=limits, spoken=spoken, kill=self._kill, unsent=memoryview(message)
        )
        watch.until_silent()
        return self._outcome(spoken, watch, self._state(spoken, watch))

    def discard(self) -> None:
        """See StartedJail. Never by `stop`: it waits ten seconds for a process that need not listen."""
        with contextlib.ExitStack() as closing:
            closing.callback(self.client.close)
            if self._stream is not None:
                closing.callback(self._stream.close)
            if self.link is not None:
                closing.callback(self.link.close)
            _remove(self.client, self.id)

    def _kill(self) -> None:
        # It may have ended by itself a moment ago.
        with contextlib.suppress(docker.errors.APIError):
            self.client.kill(self.id, "SIGKILL")

    def _state(self, spoken: Spoken, watch: ContainerWatch) -> dict[str, Any]:
        """Gives how the engine says the container ended; nothing where the helper has said all."""
        if spoken.ended:
            return {}
        self.client.wait(self.id, timeout=_CALL_S)
        until = time.monotonic() + _OOM_WAIT_S
        while True:
            state: dict[str, Any] = self.client.inspect_container(self.id)["State"]
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
        cpu = spoken.cpu_ns
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
            enforced=container_enforced(spoken, own_namespaces()),
        )


@dataclass(slots=True, kw_only=True)
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
        ready: How many containers of a kind may wait for a job; each is used once.
    """

    host: str = ""
    runtime: str = ""
    image: str = ""
    seccomp: str = field(default_factory=profile_for_engines)
    allow_weak_limits: bool = True
    ready: int = 0
    name: str = "docker"
    waiting: Waiting[_Container] = field(init=False)
    _engine: _Engine = field(default_factory=_Engine)

    def __post_init__(self) -> None:
        self.waiting = Waiting(self._start, self.ready)

    def run(self, job: Job) -> Outcome:
        """See Backend."""
        container = self.waiting.take(job.shape)
        try:
            container = container or self._start(job.shape)
            with self._faults():
                return container.work(job)
        finally:
            self.waiting.done(None if container is None else container.discard)

    def close(self) -> None:
        """See Backend."""
        self.waiting.close()

    def _start(self, shape: Shape) -> _Container:
        with self._faults(), contextlib.ExitStack() as undo:
            client = undo.enter_context(self._client())
            self._get_ready(client)
            image, terms = self._image(client, shape), self._terms()
            config = container_config(shape, image, terms, time.time())
            made: str = client.create_container_from_config(config)["Id"]  # type: ignore[no-untyped-call]
            container = _Container(
                client=client, id=made, seccomp=program_for(terms.machine) or b""
            )
            undo.callback(container.discard)
            container.start()
            undo.pop_all()
            return container

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except docker.errors.ImageNotFound as exc:
            # Somebody pruned it; the next try makes it again.
            self._engine.images.clear()
            raise SandboxFault("engine", f"the jail's image is gone: {exc}", retry=True) from exc
        except (docker.errors.DockerException, requests.RequestException, OSError) as exc:
            raise SandboxFault("engine", f"the Docker engine: {exc}", retry=True) from exc

    @contextlib.contextmanager
    def _client(self, timeout_s: int = _CALL_S) -> Iterator[docker.APIClient]:
        """Gives a client of its own, so that no connection outlives its container."""
        settings = {"base_url": self.host} if self.host else kwargs_from_env()
        version = self._engine.version or "auto"
        client = docker.APIClient(version=version, timeout=timeout_s, **settings)
        try:
            yield client
        finally:
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
            runtime=self.runtime,
            machine=self._engine.machine,
            seccomp=self.seccomp,
            owner=owner(os.getpid()),
        )

    def _image(self, client: docker.APIClient, shape: Shape) -> str:
        """Gives the image for the shape's mounts, made on first use."""
        key = (shape.helper, shape.mounts)
        with self._engine.lock:
            if key not in self._engine.images:
                given = self.image and not shape.builds
                make = self._given_image if given else self._make_image
                self._engine.images[key] = make(client, shape)
            return self._engine.images[key]

    def _given_image(self, client: docker.APIClient, shape: Shape) -> str:
        """Gives the configured image, if it holds the very helper that the shape wants."""
        found = _image_id(client, self.image)
        labels = {
            LABEL_OWNER: owner(os.getpid()),
            LABEL_DEADLINE: str(int(time.time()) + _IMPORT_S),
        }
        made = client.create_container(
            found, command=[HELPER], network_disabled=True, labels=labels
        )["Id"]
        try:
            chunks, _ = client.get_archive(made, HELPER)
            with tempfile.TemporaryFile() as packed:
                packed.writelines(chunks)
                packed.seek(0)
                same = holds_helper(packed, shape.helper)
        finally:
            _remove(client, made)
        if not same:
            detail = f"{self.image} was built from another version; build its target `runner` again"
            raise SandboxFault("stale_image", detail, retry=False)
        return found

    def _make_image(self, client: docker.APIClient, shape: Shape) -> str:
        name = f"{REPOSITORY}:{image_tag(shape.helper, shape.mounts)}"
        with contextlib.suppress(docker.errors.ImageNotFound):
            return _image_id(client, name)
        with tempfile.TemporaryFile() as packed, self._client(_IMPORT_S) as slow:
            pack_image(shape.helper, shape.mounts, packed)
            packed.seek(0)
            slow.import_image(
                src=packed,
                repository=REPOSITORY,
                tag=name.partition(":")[2],
                changes=[f"LABEL {LABEL}=1"],
            )
        _prune(client)
        return _image_id(client, name)


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
        if late or is_dead(labels.get(LABEL_OWNER, "")):
            with contextlib.suppress(docker.errors.APIError):
                _remove(client, one["Id"])


def _remove(client: docker.APIClient, container: str) -> None:
    """Removes a container; one that is gone, or that another process removes, is no error."""
    try:
        client.remove_container(container, force=True, v=True)
    except docker.errors.APIError as exc:
        if exc.status_code not in _GONE:
            raise
