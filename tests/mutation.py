"""`python -m tests.mutation`: changes the judging code piece by piece; tests must notice 85 % of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

WANTED = 0.85
STATS = Path("mutants") / "mutmut-cicd-stats.json"
NOTICED = ("killed", "timeout", "suspicious", "segfault")


def main() -> None:
    # What an earlier run left would be kept, data files of the package among it.
    shutil.rmtree(STATS.parent, ignore_errors=True)
    run = subprocess.run(["mutmut", "run", "--max-children", "2"], check=False)
    subprocess.run(["mutmut", "export-cicd-stats"], check=True, stdout=subprocess.DEVNULL)
    stats = json.loads(STATS.read_text())
    noticed = sum(stats.get(name, 0) for name in NOTICED)
    tried = noticed + stats["survived"] + stats["no_tests"]
    print(
        f"\n{noticed} of {tried} mutants noticed: {noticed / max(tried, 1):.1%}, wanted {WANTED:.0%}"
    )
    print("`mutmut results` lists the others, `mutmut show NAME` shows one.")
    if run.returncode or not tried or noticed < WANTED * tried:
        sys.exit(1)


if __name__ == "__main__":
    main()
