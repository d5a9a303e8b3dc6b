"""A toolchain that is prepared once per machine, and real jails on it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.backends import SandboxFault
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.model import AuditInput, AuditReport, Case, Limits
from sandbox.runner import audit
from sandbox.toolchain import Toolchain, default_data_folder, prepare, version_of


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    folder = os.environ.get("GAVEL_DATA_DIR") or default_data_folder()
    try:
        return prepare(Path(folder))
    except SandboxFault as fault:
        refuse = pytest.fail if os.environ.get("CI") else pytest.skip
        refuse(f"no toolchain: {fault}")


def another_go(main: Toolchain) -> Path | None:
    """Gives the machine's own Go, where there is one that is older than ours and not too old."""
    found = shutil.which("go")
    goroot = Path(found).resolve().parents[1] if found else None
    if goroot is None or not (goroot / "pkg" / "tool").is_dir():
        return None
    language = tuple(int(part) for part in version_of(goroot).removeprefix("go").split(".")[:2])
    return goroot if (1, 24) <= language < main.language else None


@pytest.fixture(scope="session")
def bubblewrap() -> Bubblewrap:
    return Bubblewrap()


@pytest.fixture
def audited(toolchain: Toolchain, bubblewrap: Bubblewrap) -> Callable[..., AuditReport]:
    """Audits code in real jails, with short limits."""

    def run(
        code: str, *, limits: Limits | None = None, cases: tuple[Case, ...] = (), **given: object
    ) -> AuditReport:
        wanted = AuditInput.model_validate({"code": code, "cases": cases, **given})
        limits = limits or Limits(
            run_wall_s=3.0, run_cpu_s=2.0, run_memory_mib=128, run_processes=64
        )
        return audit(wanted, backend=bubblewrap, toolchain=toolchain, limits=limits)

    return run
