"""The verdict strip in words: one lead and one chip a check, each with its state and grade. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from rubric.model import RatedFinding, RatedReport
from sandbox.model import Decided, ObservedState, StageName, StageResult, StageStatus, Verdict

LEADS = {
    Verdict.INTERNAL_ERROR: ("Sandbox failed: nothing known", "off"),
    Verdict.REJECTED: ("Not audited", "off"),
    Verdict.BLOCKED: ("Stopped: not allowed in the sandbox", "warn"),
    Verdict.COMPILE_ERROR: ("Does not build", "bad"),
    Verdict.COMPILE_LIMIT: ("Build ran into a limit", "warn"),
    Verdict.TIME_LIMIT: ("Fails: does not end in time", "bad"),
    Verdict.MEMORY_LIMIT: ("Fails: too much memory", "bad"),
    Verdict.OUTPUT_LIMIT: ("Fails: too much output", "bad"),
    Verdict.RESOURCE_LIMIT: ("Fails: too many resources", "bad"),
    Verdict.RUNTIME_ERROR: ("Fails: crashes", "bad"),
    Verdict.TESTS_TAMPERED: ("Fails: changes its tests", "bad"),
    Verdict.TESTS_FAILED: ("Fails: tests", "bad"),
    Verdict.RACE_DETECTED: ("Fails: data race", "bad"),
    Verdict.WRONG_ANSWER: ("Fails: wrong answer", "bad"),
    Verdict.ACCEPTED: ("Runs clean", "ok"),
}
COLOURS = {"ok": "ok", "bad": "bad", "warn": "warn", "off": "dim"}
OBSERVED_WORDS = {"race": "race", "deadlock": "deadlock", "leak": "leaks"}
DECIDED = {
    Decided.COOPERATIVE: (
        "cooperative",
        "told by tests in one process with the tested code, which could in principle forge it",
    ),
    Decided.OUTSIDE: ("", ""),
}
"""A discreet word for a result, and what it means."""
SECURITY = "SC"
"""The criterion whose findings the chip of that name counts; gosec's count in any rubric."""
STYLE = ("simple", "stylecheck", "unused", "modernize")
SOURCES = {"task": "tests", "prompt": "cases", "snippet": "own tests", "generated": "made tests"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One check in the strip."""

    name: str
    text: str
    state: str
    grade: str = ""
    title: str = ""
    note: str = ""
    """A word about how far the text can be trusted."""
    note_title: str = ""

    @property
    def words(self) -> str:
        """All of it as one line, for places without markup."""
        return " ".join(filter(None, (self.name, self.text, self.note, self.grade)))

    @property
    def colour(self) -> str:
        """The name of the CSS colour that the state wears."""
        return COLOURS[self.state]


def lead(rated: RatedReport) -> Chip:
    """Gives what happened, in at most five words."""
    text, state = LEADS[rated.verdict]
    if rated.verdict is Verdict.ACCEPTED and rated.functional is None:
        text, state = "Runs; no case decides it", "off"
    title = rated.error.message if rated.error else rated.repeat
    return Chip(name="", text=text, state=state, title=title)


def chips(rated: RatedReport) -> list[Chip]:
    """Gives one chip for each check that ran or should have run, in the order of the stages."""
    stages = {stage.stage: stage for stage in rated.stages}
    static = stages.get(StageName.STATIC)
    made = [
        _stage_chip("build", stages.get(StageName.BUILD), "E3"),
        _stage_chip("run", stages.get(StageName.RUN), "E3"),
        *_test_chips(rated),
        *_observed_chips(rated),
        _found_chip(rated, "vet", _by("vet", "staticcheck"), static, "E2"),
        _found_chip(rated, "gofmt", _by("gofmt"), stages.get(StageName.GOFMT), "E2"),
        _found_chip(rated, "security", _is_security, static, "E1"),
        _found_chip(rated, "patterns", _is_pattern, static, "E1"),
        _found_chip(rated, "style", _by(*STYLE), static, "E1"),
        _bench_chip(rated, stages.get(StageName.BENCH)),
    ]
    return _merged(made)


def not_checked(rated: RatedReport) -> list[str]:
    """Gives what nobody looked at; what has one reason stands together before it."""
    reasons: dict[str, list[str]] = {}
    for item in rated.not_checked:
        reasons.setdefault(item.why, []).append(item.what)
    return [f"{', '.join(what)} ({why})" for why, what in reasons.items()]


def _merged(made: list[Chip]) -> list[Chip]:
    """Joins neighbours that say the same with the same grade, so that the strip fits one row."""
    joined: list[Chip] = []
    for chip in made:
        last = joined[-1] if joined else None
        if last and _said(last) == _said(chip):
            joined[-1] = replace(last, name=f"{last.name}, {chip.name}")
        else:
            joined.append(chip)
    return joined


def _said(chip: Chip) -> tuple[str, ...]:
    return (chip.text, chip.state, chip.grade, chip.note)


def _stage_chip(name: str, stage: StageResult | None, grade: str) -> Chip:
    if stage is None or stage.status in (StageStatus.NOT_RUN, StageStatus.SKIPPED):
        why = stage.message if stage else ""
        return Chip(name=name, text="not run", state="off", grade="E0", title=why)
    if stage.status is StageStatus.ERROR:
        return Chip(name=name, text="sandbox error", state="off", grade="E0", title=stage.message)
    if stage.status is StageStatus.OK:
        return Chip(name=name, text="ok", state="ok", grade=grade, title=stage.message)
    text = f"stopped ({stage.killed_by})" if stage.killed_by else "fails"
    return Chip(name=name, text=text, state="bad", grade=grade, title=stage.message)


def _by(*tools: str) -> Callable[[RatedFinding], bool]:
    return lambda finding: finding.tool in tools


def _is_security(finding: RatedFinding) -> bool:
    return finding.tool == "gosec" or (finding.tool == "gavel" and finding.criterion == SECURITY)


def _is_pattern(finding: RatedFinding) -> bool:
    return finding.tool == "gavel" and not _is_security(finding)


def _bench_chip(rated: RatedReport, stage: StageResult | None) -> Chip:
    measured = [one for one in rated.benchmarks if one.ns_per_op is not None]
    if rated.benchmarks:
        # The answer's own benchmark may measure anything; its figures are what it says of itself.
        grade = "E3" if measured and all(one.verified for one in measured) else "E1"
        text = f"{len(measured)}/{len(rated.benchmarks)} measured"
        return Chip(name="bench", text=text, state="ok" if measured else "warn", grade=grade)
    built = rated.verdict is not Verdict.COMPILE_ERROR
    if built and (stage is None or stage.status is StageStatus.SKIPPED):
        return Chip(name="bench", text="none", state="off", grade="E0")
    return _stage_chip("bench", stage, "E3")


def _found_chip(
    rated: RatedReport,
    name: str,
    wanted: Callable[[RatedFinding], bool],
    stage: StageResult | None,
    grade: str,
) -> Chip:
    if stage is None or stage.status not in (StageStatus.OK, StageStatus.FAILED):
        return _stage_chip(name, stage, grade)
    if rated.verdict is Verdict.COMPILE_ERROR and stage.stage is StageName.STATIC:
        return Chip(name=name, text="not run", state="off", grade="E0", title="it does not build")
    found = [finding for finding in rated.findings if wanted(finding)]
    if not found:
        return Chip(name=name, text="clean", state="ok", grade=grade)
    strongest = max(finding.grade for finding in found)
    state = "bad" if strongest in ("E2", "E3") and name != "gofmt" else "warn"
    return Chip(name=name, text=f"{len(found)} found", state=state, grade=strongest)


def _test_chips(rated: RatedReport) -> list[Chip]:
    made = [
        Chip(
            name=SOURCES.get(one.source, one.source),
            text=f"{one.passed}/{one.listed}",
            state="bad" if one.failed else "ok" if one.passed == one.listed else "warn",
            grade="E3",
            title="; ".join(one.failures),
            note=DECIDED[one.decided][0],
            note_title=DECIDED[one.decided][1],
        )
        for one in rated.tests
        if one.listed
    ]
    return made or [Chip(name="tests", text="none", state="off", grade="E0")]


def _observed_chips(rated: RatedReport) -> list[Chip]:
    made = []
    for name, word in OBSERVED_WORDS.items():
        seen = getattr(rated, name)
        match seen.state:
            case ObservedState.FOUND:
                text = f"{seen.hits} of {seen.runs} runs"
                made.append(Chip(name=word, text=text, state="bad", grade="E3"))
            case ObservedState.NONE_SEEN:
                text = f"none in {seen.runs} run{'s' * (seen.runs != 1)}"
                made.append(Chip(name=word, text=text, state="ok", grade="E3"))
            case ObservedState.NOT_RUN if name == "race":
                made.append(Chip(name=word, text="not run", state="off", grade="E0"))
            case ObservedState.NOT_APPLICABLE if name == "race":
                made.append(Chip(name=word, text="not applicable", state="off", grade="E0"))
            case _:
                continue
    return made
