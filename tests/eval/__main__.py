"""`python -m tests.eval [CLAUSE ...]`: prints how often the audit is right, with the machine's load beside it.

It measures and asserts nothing: the exit status is 0 whatever the figures are. `artifacts/eval.json` keeps them.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from bridge.resources import shipped_rubric
from rubric.load import load_rubric
from sandbox.toolchain import prepare
from tests.conftest import shared_root
from tests.corpus.programs import programs
from tests.eval import ratings as figures
from tests.eval.audits import jobs, run
from tests.eval.judge import Judged
from tests.eval.summary import as_json, lines, summary

OUTPUT = Path("artifacts") / "eval.json"


def main(clauses: list[str]) -> None:
    found = programs(*clauses)
    if not found:
        sys.exit(f"no program for {', '.join(clauses)}")
    toolchain = prepare(shared_root(), print)
    rubric = load_rubric(shipped_rubric().read_text(encoding="utf-8"), name="go-review.yaml")
    started = time.monotonic()
    loads = [os.getloadavg()[0]]
    judged = run(jobs(found, toolchain), toolchain, rubric, _tell)
    loads.append(os.getloadavg()[0])
    made = summary(judged)
    followed = figures.ratings(judged, figures.moving_clauses(rubric))
    print(*lines(made), *figures.lines(followed), sep="\n")
    took = time.monotonic() - started
    print(
        f"{len(judged)} audits in {took:.0f} s; load {loads[0]:.1f} before and {loads[1]:.1f} after, "
        f"on {os.cpu_count()} cores"
    )
    OUTPUT.parent.mkdir(exist_ok=True)
    machine = {"load": loads, "cores": os.cpu_count(), "seconds": round(took, 1)}
    kept = {"machine": machine, "ratings": figures.as_json(followed), **as_json(made, judged)}
    OUTPUT.write_text(json.dumps(kept, indent=1))


def _tell(one: Judged) -> None:
    """Says at once what went wrong; what went right is in the table."""
    where = f"{one.name} ({one.side}{', reshaped' if one.reshaped else ''})"
    for kind, said in (("missed", one.missed), ("alarm", one.alarms), ("hint", one.hints)):
        for words in said:
            print(f"  {kind}: {where}: {words}", flush=True)


main(sys.argv[1:])
