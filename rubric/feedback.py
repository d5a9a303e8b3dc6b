"""Words a confirmed clause for the person who learns from it: clause, place, fact and mend."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rubric.confirm import Confirmation
from rubric.model import Clause
from sandbox.model import AuditReport, Finding, Observed, ObservedState, Verdict

SENTENCES = 3
PLACES = 3
EVIDENCE_CHARACTERS = 180
EDIT = "Suggested edit:"
DIFF_LINES = 8
"""A longer edit is left to the evidence page."""
ENDED = {
    Verdict.TIME_LIMIT: "it did not end in time",
    Verdict.OUTPUT_LIMIT: "it printed without end",
    Verdict.MEMORY_LIMIT: "it used up its memory",
    Verdict.RESOURCE_LIMIT: "it used up what the sandbox gives",
    Verdict.RUNTIME_ERROR: "the run ended with an error",
    Verdict.WRONG_ANSWER: "what it printed is not what the task expects",
    Verdict.COMPILE_ERROR: "the compiler made no program of it",
}
"""The fact of a verdict that no finding gives a place."""
MEND_FIRST = "Mend first what stops the run; whether the answer is right shows only then."
_STOPPED = frozenset(ENDED) - {Verdict.WRONG_ANSWER, Verdict.COMPILE_ERROR}
_MARK = re.compile(r"\{(loc|evidence|fix)\}")
_BLANK = re.compile(r"\s+")
_CHANGED = re.compile(r"[-+](?!-- a/|\+\+ b/)")
_SEVERAL = re.compile(r"\b(\d+) (\w+)\(s\)")
_OWN_PACKAGE = re.compile(r"\bsnip\.(?=[A-Za-z_])")
"""The package that a loose file is built as; its author never wrote it."""
_PRINTED_LINE = re.compile(r": line (\d+): (?=got )")


def feedback(
    confirmed: Iterable[Confirmation], *, files: int = 1, report: AuditReport | None = None
) -> str:
    """Gives one short paragraph: the worst clauses first, then how many more there are.

    Where the tool itself proposes a short edit for the worst clause, its diff stands on lines below.

    Args:
        confirmed: the clauses of one criterion.
        files: how many texts people see; with several, places carry their names.
        report: tells the fact of a clause that a verdict or an observation confirms.
    """
    every = sorted(confirmed, key=lambda one: one.clause.cap)
    said = [sentence(one, files=files, report=report) for one in every[:SENTENCES]]
    more = [one.clause.id for one in every[SENTENCES:]]
    if more:
        said.append(f"Also {', '.join(more)}.")
    return " ".join(said) + (edit(every[0].findings) if every else "")


def sentence(one: Confirmation, *, files: int = 1, report: AuditReport | None = None) -> str:
    """Gives the clause's sentence; without a place, its title with what was observed and its mend."""
    clause = one.clause
    if not one.findings or not clause.feedback:
        fact = unplaced_fact(clause, report) if report else ""
        said = f"{clause.id}: {clause.title}{f': {fact}' if fact else ''}."
        return _clean(f"{said} {_mend(clause, report)}")
    parts = {
        "loc": places(one.findings, files=files),
        "evidence": observed_fact(one.findings[0]),
        "fix": clause.fix,
    }
    filled = _MARK.sub(lambda match: parts[match.group(1)], clause.feedback)
    return _clean(f"{clause.id}: {filled}").replace("\u2026.", "\u2026")


def unplaced_fact(clause: Clause, report: AuditReport) -> str:
    """Gives what confirms a clause without a place: an observation, failed checks or a verdict."""
    for detector in clause.detectors:
        seen = _observed(report, detector.observed)
        if seen.state is ObservedState.FOUND:
            return f"seen in {_runs(seen.hits, seen.runs)}"
    failed = sum(one.failed for one in report.tests)
    if failed and any(one.functional == "fail" for one in clause.detectors):
        return f"{failed} of {sum(one.listed for one in report.tests)} checks fail"
    return ENDED.get(report.verdict, "")


def edit(findings: Iterable[Finding]) -> str:
    """Gives the first short edit that a tool proposes: its changed lines, below a line that names them."""
    for finding in findings:
        diff = finding.fix.diff if finding.fix else ""
        changed = [line for line in diff.splitlines() if _CHANGED.match(line)]
        if 0 < len(changed) <= DIFF_LINES:
            return "\n".join(("", EDIT, *changed))
    return ""


def places(findings: Iterable[Finding], *, files: int = 1) -> str:
    """Gives where: `line 3`, `lines 3 and 9`, or with file names when there are several files."""
    seen = sorted({(finding.file, finding.line) for finding in findings})
    words = [f"{name}:{line}" if files > 1 else str(line) for name, line in seen[:PLACES]]
    rest = len(seen) - PLACES
    if rest > 0:
        words.append(f"{rest} more")
    joined = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
    if files > 1:
        return joined
    return f"line{'s' * (len(words) > 1)} {joined}"


def observed_fact(finding: Finding) -> str:
    """Gives the tool's message as one line, cut to a readable length, with its hit count."""
    fact = _OWN_PACKAGE.sub("", _clean(finding.message).rstrip("."))
    fact = _SEVERAL.sub(lambda m: f"{m[1]} {m[2]}{'s' * (m[1] != '1')}", fact)
    if finding.tool == "case":
        fact = _PRINTED_LINE.sub(r", line \1 of the output: ", fact)
    seen = finding.evidence
    fact = _cut(fact)
    return f"{fact} (in {_runs(seen.hits, seen.runs)})" if seen.runs > 1 else fact


def _cut(fact: str) -> str:
    """Ends a long fact after a whole word."""
    if len(fact) <= EVIDENCE_CHARACTERS:
        return fact
    head = fact[: EVIDENCE_CHARACTERS - 1]
    whole, _, rest = head.rpartition(" ")
    kept = whole if len(whole) > EVIDENCE_CHARACTERS // 2 and rest else head
    return f"{kept.rstrip(' ,;:')}\u2026"


def _mend(clause: Clause, report: AuditReport | None) -> str:
    """The clause's mend; a run that was stopped gives no wrong value to look for."""
    decided = any(one.functional for one in clause.detectors)
    return MEND_FIRST if report and decided and report.verdict in _STOPPED else clause.fix


def _observed(report: AuditReport, name: str) -> Observed:
    known = {"race": report.race, "deadlock": report.deadlock, "leak": report.leak}
    return known.get(name, Observed())


def _runs(hits: int, runs: int) -> str:
    return f"{hits} of {runs} run{'s' * (runs != 1)}"


def _clean(text: str) -> str:
    return _BLANK.sub(" ", text).strip()
