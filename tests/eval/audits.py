"""Audits sides of the corpus as a worker would: real jails, the limits of the product, two at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from rubric.model import Rubric
from rubric.suggest import rate
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.runner import audit
from sandbox.toolchain import Toolchain
from tests.corpus.programs import Program, Side
from tests.eval.judge import Judged, judge
from tests.eval.reshaping import chosen, reshaped

AT_ONCE = 2
READY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One audit; `files` are those of a reshaped side."""

    program: Program
    side: Side
    files: dict[str, str] | None = None


def jobs(found: Sequence[Program], toolchain: Toolchain) -> list[Job]:
    """Gives every side of every program, and a fifth of them once more in another form."""
    sides = [(one, side) for one in found for side in _sides(one)]
    again = [(one, side) for one, side in sides if chosen(one)]
    plain = [Job(program=one, side=side) for one, side in sides]
    other = [
        Job(program=one, side=side, files=files)
        for (one, side), files in zip(again, reshaped(again, toolchain), strict=True)
        if files is not None
    ]
    return plain + other


def _sides(program: Program) -> tuple[Side, ...]:
    return ("good",) if program.clean else ("bad", "good")


def run(
    wanted: Sequence[Job],
    toolchain: Toolchain,
    rubric: Rubric,
    told: Callable[[Judged], None] = lambda _: None,
) -> list[Judged]:
    """Gives what each audit amounts to, in order."""
    backend = Bubblewrap(ready=READY)
    try:
        return list(_run(wanted, toolchain, rubric, backend, told))
    finally:
        backend.close()


def _run(
    wanted: Sequence[Job],
    toolchain: Toolchain,
    rubric: Rubric,
    backend: Bubblewrap,
    told: Callable[[Judged], None],
) -> Iterator[Judged]:
    def one(job: Job) -> Judged:
        given = job.program.given(job.side, job.files)
        report = rate(audit(given, backend=backend, toolchain=toolchain), rubric)
        return judge(job.program, job.side, report, reshaped=job.files is not None)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for judged in pool.map(one, wanted):
            told(judged)
            yield judged
