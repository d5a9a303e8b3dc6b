"""What a ticket is about: facts gathered from overrides, the rated report and the snippet. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rubric.model import RatedFinding, RatedReport, RatingStatus, ReasonCode, Rubric
from rubric.override_model import WHOLE, Override, Value

EVIDENCE_LINES = 10
CONTEXT_LINES = 6
EXTRACT_LINES = 40
LINE_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One criterion in the ticket's table, in words."""

    criterion: str
    name: str
    before: str
    suggested: str
    after: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Some lines of the snippet, numbered; the named ones carry a mark."""

    name: str = ""
    text: str = ""
    first: int = 0
    last: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Everything a ticket's text may use."""

    key: str
    generation: int
    project_id: int
    task_id: int
    annotation_id: int
    annotator: str
    reviewer: str
    changes: tuple[Change, ...]
    reasons: tuple[ReasonCode, ...]
    quotes: tuple[tuple[str, str], ...]
    """(criterion's name, what the reviewer wrote)."""
    clauses: tuple[str, ...]
    evidence: tuple[str, ...]
    repeat: str
    extract: Extract
    verdict: str
    rubric: str
    task_url: str
    evidence_url: str
    flags: frozenset[str]
    standing: bool
    marker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a subject is made from."""

    key: str
    marker: str
    project_id: int
    task_id: int
    overrides: Sequence[Override]
    rubric: Rubric
    rated: RatedReport | None
    sources: Mapping[str, str]
    people: Mapping[int | None, str]
    task_url: str
    evidence_url: str


def subject_of(material: Material) -> Subject:
    """Gives the facts of a ticket. `material.overrides` all have one target, and are not empty."""
    overrides = sorted(material.overrides, key=lambda o: (not o.status.stands, o.criterion))
    rated = material.rated
    criteria = {o.criterion for o in overrides}
    findings = _relevant(rated, criteria)
    said = sorted({o.reviewer for o in overrides}, key=str)
    return Subject(
        key=material.key,
        generation=overrides[0].generation,
        project_id=material.project_id,
        task_id=material.task_id,
        annotation_id=overrides[0].target.id,
        annotator=material.people[overrides[0].annotator],
        reviewer=", ".join(material.people[user] for user in said),
        changes=tuple(_change(o, material) for o in overrides if o.criterion != WHOLE),
        reasons=_reasons(overrides, material.rubric),
        quotes=tuple(dict.fromkeys(_quotes(overrides, material.rubric))),
        clauses=_clauses(rated, criteria, material.rubric),
        evidence=tuple(_evidence(rated, findings)),
        repeat=f"gavel rerun {material.task_id}" if rated is not None else "",
        extract=extract_of(material.sources, findings),
        verdict=rated.verdict.value if rated is not None else "",
        rubric=f"{rated.rubric.id} {rated.rubric.version[:12]}" if rated is not None else "",
        task_url=material.task_url,
        evidence_url=material.evidence_url,
        flags=frozenset(flag for o in overrides for flag in o.flags),
        standing=any(o.status.stands for o in overrides),
        marker=material.marker,
    )


def _name(rubric: Rubric, criterion: str) -> str:
    return next((c.name for c in rubric.criteria if c.id == criterion), criterion)


def _change(override: Override, material: Material) -> Change:
    return Change(
        criterion=override.criterion,
        name=_name(material.rubric, override.criterion),
        before=worded(override.from_value),
        suggested=_suggested(material.rated, override.criterion),
        after=worded(override.to_value),
        state=override.status.value,
    )


def worded(value: Value | None) -> str:
    """A rating as people read it."""
    if value is None:
        return "none"
    return "N/A" if value == "na" else str(value)


def _suggested(rated: RatedReport | None, criterion: str) -> str:
    rating = rated.ratings.get(criterion) if rated is not None else None
    if rating is None:
        return "none"
    if rating.status is RatingStatus.SUGGESTED and rating.value is not None:
        return f"{rating.value} ({rating.grade.value})"
    return rating.status.value.replace("_", " ")


def _reasons(overrides: Sequence[Override], rubric: Rubric) -> tuple[ReasonCode, ...]:
    codes = dict.fromkeys(code for o in overrides for code in o.reasons)
    known = {reason.code: reason for reason in rubric.reasons}
    return tuple(known.get(code, ReasonCode(code=code, text="")) for code in codes)


def _quotes(overrides: Sequence[Override], rubric: Rubric) -> Iterator[tuple[str, str]]:
    for override in overrides:
        if override.note:
            yield _name(rubric, override.criterion), override.note


def _clauses(rated: RatedReport | None, criteria: set[str], rubric: Rubric) -> tuple[str, ...]:
    if rated is None:
        return ()
    titles = {clause.id: clause.title for clause in rubric.clauses}
    cited = dict.fromkeys(
        clause
        for criterion in sorted(criteria)
        if criterion in rated.ratings
        for clause in rated.ratings[criterion].clauses
    )
    return tuple(f"{clause}: {titles.get(clause, '')}".rstrip(": ") for clause in cited)


def _relevant(rated: RatedReport | None, criteria: set[str]) -> list[RatedFinding]:
    """Findings for the overridden criteria, strongest first; all where only reasons differ."""
    if rated is None:
        return []
    chosen = [f for f in rated.findings if f.criterion in criteria or criteria == {WHOLE}]
    return sorted(chosen, key=lambda f: (f.grade.value, f.severity.value), reverse=True)


def _evidence(rated: RatedReport | None, findings: Sequence[RatedFinding]) -> Iterator[str]:
    """About ten lines: verdict, tests, dynamic checks, then findings."""
    if rated is None:
        return
    lines = [f"verdict: {rated.verdict.value}"]
    lines += [
        f"{t.source} tests: {t.passed} passed, {t.failed} failed, {t.skipped} skipped of {t.listed}"
        for t in rated.tests
    ]
    for what in ("race", "deadlock", "leak"):
        seen = getattr(rated, what)
        if seen.hits:
            lines.append(f"{what}: found in {seen.hits} of {seen.runs} runs")
    lines += [
        f"{f.file}:{f.line}: {f.message} ({f.tool} {f.rule}, {f.grade.value})" for f in findings
    ]
    for line in lines[:EVIDENCE_LINES]:
        yield " ".join(line.split())[:LINE_CHARACTERS]
    if len(lines) > EVIDENCE_LINES:
        yield f"and {len(lines) - EVIDENCE_LINES} more on the evidence page"


def extract_of(sources: Mapping[str, str], findings: Sequence[RatedFinding]) -> Extract:
    """The lines around the first finding, or the snippet's beginning."""
    if not sources:
        return Extract()
    named = [f for f in findings if f.file in sources or len(sources) == 1]
    name = named[0].file if named and named[0].file in sources else next(iter(sources))
    lines = sources[name].split("\n")
    marked = {f.line for f in named if f.file == name or len(sources) == 1}
    centre = min(marked) if marked else 1
    first = max(1, min(centre, len(lines)) - CONTEXT_LINES)
    near = [n for n in marked if n < first + EXTRACT_LINES - CONTEXT_LINES]
    last = min(len(lines), max(near, default=first + 2 * CONTEXT_LINES) + CONTEXT_LINES)
    width = len(str(last))
    shown = [
        f"{'>' if n in marked else ' '} {n:>{width}}  {lines[n - 1][:LINE_CHARACTERS]}".rstrip()
        for n in range(first, last + 1)
    ]
    label = name if len(sources) > 1 else ""
    return Extract(name=label, text="\n".join(shown), first=first, last=last, total=len(lines))
