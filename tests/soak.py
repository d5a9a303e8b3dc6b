"""`python -m tests.soak [N] [BACKEND]`: N random audits in a row, and what they left behind.

Audits are hostile programs and the demo's samples, drawn by a printed seed. Processes, mounts, control
groups, containers, temporary files and descriptors are counted before and after; anything more is a
failure. While audits run, jails that wait for a job show in the progress lines.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bridge.errors import GavelError
from sandbox.backends import Backend
from sandbox.model import AuditInput, Verdict
from sandbox.runner import audit
from sandbox.toolchain import Toolchain, default_data_folder, prepare
from tests.hostile.canaries import Canaries, Counters, canaries
from tests.hostile.corpus import LIMITS, programs

SAMPLES = Path(__file__).parents[1] / "templates" / "demo" / "tasks"
PROGRESS = 50
READY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaked:
    """What a soak showed."""

    before: Counters
    after: Counters
    verdicts: Counter[str]
    disturbed: tuple[str, ...]
    seconds: float

    @property
    def clean(self) -> bool:
        """Whether nothing was left, nothing was reached, and the sandbox never failed."""
        faults = self.verdicts[Verdict.INTERNAL_ERROR.value]
        return self.before == self.after and not self.disturbed and not faults


def soak(
    make: Callable[[], Backend],
    toolchain: Toolchain,
    number: int,
    *,
    seed: int,
    say: Callable[[str], None] = lambda _: None,
) -> Soaked:
    """Gives the counters around `number` audits that a seed draws, and the life of their backend."""
    draw = random.Random(seed)
    with canaries(toolchain) as host, tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        inputs = list(_inputs(host, folder))
        # The first audit makes what lasts: images and digests.
        _audits(make, toolchain, [draw.choice(inputs)], say=say, folder=folder)
        before, start = Counters.now(folder), time.monotonic()
        drawn = [draw.choice(inputs) for _ in range(number)]
        verdicts = _audits(make, toolchain, drawn, say=say, folder=folder)
        return Soaked(
            before=before,
            after=_settled(before, folder),
            verdicts=verdicts,
            disturbed=tuple(host.disturbed()),
            seconds=time.monotonic() - start,
        )


def _audits(
    make: Callable[[], Backend],
    toolchain: Toolchain,
    drawn: list[AuditInput],
    *,
    say: Callable[[str], None],
    folder: Path,
) -> Counter[str]:
    verdicts, start = Counter[str](), time.monotonic()
    with closing(make()) as backend:
        for count, given in enumerate(drawn, start=1):
            report = audit(given, backend=backend, toolchain=toolchain, limits=LIMITS)
            verdicts[report.verdict.value] += 1
            if report.error is not None and report.verdict is Verdict.INTERNAL_ERROR:
                say(f"internal error: {report.error}")
            if count % PROGRESS == 0:
                say(f"{count} audits, {time.monotonic() - start:.0f} s: {Counters.now(folder)}")
    return verdicts


def _inputs(host: Canaries, folder: Path) -> Iterator[AuditInput]:
    for program in programs():
        place = folder / program.name.replace("/", "-")
        place.mkdir()
        try:
            yield program.given(host.signs, place)
        except GavelError:
            continue
    for sample in sorted(SAMPLES.glob("*/answer*")):
        yield AuditInput(code=sample.read_text(encoding="utf-8"))


def _settled(wanted: Counters, folder: Path) -> Counters:
    end = time.monotonic() + 3
    while (now := Counters.now(folder)) != wanted and time.monotonic() < end:
        time.sleep(0.02)
    return now


def main(words: list[str]) -> None:
    """Runs a soak and exits with 1 when something was left."""
    from tests.hostile.conftest import BACKENDS

    def say(text: str) -> None:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    number = int(words[0]) if words else 1000
    name = words[1] if len(words) > 1 else "bubblewrap"
    seed = random.SystemRandom().randrange(1 << 32)
    say(f"{number} audits on {name}, seed {seed}")
    toolchain = prepare(default_data_folder(), say)
    soaked = soak(partial(BACKENDS[name], ready=READY), toolchain, number, seed=seed, say=say)
    say(f"before {soaked.before}\nafter  {soaked.after}")
    say(f"{soaked.seconds:.0f} s, verdicts {dict(soaked.verdicts)}, reached {soaked.disturbed}")
    say("clean" if soaked.clean else "NOT CLEAN")
    sys.exit(0 if soaked.clean else 1)


if __name__ == "__main__":
    main(sys.argv[1:])
