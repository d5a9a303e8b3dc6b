"""Ratings <-> Label Studio's result items: a rated report in, a prediction out, and the way back. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bridge.evidence import LineFacts, line_facts, short_note
from bridge.labelstudio.code_html import (
    CodePage,
    code_html,
    code_page,
    mark,
    place_of,
    text_mark,
)
from bridge.labelstudio.labeling import NA, ControlMap, Variant, check_config
from bridge.strip import chips, lead, not_checked
from rubric.model import RatedReport, Rating, RatingStatus, Rubric
from rubric.rules.overall import verdict_for
from sandbox.model import AuditInput, SourceText

Json = dict[str, Any]
Mode = Literal["assisted", "evidence", "blind"]
NOT_APPLICABLE: Literal["na"] = "na"
Value = int | Literal["na"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A marked place as Label Studio returned it; line is None where the place is unreadable."""

    label: str
    file: int = 0
    line: int | None = None
    note: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationRatings:
    """What a person said in one annotation. A criterion that is absent was left open."""

    ratings: Mapping[str, Value] = field(default_factory=dict)
    """Criterion -> rating or `na`."""
    notes: Mapping[str, str] = field(default_factory=dict)
    verdict: str | None = None
    overall: str = ""
    review: str | None = None
    reasons: tuple[str, ...] = ()
    checklist: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    """Control -> prediction, prediction-changed or manual; absent where Label Studio sent none."""
    unknown: tuple[str, ...] = ()
    """Controls that mean nothing to us, and values we could not read."""


def sources_of(given: AuditInput) -> tuple[SourceText, ...]:
    """Gives the texts of a task in the order the page shows them."""
    if given.code is not None:
        return (SourceText(name="", text=given.code),)
    return tuple(SourceText(name=name, text=text) for name, text in sorted(_files(given)))


def task_data(given: AuditInput, *, evidence_html: str) -> Json:
    """Gives the variables that the rich page names, for the importer to add to a task."""
    return {
        "prompt": given.prompt,
        "code_html": code_html(code_page(sources_of(given))),
        "evidence_html": evidence_html,
    }


def config_problems(xml: str, rubric: Rubric) -> list[str]:
    """Gives what keeps a project's label config from fitting the rubric."""
    return list(check_config(xml, rubric))


def build_prediction(
    rated: RatedReport,
    rubric: Rubric,
    sources: Sequence[SourceText],
    *,
    variant: Variant = "rich",
    mode: Mode = "assisted",
    model_version: str = "gavel",
) -> Json:
    """Gives the prediction of a task; the same report gives the same items with the same ids.

    Args:
        rated: the report.
        rubric: the rubric that rated it.
        sources: the task's texts, as `sources_of` gives them.
        variant: the project's page.
        mode: `evidence` leaves ratings, notes and verdict out; `blind` leaves everything out.
        model_version: the project's one stable version; the label stream shows no other.
    """
    result: list[Json] = []
    if mode == "assisted":
        result += _rating_items(rated, rubric)
    if mode != "blind":
        result += _mark_items(rated, rubric, sources, variant)
        if variant == "plain":
            result.append(_text("evidence", _plain_evidence(rated, rubric)))
    return {"model_version": model_version, "result": result}


def prediction_errors(prediction: Json, label_config: str) -> tuple[str, ...]:
    """Gives what Label Studio's own checker says against a prediction.

    The SDK takes 2.5 s to import, so it is imported by the first call.
    """
    from label_studio_sdk.label_interface import LabelInterface  # noqa: PLC0415

    found = LabelInterface(label_config).validate_prediction(prediction, return_errors=True)
    return tuple(str(error) for error in found)


def ratings_of(result: Sequence[Json], controls: ControlMap) -> AnnotationRatings:
    """Gives what a person said, from an annotation's result.

    N/A wins over stars in the same card. An item that means nothing is reported in `unknown`.
    """
    seen = _Reading(controls)
    for item in result:
        if not seen.take(item):
            name = item.get("from_name") or item.get("type")
            seen.unknown[f"{name}"] = None
    return seen.ratings()


def _files(given: AuditInput) -> Iterator[tuple[str, str]]:
    yield from (given.files or {}).items()


def _rating_items(rated: RatedReport, rubric: Rubric) -> Iterator[Json]:
    for criterion in rubric.criteria:
        rating = rated.ratings[criterion.id]
        yield from _card_items(criterion.id, rating, na_allowed=criterion.na_allowed)
    overall = rated.overall
    if overall.status is RatingStatus.SUGGESTED and overall.value is not None:
        yield _choices("verdict", [verdict_for(overall.value, rubric)])
        yield _text("overall_feedback", [overall.feedback])


def _card_items(name: str, rating: Rating, *, na_allowed: bool) -> Iterator[Json]:
    if rating.status is RatingStatus.NOT_APPLICABLE and na_allowed:
        yield _choices(f"{name}_na", [NA])
    if rating.status is not RatingStatus.SUGGESTED or rating.value is None:
        return
    yield _item(name, "rating", {"rating": rating.value})
    if rating.feedback:
        yield _text(f"{name}_note", [rating.feedback])


def _mark_items(
    rated: RatedReport, rubric: Rubric, sources: Sequence[SourceText], variant: Variant
) -> Iterator[Json]:
    page = code_page(sources)
    for facts in line_facts(rated, page.names if len(page.names) > 1 else ()):
        span = _span(facts, page, sources, variant)
        label = _label(facts, rubric)
        if span is None or label is None:
            continue
        identity = f"m{facts.where}"
        yield _item("finding", "labels", {**span, "labels": [label]}, identity=identity)
        note = short_note(facts.findings, rubric)
        yield _item("finding_note", "textarea", {**span, "text": [note]}, identity=identity)


