"""Compares suggestions with what people said, and keeps the clauses' track records in a file."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pydantic import Field, ValidationError

from rubric.agreement import ac2, ordinal_alpha, quadratic_kappa
from rubric.confirm import Calibration, TrackRecord
from rubric.intervals import Unit, bootstrap, wilson
from rubric.load import content_version
from rubric.model import Clause, RatedReport, Rubric, RubricRef
from rubric.schema import schema_fault
from rubric.suggest import rate
from sandbox.model import AuditReport, Frozen

SCHEMA_VERSION = 1
SEED = 20_260_101
"""Any fixed number; with it the same cases give the same intervals."""


class CalibrationError(ValueError):
    """Cases or a calibration file that cannot be used; says what came and what to do."""

    reason = "calibration_invalid"
    retry = False


class GoldCase(Frozen):
    """What one person said of one report."""

    id: str
    """The task; several people may have rated one."""
    rater: str = ""
    report: RatedReport | AuditReport
    ratings: dict[str, int | None] = Field(default_factory=dict)
    """Criterion -> value; null where the criterion does not apply."""
    clauses: dict[str, bool] = Field(default_factory=dict)
    """Confirmed clause -> whether the person upholds it."""
    shown_suggestion: bool
    """Whether the person saw the suggestion first; such cases say nothing about the machine."""


class Estimate(Frozen):
    """A figure with its interval of 95 %; null means not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None


class CriterionAgreement(Frozen):
    """How suggestions and people agree on one criterion."""

    pairs: int
    """Suggested values that a person rated as well."""
    silent: int
    """People's ratings of which the machine suggested none."""
    exact: Estimate
    within_one: Estimate
    alpha: Estimate
    """Krippendorff's, ordinal."""
    ac2: Estimate
    """Gwet's, quadratic weights."""
    kappa: Estimate
    """Cohen's, quadratic weights."""


class ClauseRecord(Frozen):
    """The track record of one clause."""

    content: str
    """Hash of what the clause claims and what confirms it: the record is about that alone."""
    upheld: int
    reviewed: int
    precision: float
    lower_bound: float


class CalibrationFile(Frozen):
    """A calibration as it is kept: `version` is the hash of everything else."""

    schema_: int = Field(default=SCHEMA_VERSION, alias="schema")
    version: str = ""
    rubric: RubricRef
    cases: int
    left_out: int
    """Cases whose person saw the suggestion first."""
    agreement: dict[str, CriterionAgreement]
    clauses: dict[str, ClauseRecord]


def calibrate(cases: Iterable[GoldCase], rubric: Rubric) -> CalibrationFile:
    """Gives agreement per criterion and track records per clause, from cases rated unseen.

    Each report is rated again under this rubric without a calibration. A clause counts once for
    each task on which it is confirmed and was judged; it is upheld where most people say so.

    Raises:
        CalibrationError: where a case names what the rubric does not have, or none is left.
    """
    every = tuple(cases)
    for case in every:
        _check(case, rubric)
    used = tuple(case for case in every if not case.shown_suggestion)
    if not used:
        raise CalibrationError(
            f"expected cases with shown_suggestion: false, came {len(every)} case(s) without any; "
            "have people rate some tasks without seeing suggestions"
        )
    rated = [(case, rate(case.report, rubric)) for case in used]
    content = {
        "schema": SCHEMA_VERSION,
        "rubric": {"id": rubric.id, "version": rubric.version},
        "cases": len(used),
        "left_out": len(every) - len(used),
        "agreement": {one.id: _agreement(one.id, rated, rubric) for one in rubric.criteria},
        "clauses": _records(rated, rubric),
    }
    made = CalibrationFile.model_validate(content)
    return made.model_copy(update={"version": _version(made)})


def load_calibration(text: str, rubric: Rubric, *, name: str = "calibration") -> Calibration:
    """Gives the track records of the rubric's clauses.

    A record whose clause claims or looks for something else by now is left out.

    Raises:
        CalibrationError: where the text is no calibration, was edited, or is of another rubric.
    """
    try:
        file = CalibrationFile.model_validate(json.loads(text))
    except ValidationError as exc:
        fault = schema_fault(exc.errors(include_url=False)[0])
        raise CalibrationError(f"{name}: {fault}; or write it again by `gavel calibrate`") from exc
    except ValueError as exc:
        raise CalibrationError(f"{name}: not JSON: {exc}; write it by `gavel calibrate`") from exc
    if file.version != _version(file):
        raise CalibrationError(
            f"{name}: its content is not that of version {file.version!r}, so it was edited; "
            "write it again by `gavel calibrate`"
        )
    if file.rubric.id != rubric.id:
        raise CalibrationError(
            f"{name}: expected a calibration of rubric {rubric.id}, came one of {file.rubric.id}; "
            "name the one that belongs to the rubric"
        )
    contents = {clause.id: _content(clause) for clause in rubric.clauses}
    return Calibration(
        version=file.version,
        records={
            clause: TrackRecord(upheld=record.upheld, reviewed=record.reviewed)
            for clause, record in file.clauses.items()
            if contents.get(clause) == record.content
        },
    )


