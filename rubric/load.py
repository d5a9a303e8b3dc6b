"""Reads a rubric from YAML text. Says what is wrong by file, line and mend; never opens a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import ValidationError

from rubric.model import Clause, Criterion, MachineMode, Rubric, Silence
from rubric.schema import schema_fault

OBSERVED = ("race", "deadlock", "leak")
PROOFS = ("functional", *OBSERVED)
PLACEHOLDERS = ("{loc}", "{evidence}", "{fix}")
VERSION_CHARACTERS = 12

Path = tuple[str | int, ...]


class RubricError(ValueError):
    """A rubric that cannot be used; `faults` has one line for each thing to mend."""

    reason = "rubric_invalid"
    retry = False

    def __init__(self, name: str, faults: tuple[str, ...]) -> None:
        self.faults = tuple(f"{name}:{fault}" for fault in faults)
        super().__init__("\n".join(self.faults))


def load_rubric(text: str, *, name: str = "") -> Rubric:
    """Gives the validated rubric; its version is the hash of its content.

    Args:
        text: the YAML.
        name: what to call the text in errors, usually the file's path.

    Raises:
        RubricError: with every fault, each as `name:line: what is wrong and how to mend it`.
    """
    name = name or "rubric"
    raw, lines = _parse(text, name)
    content = dict(raw)
    content["version"] = content_version(raw)
    try:
        rubric = Rubric.model_validate(content)
    except ValidationError as exc:
        faults = tuple(
            f"{_line(lines, error['loc'])}: {_dotted(error['loc'])}: {schema_fault(error)}"
            for error in exc.errors(include_url=False)
        )
        raise RubricError(name, faults) from exc
    problems = tuple(f"{_line(lines, path)}: {message}" for path, message in _problems(rubric))
    if problems:
        raise RubricError(name, problems)
    return rubric


def content_version(raw: Mapping[str, Any]) -> str:
    """Gives the hash that names a rubric's content; comments and layout do not count."""
    content = {key: value for key, value in raw.items() if key != "version"}
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()[:VERSION_CHARACTERS]


def _parse(text: str, name: str) -> tuple[dict[str, Any], dict[Path, int]]:
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(exc, "problem", None) or "unreadable text"
        raise RubricError(name, (f"{line}: not YAML: {problem}; mend the syntax",)) from exc
    if node is None or not isinstance(raw, dict):
        raise RubricError(name, ("1: expected keys such as id, scale, criteria and clauses",))
    return raw, dict(_lines(node, ()))


def _lines(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, index))


def _line(lines: Mapping[Path, int], path: Path) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)


def _problems(rubric: Rubric) -> Iterator[tuple[Path, str]]:
    yield from _scale_problems(rubric)
    yield from _repeated(rubric)
    for index, criterion in enumerate(rubric.criteria):
        for message in _criterion_problems(criterion, rubric):
            yield ("criteria", index), message
    for index, clause in enumerate(rubric.clauses):
        for message in _clause_problems(clause, rubric):
            yield ("clauses", index), message
    yield from _reference_problems(rubric)


def _scale_problems(rubric: Rubric) -> Iterator[tuple[Path, str]]:
    scale = rubric.scale
    if len(scale) < 2 or scale != tuple(range(1, len(scale) + 1)):
        yield ("scale",), f"scale {list(scale)} must count up from 1, for example [1, 2, 3, 4, 5]"
    if not rubric.criteria:
        yield ("criteria",), "there is no criterion; add at least one"
    if len(rubric.verdicts) < 2:
        yield ("verdicts",), "name at least two overall verdicts, best first"


def _repeated(rubric: Rubric) -> Iterator[tuple[Path, str]]:
    named: dict[str, tuple[str, ...]] = {
        "criteria": tuple(c.id for c in rubric.criteria),
        "clauses": tuple(c.id for c in rubric.clauses),
        "reasons": tuple(r.code for r in rubric.reasons),
        "gates": tuple(g.id for g in rubric.gates),
        "labels": tuple(label.name for label in rubric.labels),
        "verdicts": rubric.verdicts,
    }
    for key, ids in named.items():
        for index, one in enumerate(ids):
            if one in ids[:index]:
                yield (key, index), f"{one} stands twice in {key}; give each its own name"


