"""`python -m tests.bench [PART ...]`: prints figures as measured, with the machine's load beside them."""

from __future__ import annotations

import importlib
import os
import sys

PARTS = ("webhook", "prefill", "sandbox", "static", "first", "rules")


def main(chosen: list[str]) -> None:
    wanted = PARTS if not chosen or "all" in chosen else tuple(chosen)
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"unknown part(s) {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for part in wanted:
        print(f"== {part} (load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores)", flush=True)
        importlib.import_module(f"tests.bench.{part}").run()


main(sys.argv[1:])
