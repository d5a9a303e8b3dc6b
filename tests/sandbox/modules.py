"""Makes folders of modules as a module proxy serves them."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

PAIR = {
    "pair.go": "// Package pair adds.\npackage pair\n\n// Add adds.\nfunc Add(a, b int) int { return a + b }\n"
}


def put_module(
    folder: Path, module: str, version: str, files: dict[str, str] | None = None
) -> None:
    """Adds one version of a module, with its list, info, go.mod and zip."""
    escaped = re.sub(r"[A-Z]", lambda match: f"!{match.group().lower()}", module)
    home = folder / escaped / "@v"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "list").open("a") as listed:
        listed.write(f"{version}\n")
    (home / f"{version}.info").write_text(f'{{"Version": "{version}"}}')
    (home / f"{version}.mod").write_text(f"module {module}\n\ngo 1.20\n")
    with zipfile.ZipFile(home / f"{version}.zip", "w") as archive:
        for name, text in (files or PAIR).items():
            archive.writestr(f"{module}@{version}/{name}", text)