def _choice(rubric: Rubric) -> str:
    return f"; take one of {', '.join(map(str, rubric.scale))}"


def _criterion_problems(criterion: Criterion, rubric: Rubric) -> Iterator[str]:
    on = _choice(rubric)
    if not criterion.id.isidentifier():
        yield f"criterion id {criterion.id!r}: use letters, digits and _, not starting with a digit"
    if criterion.weight < 1:
        yield f"criterion {criterion.id}: weight {criterion.weight} must be 1 or more"
    if criterion.ceiling is not None and criterion.ceiling not in rubric.scale:
        yield f"criterion {criterion.id}: ceiling {criterion.ceiling} is not on the scale{on}"
    for value in criterion.anchors:
        if value not in rubric.scale:
            yield f"criterion {criterion.id}: anchor {value} is not on the scale{on}"
    yield from _silence_problems(criterion)


def _silence_problems(criterion: Criterion) -> Iterator[str]:
    if criterion.na_when and criterion.na_when not in OBSERVED:
        yield f"criterion {criterion.id}: na_when must be one of {', '.join(OBSERVED)}"
    if criterion.na_when and not criterion.na_allowed:
        yield f"criterion {criterion.id}: na_when needs na_allowed: true"
    for proof in criterion.proof:
        if proof not in PROOFS:
            yield f"criterion {criterion.id}: proof must be one of {', '.join(PROOFS)}"
    if criterion.silence is Silence.SUGGEST and not criterion.needs:
        yield f"criterion {criterion.id}: silence: suggest needs at least one stage in needs"


def _clause_problems(clause: Clause, rubric: Rubric) -> Iterator[str]:
    if clause.criterion not in {criterion.id for criterion in rubric.criteria}:
        yield f"clause {clause.id}: there is no criterion {clause.criterion}; name one that exists"
    if clause.cap not in rubric.scale:
        yield f"clause {clause.id}: cap {clause.cap} is not on the scale{_choice(rubric)}"
    if clause.machine is MachineMode.NEVER:
        if not clause.question:
            yield f"clause {clause.id}: machine: never needs a question for the checklist"
        return
    if not clause.detectors:
        yield f"clause {clause.id}: add a detector, or set machine: never and a question"
    yield from _detector_problems(clause)
    missing = [mark for mark in PLACEHOLDERS if mark not in clause.feedback]
    if missing:
        yield f"clause {clause.id}: its feedback must name {', '.join(missing)}"
    if not clause.fix:
        yield f"clause {clause.id}: add a fix, the sentence that says what to do"


def _detector_problems(clause: Clause) -> Iterator[str]:
    for detector in clause.detectors:
        if not (detector.tool or detector.verdicts or detector.observed or detector.functional):
            yield f"clause {clause.id}: a detector needs tool, verdicts, observed or functional"
        for observed in filter(None, (detector.observed, *detector.unless)):
            if observed not in OBSERVED:
                yield f"clause {clause.id}: {observed} must be one of {', '.join(OBSERVED)}"


def _reference_problems(rubric: Rubric) -> Iterator[tuple[Path, str]]:
    criteria = {criterion.id for criterion in rubric.criteria}
    clauses = {clause.id for clause in rubric.clauses}
    for index, gate in enumerate(rubric.gates):
        if gate.overall_cap not in rubric.scale:
            yield (
                ("gates", index),
                f"gate {gate.id}: overall_cap is not on the scale{_choice(rubric)}",
            )
        for wrong in [c for c in gate.clauses if c not in clauses]:
            yield (
                ("gates", index),
                f"gate {gate.id}: there is no clause {wrong}; name one that exists",
            )
        if gate.criterion and gate.criterion not in criteria:
            yield (
                ("gates", index),
                f"gate {gate.id}: there is no criterion {gate.criterion}; name one that exists",
            )
    for index, label in enumerate(rubric.labels):
        for wrong in [c for c in label.criteria if c not in criteria]:
            yield (
                ("labels", index),
                f"label {label.name}: there is no criterion {wrong}; name one that exists",
            )
