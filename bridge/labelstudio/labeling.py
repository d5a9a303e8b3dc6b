"""Label config <-> criteria: writes the annotation page from a rubric, and reads its names back. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import etree

from bridge.evidence import css_string
from bridge.resources import templates_dir
from rubric.model import Criterion, Rubric

Variant = Literal["rich", "plain"]
REVIEWS = ("agree", "corrected", "escalate")
LOOKED = "looked"
NA = "N/A"
VARIABLES: Mapping[str, tuple[str, ...]] = {
    "rich": ("prompt", "code_html", "evidence_html"),
    "plain": ("prompt", "code"),
}
"""Task variables that each page names; importing a task without one of them is refused."""
_RATING_KEYS = "qwertyuiopasdfghjklzxcvbnm"
_DIGITS = "1234567890"


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlMap:
    """What each control of a page means."""

    ratings: Mapping[str, str]
    """Control -> criterion."""
    not_applicable: Mapping[str, str]
    notes: Mapping[str, str]
    verdict: str = "verdict"
    overall: str = "overall_feedback"
    review: str = "review"
    reasons: str = "reason"
    checklist: str = "checklist"
    marks: str = "finding"
    mark_note: str = "finding_note"
    evidence: str = "evidence"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    value: str
    hotkey: str
    alias: str = ""
    hint: str = ""


def control_map(rubric: Rubric) -> ControlMap:
    """Gives the meaning of the controls that `label_config` writes."""
    return ControlMap(
        ratings={c.id: c.id for c in rubric.criteria},
        not_applicable={f"{c.id}_na": c.id for c in rubric.criteria if c.na_allowed},
        notes={f"{c.id}_note": c.id for c in rubric.criteria},
    )


def label_config(
    rubric: Rubric,
    *,
    variant: Variant = "rich",
    columns: Mapping[str, str] | None = None,
) -> str:
    """Gives the XML of the annotation page.

    Args:
        rubric: its criteria become the cards.
        variant: `rich` needs the variables of a Gavel import; `plain` works on text columns.
        columns: our names `prompt` and `code` -> the project's columns; an empty prompt column
            leaves the prompt out.
    """
    names = {"prompt": "prompt", "code": "code", **(columns or {})}
    return (
        _environment()
        .get_template(f"{variant}.xml")
        .render(
            prompt=names["prompt"],
            code=names["code"],
            rich=variant == "rich",
            top=rubric.scale[-1],
            generated=_generated_css(rubric),
            cards=[_card(i, criterion) for i, criterion in enumerate(rubric.criteria)],
            verdicts=_verdicts(rubric),
            checklist=_checklist(rubric),
            reviews=_reviews(),
            reasons=_reasons(rubric),
            labels=_labels(rubric),
        )
    )


def check_config(xml: str, rubric: Rubric) -> tuple[str, ...]:
    """Gives what keeps a page from fitting a rubric, one sentence each; empty when it fits."""
    try:
        root = etree.fromstring(xml.encode(), etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError as exc:
        return (f"the label config is not XML: {exc.msg}",)
    return (
        *_rating_problems(root, rubric),
        *_control_problems(root, rubric),
        *_choice_problems(root, rubric),
        *_hotkey_problems(root),
    )


def _rating_problems(root: etree._Element, rubric: Rubric) -> Iterator[str]:
    ratings = {str(tag.get("name")): tag for tag in root.iter("Rating")}
    for criterion in rubric.criteria:
        tag = ratings.get(criterion.id)
        if tag is None:
            yield f"there is no Rating named {criterion.id} for {criterion.name}"
        elif tag.get("maxRating", "5") != str(rubric.scale[-1]):
            yield f"Rating {criterion.id} ends at {tag.get('maxRating')}, not {rubric.scale[-1]}"


def _control_problems(root: etree._Element, rubric: Rubric) -> Iterator[str]:
    known = known_controls(rubric)
    shown = {str(tag.get("name")) for tag in root.iter() if tag.get("name") and tag.get("toName")}
    for name in sorted(shown - known):
        yield f"control {name} means nothing to this rubric"
    wanted = {control_map(rubric).review, control_map(rubric).verdict}
    if rubric.reasons:
        wanted.add(control_map(rubric).reasons)
    for name in sorted(wanted - shown):
        yield f"control {name} is missing"


def known_controls(rubric: Rubric) -> set[str]:
    """Gives every control name that means something."""
    controls = control_map(rubric)
    single = {
        controls.verdict, controls.overall, controls.review, controls.reasons,
        controls.checklist, controls.marks, controls.mark_note, controls.evidence,
    }  # fmt: skip
    return {*controls.ratings, *controls.not_applicable, *controls.notes, *single}


def _choice_problems(root: etree._Element, rubric: Rubric) -> Iterator[str]:
    allowed = {
        "verdict": set(rubric.verdicts),
        "review": set(REVIEWS),
        "reason": {reason.code for reason in rubric.reasons},
        "checklist": {LOOKED, *(clause.id for clause in rubric.clauses if clause.question)},
    }
    for tag in root.iter("Choices"):
        name = str(tag.get("name"))
        for choice in tag.iter("Choice"):
            stored = choice.get("alias") or choice.get("value")
            if name in allowed and stored not in allowed[name]:
                yield f"choice {stored} of {name} means nothing to this rubric"


def _hotkey_problems(root: etree._Element) -> Iterator[str]:
    keys: Counter[str] = Counter()
    for tag in root.iter("Choice", "Rating", "Label"):
        key = tag.get("hotkey")
        if key is None:
            name = tag.get("alias") or tag.get("value") or tag.get("name")
            yield f"{etree.QName(tag).localname} {name} has no hotkey, so Label Studio would give it a letter"
        else:
            keys[key] += 1
    for key, count in keys.items():
        if count > 1:
            yield f"hotkey {key} is given {count} times"


def _card(index: int, criterion: Criterion) -> dict[str, object]:
    key = _RATING_KEYS[index] if index < len(_RATING_KEYS) else f"ctrl+{index}"
    return {
        "id": criterion.id,
        "title": f"{criterion.id} {criterion.short or criterion.name}",
        "hotkey": key,
        "na": criterion.na_allowed,
        "na_hotkey": f"shift+{key}",
    }


def _verdicts(rubric: Rubric) -> list[_Choice]:
    return [
        _Choice(value=verdict, hotkey=key, hint=f"{verdict} ({key})")
        for verdict, key in zip(rubric.verdicts, _keys("alt+", 6), strict=False)
    ]


def _reviews() -> list[_Choice]:
    meaning = ("the ratings stand", "I changed a rating", "someone else must look")
    return [
        _Choice(value=value, hotkey=f"alt+{7 + i}", hint=f"{meaning[i]} (alt+{7 + i})")
        for i, value in enumerate(REVIEWS)
    ]


def _reasons(rubric: Rubric) -> list[_Choice]:
    keys = _keys("shift+", len(rubric.reasons))
    return [
        _Choice(
            value=f"{reason.code} {reason.short}".strip(),
            alias=reason.code,
            hotkey=key,
            hint=f"{reason.code}: {reason.text} ({key})",
        )
        for reason, key in zip(rubric.reasons, keys, strict=True)
    ]


def _checklist(rubric: Rubric) -> list[_Choice]:
    asked = [clause for clause in rubric.clauses if clause.question]
    keys = _keys("ctrl+alt+", len(asked))
    return [
        _Choice(value=f"{clause.id} {clause.question}", alias=clause.id, hotkey=key)
        for clause, key in zip(asked, keys, strict=True)
    ]


def _labels(rubric: Rubric) -> list[dict[str, str]]:
    return [
        {"value": label.name, "background": label.background, "hotkey": key}
        for label, key in zip(rubric.labels, _keys("", len(rubric.labels)), strict=True)
    ]


def _keys(prefix: str, count: int) -> list[str]:
    """Gives so many hotkeys: digits first, then function keys, which nothing else uses."""
    spare = [f"{prefix or 'ctrl+'}f{number}" for number in range(1, count + 1)]
    return [*(prefix + digit for digit in _DIGITS), *spare][:count]


def _generated_css(rubric: Rubric) -> str:
    """Gives the rules that name criteria: where a card reads its facts, and its anchors."""
    rules = []
    for criterion in rubric.criteria:
        name = criterion.id
        ends = "·".join(str(value) for value in sorted(criterion.anchors))
        rules.append(
            f".gr .a-{name}{{--ends:{css_string(ends)};--a:{css_string(_anchors(criterion))}}}"
        )
        rules.append(_fact_rules(name))
    return "\n".join([*rules, _fact_rules("overall")])


def _fact_rules(name: str) -> str:
    return (
        f".gr .w-{name}::before{{content:var(--g-{name})}} "
        f".gr .w-{name}::after{{content:var(--r-{name});color:var(--k-{name},var(--dim))}}"
    )


def _anchors(criterion: Criterion) -> str:
    lines: Sequence[str] = [f"{value}  {text}" for value, text in sorted(criterion.anchors.items())]
    return "\n".join([criterion.question, *lines])


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(templates_dir() / "labeling"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
