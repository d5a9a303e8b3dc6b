"""Virtual environments of their own for programs that our packages must not meet."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from bridge.errors import GavelError
from bridge.resources import requirements_file

TIMEOUT_S = 1800


class InstallError(GavelError):
    """Something the demo needs could not be installed."""

    reason = "install"


def location(folder: Path, name: str) -> Path:
    """Where the environment of a pinned requirements file is kept: changed pins, another place."""
    digest = hashlib.sha256(requirements_file(f"{name}.txt").read_bytes()).hexdigest()[:12]
    return folder / f"{name}-{digest}"


def is_there(venv: Path) -> bool:
    """Whether an environment was made to its end."""
    return (venv / "complete").exists()


def install(folder: Path, name: str) -> Path:
    """Gives the environment with the packages that requirements/NAME.txt pins; made once.

    Raises:
        InstallError: with the end of the installer's words.
    """
    venv = location(folder, name)
    if is_there(venv):
        return venv
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(venv, ignore_errors=True)
    pinned = ["--quiet", "--require-hashes", "-r", str(requirements_file(f"{name}.txt"))]
    python, inside, uv = _base_python(), str(venv / "bin/python"), _uv()
    if uv:
        _run([uv, "venv", "--quiet", "--python", python, str(venv)])
        _run([uv, "pip", "install", "--python", inside, *pinned])
    else:
        _run([python, "-m", "venv", str(venv)])
        _run([inside, "-m", "pip", "install", *pinned])
    (venv / "complete").touch()
    return venv


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def _base_python() -> str:
    """The interpreter that our own environment was made from."""
    return str(Path(sys.executable).resolve())


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    if result.returncode != 0:
        raise InstallError(f"`{' '.join(command[:4])} ...` failed:\n{result.stderr[-2000:]}")