def _span(
    facts: LineFacts, page: CodePage, sources: Sequence[SourceText], variant: Variant
) -> Json | None:
    if variant == "plain":
        return text_mark(sources[0].text, facts.line)
    line = page.at(facts.file, facts.line)
    return None if line is None else mark(page, line)


def _label(facts: LineFacts, rubric: Rubric) -> str | None:
    """Gives the mark of the line's strongest finding; the first label for an unclaimed one."""
    worst = max(facts.findings, key=lambda finding: finding.grade)
    for label in rubric.labels:
        if worst.criterion in label.criteria:
            return label.name
    return rubric.labels[0].name if rubric.labels else None


def _plain_evidence(rated: RatedReport, rubric: Rubric) -> list[str]:
    strip = [lead(rated).text]
    strip += [chip.words for chip in chips(rated)]
    silent: dict[str, list[str]] = {}
    for criterion in rubric.criteria:
        rating = rated.ratings[criterion.id]
        if rating.status is not RatingStatus.SUGGESTED:
            silent.setdefault(rating.reason, []).append(criterion.id)
    said = "; ".join(f"{', '.join(ids)}: {reason}" for reason, ids in silent.items())
    rows = [" | ".join(strip), f"No suggestion for {said}" if said else ""]
    rows.append("Not checked: " + "; ".join(not_checked(rated)) if rated.not_checked else "")
    return [row for row in rows if row]


def _item(name: str, kind: str, value: Json, identity: str = "") -> Json:
    return {
        "id": identity or name,
        "from_name": name,
        "to_name": "code",
        "type": kind,
        "value": value,
    }


def _choices(name: str, chosen: list[str]) -> Json:
    return _item(name, "choices", {"choices": chosen})


def _text(name: str, rows: list[str]) -> Json:
    return _item(name, "textarea", {"text": rows})


class _Reading:
    """Collects the items of one result."""

    def __init__(self, controls: ControlMap) -> None:
        self.controls = controls
        self.stars: dict[str, Value] = {}
        self.left_out: set[str] = set()
        self.notes: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.chosen: dict[str, tuple[str, ...]] = {}
        self.marks: dict[str, Mark] = {}
        self.mark_notes: dict[str, str] = {}
        self.origins: dict[str, str] = {}
        self.unknown: dict[str, None] = {}

    def take(self, item: Json) -> bool:
        """Reads one item; False where it means nothing."""
        name, value = item.get("from_name"), item.get("value")
        if not isinstance(name, str) or not isinstance(value, dict):
            return False
        taken = (
            self._rating(name, value)
            or self._choice(name, value)
            or self._text(name, value, str(item.get("id")))
            or self._mark(name, value, item)
        )
        if taken and isinstance(item.get("origin"), str):
            self.origins[name] = item["origin"]
        return taken

    def _rating(self, name: str, value: Json) -> bool:
        criterion, rating = self.controls.ratings.get(name), value.get("rating")
        if criterion is None or not isinstance(rating, int) or isinstance(rating, bool):
            return False
        if rating > 0:
            self.stars[criterion] = rating
        return True

    def _choice(self, name: str, value: Json) -> bool:
        chosen = value.get("choices")
        if not isinstance(chosen, list):
            return False
        if name in self.controls.not_applicable:
            if chosen:
                self.left_out.add(self.controls.not_applicable[name])
            return True
        known = (
            self.controls.verdict,
            self.controls.review,
            self.controls.reasons,
            self.controls.checklist,
        )
        if name not in known:
            return False
        self.chosen[name] = tuple(str(choice) for choice in chosen)
        return True

    def _text(self, name: str, value: Json, identity: str) -> bool:
        rows = value.get("text")
        if isinstance(rows, str):
            rows = [rows]
        if not isinstance(rows, list):
            return False
        text = "\n".join(str(row) for row in rows).strip()
        if name == self.controls.mark_note:
            self.mark_notes[identity] = text
        elif name in self.controls.notes:
            self.notes[self.controls.notes[name]] = text
        elif name in (self.controls.overall, self.controls.evidence):
            self.texts[name] = text
        else:
            return False
        return True

    def _mark(self, name: str, value: Json, item: Json) -> bool:
        labels = value.get("labels")
        if name != self.controls.marks or not isinstance(labels, list):
            return False
        place = place_of(value["start"]) if isinstance(value.get("start"), str) else None
        self.marks[str(item.get("id"))] = Mark(
            label=", ".join(str(label) for label in labels),
            file=place[0] if place else 0,
            line=place[1] if place else None,
            origin=str(item.get("origin") or ""),
        )
        return True

    def _only(self, name: str) -> str | None:
        chosen = self.chosen.get(name, ())
        return chosen[0] if chosen else None

    def ratings(self) -> AnnotationRatings:
        """Gives what was read."""
        return AnnotationRatings(
            ratings={**self.stars, **dict.fromkeys(sorted(self.left_out), NOT_APPLICABLE)},
            notes={name: text for name, text in self.notes.items() if text},
            verdict=self._only(self.controls.verdict),
            overall=self.texts.get(self.controls.overall, ""),
            review=self._only(self.controls.review),
            reasons=self.chosen.get(self.controls.reasons, ()),
            checklist=self.chosen.get(self.controls.checklist, ()),
            marks=tuple(
                replace(one, note=self.mark_notes.get(identity, ""))
                for identity, one in self.marks.items()
            ),
            origins=self.origins,
            unknown=tuple(self.unknown),
        )
