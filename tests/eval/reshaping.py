"""Chooses a fifth of the corpus and has it renamed and reshaped, by a Go program that is built once."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sandbox.toolchain import Toolchain
from sandbox.toolchain_build import build_args, run_go
from tests.conftest import data_root
from tests.corpus.programs import Program, Side

SEED = "1"
SHARE = 5
_SOURCES = Path(__file__).with_name("reshape")
_PATIENCE_S = 120
# Formatting is what these show; printed anew it is gone. Comments are what an Example is checked by.
_FORM_COUNTS = re.compile(r"^(RD-1|SC-14)/")
_OUTPUT = re.compile(r"^\s*// (Unordered output|Output):", re.MULTILINE)


def chosen(program: Program, seed: str = SEED) -> bool:
    """Tells whether a program is of the fifth; the same for the same seed."""
    digest = hashlib.sha256(f"{seed}:{program.name}".encode()).digest()
    texts = program.sections.values()
    fit = not (_FORM_COUNTS.match(program.name) or any(map(_OUTPUT.search, texts)))
    return fit and int.from_bytes(digest[:4]) % SHARE == 0


def reshaped(
    sides: Sequence[tuple[Program, Side]], toolchain: Toolchain
) -> list[dict[str, str] | None]:
    """Gives the files of each side in another form; null for one that does not parse."""
    asked = [
        {
            "files": program.files(side),
            "keep": sorted(_kept(program)),
            "go": program.header.get("go", ""),
        }
        for program, side in sides
    ]
    command = [str(_tool(toolchain)), str(toolchain.library / "std")]
    done = subprocess.run(
        command,
        input=json.dumps(asked),
        text=True,
        capture_output=True,
        timeout=_PATIENCE_S,
        check=True,
    )
    answers: list[dict[str, str] | None] = json.loads(done.stdout)
    return answers


def _kept(program: Program) -> set[str]:
    """The words of what calls the program, none of which may change."""
    outside = [
        text for name, text in program.sections.items() if not name.startswith(("bad", "good"))
    ]
    return set(re.findall(r"[A-Za-z_]\w*", "\n".join(outside)))


def _tool(toolchain: Toolchain) -> Path:
    digest = hashlib.sha256(toolchain.version.encode())
    for path in sorted(_SOURCES.iterdir()):
        digest.update(path.read_bytes())
    program = data_root() / f"reshape-{digest.hexdigest()[:12]}"
    if not program.exists():
        data_root().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=data_root()) as name:
            made = Path(name) / "reshape"
            run_go(toolchain.goroot, Path(name), build_args(made), cwd=_SOURCES)
            made.rename(program)
    return program