def _check(case: GoldCase, rubric: Rubric) -> None:
    known = {"criterion": {c.id for c in rubric.criteria}, "clause": {c.id for c in rubric.clauses}}
    for word, names in (("criterion", case.ratings), ("clause", case.clauses)):
        for name in names:
            if name not in known[word]:
                raise CalibrationError(
                    f"case {case.id}: rubric {rubric.id} has no {word} {name}; "
                    f"name one of {', '.join(sorted(known[word]))}"
                )
    for name, value in case.ratings.items():
        if value is not None and value not in rubric.scale:
            raise CalibrationError(
                f"case {case.id}: expected {name} on the scale {rubric.scale[0]} to "
                f"{rubric.scale[-1]}, came {value}; correct it, or give null for not applicable"
            )


Rated = Sequence[tuple[GoldCase, RatedReport]]


def _agreement(criterion: str, rated: Rated, rubric: Rubric) -> CriterionAgreement:
    tasks: defaultdict[str, list[Unit]] = defaultdict(list)
    silent = 0
    for case, report in rated:
        theirs, ours = case.ratings.get(criterion), report.ratings[criterion].value
        if theirs is not None and ours is not None:
            tasks[case.id].append((ours, theirs))
        elif theirs is not None:
            silent += 1
    groups = [tasks[name] for name in sorted(tasks)]
    units = Counter(unit for group in groups for unit in group)
    return CriterionAgreement(
        pairs=sum(units.values()),
        silent=silent,
        exact=_share(units, 0),
        within_one=_share(units, 1),
        alpha=_estimate(groups, units, ordinal_alpha),
        ac2=_estimate(groups, units, lambda counted: ac2(counted, rubric.scale)),
        kappa=_estimate(groups, units, lambda counted: quadratic_kappa(counted, rubric.scale)),
    )


def _share(units: Mapping[Unit, int], apart: int) -> Estimate:
    total = sum(units.values())
    if not total:
        return Estimate(value=None)
    hits = sum(times for (ours, theirs), times in units.items() if abs(ours - theirs) <= apart)
    low, high = wilson(hits, total)
    return Estimate(value=hits / total, low=low, high=high)


def _estimate(
    groups: Sequence[Sequence[Unit]],
    units: Mapping[Unit, int],
    figure: Callable[[Mapping[Unit, int]], float | None],
) -> Estimate:
    value = figure(units)
    if value is None:
        return Estimate(value=None)
    low, high = bootstrap(groups, figure, seed=SEED) or (None, None)
    return Estimate(value=value, low=low, high=high)


def _records(rated: Rated, rubric: Rubric) -> dict[str, dict[str, Any]]:
    votes: defaultdict[str, defaultdict[str, list[bool]]]
    votes = defaultdict(lambda: defaultdict(list))
    for case, report in rated:
        confirmed = {clause for one in report.ratings.values() for clause in one.clauses}
        for clause, upheld in case.clauses.items():
            if clause in confirmed:
                votes[clause][case.id].append(upheld)
    return {
        clause.id: _record(clause, list(votes[clause.id].values()))
        for clause in rubric.clauses
        if clause.id in votes
    }


def _record(clause: Clause, tasks: Sequence[Sequence[bool]]) -> dict[str, Any]:
    upheld = sum(2 * sum(votes) > len(votes) for votes in tasks)
    record = TrackRecord(upheld=upheld, reviewed=len(tasks))
    return {
        "content": _content(clause),
        "upheld": upheld,
        "reviewed": len(tasks),
        "precision": upheld / len(tasks),
        "lower_bound": record.lower_bound(),
    }


def _content(clause: Clause) -> str:
    return content_version(clause.model_dump(mode="json", include={"title", "detectors"}))


def _version(file: CalibrationFile) -> str:
    return content_version(file.model_dump(mode="json", by_alias=True))
