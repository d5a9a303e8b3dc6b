"""In server mode snippets run under limits that the kernel holds, or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bridge import auditor, doctor
from bridge.auditor import SandboxAuditor
from bridge.settings import Settings
from sandbox.backends import Backend, SandboxFault
from sandbox.backends.bubblewrap import Bubblewrap, find_bwrap
from sandbox.backends.docker import Docker
from sandbox.model import AuditInput, Verdict
from tests.conftest import shared_root

ROOT = Path(__file__).parents[2]
SERVER = "postgresql://server.invalid/gavel"
HELLO = AuditInput(code='package main\n\nfunc main() { println("hello") }\n')


def make_settings(*, server: bool = True, allowed: bool = False, **sandbox: object) -> Settings:
    return Settings.model_validate(
        {
            "data_dir": shared_root(),
            "database_url": SERVER if server else "",
            "sandbox": {"allow_weak_limits": allowed, **sandbox},
        }
    )


@pytest.fixture
def without_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services get the backend that they would get, on a host that lets them make no group."""
    made = auditor.make_backend

    def make(*args: Any, **options: Any) -> Backend:
        backend = made(*args, **options)
        assert isinstance(backend, Bubblewrap)
        return replace(backend, groups=lambda _: None)

    monkeypatch.setattr(auditor, "make_backend", make)


@pytest.mark.parametrize(
    ("server", "allowed", "expected"),
    [(True, False, False), (True, True, True), (False, False, True)],
)
@pytest.mark.parametrize("kind", ["bubblewrap", "docker"])
def test_the_mode_reaches_the_backend(
    monkeypatch: pytest.MonkeyPatch, kind: str, *, server: bool, allowed: bool, expected: bool
) -> None:
    """Weak limits are allowed on one's own machine, and on a server only where it is set."""
    monkeypatch.setattr(auditor, "tried", lambda _backend, toolchain: toolchain)
    settings = make_settings(server=server, allowed=allowed, backend=kind)

    backend: Any = SandboxAuditor(settings)._prepared().backend

    assert backend.allow_weak_limits is expected


def test_a_child_of_gavel_up_is_no_server() -> None:
    """Its database address is the embedded one's."""
    settings = make_settings().model_copy(update={"embedded": True})

    assert settings.weak_limits_allowed


def test_an_audit_without_groups_is_refused(without_groups: None) -> None:
    """The fault is named, it is no verdict about the code, and nothing ran."""
    report = SandboxAuditor(make_settings()).audit(HELLO)

    assert report.error is not None
    assert (report.verdict, report.error.code) == (Verdict.INTERNAL_ERROR, "weak_limits")
    assert report.enforced == {}


def test_the_selftest_without_groups_fails(without_groups: None) -> None:
    """So no worker takes a job."""
    checks = SandboxAuditor(make_settings()).selftest()

    assert [check.detail.split(":")[0] for check in checks if not check.ok] == ["weak_limits"]


def test_doctor_says_how_to_mend_it(without_groups: None) -> None:
    """User namespaces are not what is missing."""
    failed = [check for check in doctor.sandbox(make_settings()) if check.ok is False]

    assert [check.mend for check in failed] == [doctor._LIMITS_MEND]


@pytest.mark.needs_bwrap
@pytest.mark.slow
def test_where_it_is_allowed_the_report_says_so(without_groups: None) -> None:
    """The code is judged, and `enforced` tells that limits were polled for."""
    report = SandboxAuditor(make_settings(allowed=True)).audit(HELLO)

    assert report.verdict is Verdict.ACCEPTED
    run: Any = report.enforced["run"]
    assert (run["memory"], run["pids"], run["seccomp"]) == ("rss polling", "rlimit", "filter")


class Engine:
    """A Docker engine's word about itself."""

    api_version = "1.41"

    def __init__(self, **told: object) -> None:
        self.told = {"NCPU": 2, "Architecture": "x86_64", **told}

    def info(self) -> dict[str, object]:
        return self.told

    def containers(self, **_: object) -> list[object]:
        return []


@pytest.mark.parametrize("told", [{}, {"MemoryLimit": True, "PidsLimit": False}])
def test_an_engine_without_groups_is_refused(told: dict[str, object]) -> None:
    """An engine that can't hold memory and processes gets no job of a service."""
    with pytest.raises(SandboxFault) as caught:
        Docker(allow_weak_limits=False)._get_ready(Engine(**told))  # type: ignore[arg-type]

    assert (caught.value.reason, caught.value.retry) == ("weak_limits", False)


@pytest.mark.parametrize("allowed", [True, False])
def test_an_engine_with_groups_will_do(*, allowed: bool) -> None:
    """And one without will, where it is allowed."""
    told = {} if allowed else {"MemoryLimit": True, "PidsLimit": True}
    backend = Docker(allow_weak_limits=allowed)

    backend._get_ready(Engine(**told))  # type: ignore[arg-type]

    assert backend._engine.version == Engine.api_version


@pytest.mark.needs_bwrap
@pytest.mark.needs_db
@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_worker_without_groups_ends(db_url: str, tmp_path: Path) -> None:
    """A real worker on a database server, on a host that shows it no control group."""
    hidden = [str(find_bwrap()), "--dev-bind", "/", "/", "--tmpfs", "/sys/fs/cgroup"]
    hidden += ["--cap-add", "ALL"] if os.geteuid() == 0 else []
    environment = {
        **os.environ,
        "DATABASE_URL": db_url,
        "GAVEL_TOOLCHAIN_DIR": str(shared_root()),
        "GAVEL_DATA_DIR": str(tmp_path),
        "GAVEL_LABEL_STUDIO_URL": "http://127.0.0.1:9",
    }

    ended = subprocess.run(
        [*hidden, sys.executable, "-m", "bridge", "worker"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip

    assert ended.returncode == 2
    assert "nothing is audited: jail: weak_limits" in ended.stderr
