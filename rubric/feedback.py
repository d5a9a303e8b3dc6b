"""Words a confirmed clause for the person who learns from it: clause, place, fact and mend."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rubric.confirm import Confirmation
from sandbox.model import Finding

SENTENCES = 3
PLACES = 3
EVIDENCE_CHARACTERS = 180
_MARK = re.compile(r"\{(loc|evidence|fix)\}")
_BLANK = re.compile(r"\s+")


def feedback(confirmed: Iterable[Confirmation], *, files: int = 1) -> str:
    """Gives one short paragraph: the worst clauses first, then how many more there are."""
    every = sorted(confirmed, key=lambda one: one.clause.cap)
    said = [sentence(one, files=files) for one in every[:SENTENCES]]
    more = [one.clause.id for one in every[SENTENCES:]]
    if more:
        said.append(f"Also {', '.join(more)}.")
    return " ".join(said)


def sentence(one: Confirmation, *, files: int = 1) -> str:
    """Gives the clause's sentence; without a place or a fact, its title and its mend."""
    clause = one.clause
    if not one.findings or not clause.feedback:
        return _clean(f"{clause.id}: {clause.title}. {clause.fix}")
    parts = {
        "loc": places(one.findings, files=files),
        "evidence": observed_fact(one.findings[0]),
        "fix": clause.fix,
    }
    filled = _MARK.sub(lambda match: parts[match.group(1)], clause.feedback)
    return _clean(f"{clause.id}: {filled}")


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
    fact = _clean(finding.message).rstrip(".")
    if len(fact) > EVIDENCE_CHARACTERS:
        fact = fact[: EVIDENCE_CHARACTERS - 1].rstrip() + "…"
    seen = finding.evidence
    return f"{fact} ({seen.hits} of {seen.runs} runs)" if seen.runs > 1 else fact


def _clean(text: str) -> str:
    return _BLANK.sub(" ", text).strip()
