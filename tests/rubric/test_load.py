"""A rubric is read with its content's version, or refused with line and mend."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from rubric.load import RubricError, load_rubric
from tests.rubric.reports import ALTERNATIVE, shipped

GERMAN = ALTERNATIVE.read_text(encoding="utf-8")


def changed(**changes: Any) -> str:
    raw = yaml.safe_load(GERMAN)
    for path, value in changes.items():
        place = raw
        *parents, last = path.split("__")
        for part in parents:
            place = place[int(part) if part.isdigit() else part]
        place[last] = value
    return yaml.safe_dump(raw, allow_unicode=True)


def faults(text: str) -> str:
    with pytest.raises(RubricError) as caught:
        load_rubric(text, name="r.yaml")
    return str(caught.value)


def test_another_scale_and_language_needs_no_code() -> None:
    """Three criteria, a 1-4 scale and German feedback are a rubric."""
    rubric = load_rubric(GERMAN)

    assert (rubric.scale, [c.id for c in rubric.criteria]) == ((1, 2, 3, 4), ["R", "S", "N"])


def test_version_is_the_content() -> None:
    """Comments and layout leave the version alone, a changed word does not."""
    same = load_rubric("# comment\n" + yaml.safe_dump(yaml.safe_load(GERMAN))).version
    other = load_rubric(GERMAN.replace("Stimmt es?", "Passt es?")).version

    assert load_rubric(GERMAN).version == same != other


def test_a_written_version_does_not_count() -> None:
    """The version is always the hash, whatever the text claims."""
    assert load_rubric(GERMAN).version == load_rubric(GERMAN + "version: mine\n").version


def test_shipped_rubric_loads() -> None:
    """Ten criteria whose weights sum to 100, and a question for each human-only clause."""
    rubric = shipped()

    assert (len(rubric.criteria), sum(c.weight for c in rubric.criteria)) == (10, 100)
    assert sum(bool(clause.question) for clause in rubric.clauses) == 10


def test_shipped_card_names_fit() -> None:
    """A card's name has at most 24 characters."""
    assert [c.short for c in shipped().criteria if len(c.short or c.name) > 24] == []


def test_no_sentence_serves_two_clauses() -> None:
    """Each feedback sentence of the shipped rubric is its own."""
    said = [clause.feedback for clause in shipped().clauses if clause.feedback]

    assert len(said) == len(set(said))


@pytest.mark.parametrize("text", ["a: [", "a: 'b", "\t- x"])
def test_broken_yaml_names_its_line(text: str) -> None:
    """A syntax fault says where."""
    assert faults(text).startswith("r.yaml:")
    assert "not YAML" in faults(text)


def test_unreadable_characters_are_a_fault() -> None:
    """YAML's reader errors have no mark; they are faults of line 1."""
    assert "r.yaml:1: not YAML" in faults("a: \x00")


@pytest.mark.parametrize("text", ["", "- 1", "word"])
def test_not_a_mapping(text: str) -> None:
    """A list, a word or nothing is no rubric."""
    assert "expected keys" in faults(text)


def test_wrong_type_names_file_line_and_field() -> None:
    """A fault of the model points at the line of the field."""
    line = GERMAN.splitlines().index("scale: [1, 2, 3, 4]") + 1

    assert f"r.yaml:{line}: scale" in faults(GERMAN.replace("[1, 2, 3, 4]", "many"))


def test_missing_field_points_at_its_owner() -> None:
    """A field that is absent has no line, so its owner's line is given."""
    text = GERMAN.replace('question: "Liest es sich?", ', "")
    line = next(i for i, t in enumerate(text.splitlines(), 1) if "id: S, name" in t)

    assert f"r.yaml:{line}: criteria.1.question" in faults(text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scale": [0, 1, 2]}, "must count up from 1"),
        ({"scale": [1]}, "must count up from 1"),
        ({"criteria": [], "clauses": [], "gates": [], "labels": []}, "there is no criterion"),
        ({"verdicts": ["yes"]}, "at least two overall verdicts"),
        ({"criteria__1__id": "R"}, "R stands twice in criteria"),
        ({"criteria__1__id": "1 x"}, "use letters, digits and _"),
        ({"criteria__1__weight": 0}, "must be 1 or more"),
        ({"criteria__1__ceiling": 9}, "ceiling 9 is not on the scale"),
        ({"criteria__1__anchors": {7: "x"}}, "anchor 7 is not on the scale"),
        ({"criteria__2__na_when": "moon"}, "na_when must be one of"),
        ({"criteria__2__na_allowed": False}, "na_when needs na_allowed"),
        ({"criteria__0__proof": ["moon"]}, "proof must be one of"),
        ({"criteria__0__needs": []}, "needs at least one stage"),
        ({"clauses__0__criterion": "X"}, "there is no criterion X"),
        ({"clauses__0__cap": 9}, "cap 9 is not on the scale"),
        ({"clauses__1__question": ""}, "needs a question"),
        ({"clauses__0__detectors": []}, "add a detector"),
        ({"clauses__0__detectors": [{"rules": ["x"]}]}, "a detector needs tool"),
        ({"clauses__0__detectors": [{"observed": "moon"}]}, "moon must be one of"),
        ({"clauses__0__feedback": "{loc}"}, "must name {evidence}, {fix}"),
        ({"clauses__0__fix": ""}, "add a fix"),
        ({"gates__0__overall_cap": 9}, "overall_cap is not on the scale"),
        ({"gates__0__clauses": ["X-1"]}, "there is no clause X-1"),
        ({"gates__0__criterion": "X"}, "there is no criterion X"),
        ({"labels__0__criteria": ["X"]}, "there is no criterion X"),
    ],
)
def test_every_fault_says_what_to_mend(changes: dict[str, Any], message: str) -> None:
    """A rubric that contradicts itself is refused in words."""
    assert message in faults(changed(**changes))
