"""The page is made from the rubric, fits it, and follows the rules that Label Studio sets."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from bridge.labelstudio.labeling import (
    VARIABLES,
    Variant,
    check_config,
    control_map,
    known_controls,
    label_config,
)
from rubric.load import load_rubric
from tests.rubric.reports import shipped
from tests.rubric.test_load import GERMAN

VARIANTS: list[Variant] = ["rich", "plain"]


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("text", ["", GERMAN])
def test_generated_page_fits_its_rubric(variant: Variant, text: str) -> None:
    """No problem is found on a page that we wrote, for any rubric."""
    rubric = load_rubric(text) if text else shipped()

    assert check_config(label_config(rubric, variant=variant), rubric) == ()


@pytest.mark.parametrize("variant", VARIANTS)
def test_page_names_only_its_variables(variant: Variant) -> None:
    """A variable that a task lacks would refuse its import."""
    root = etree.fromstring(label_config(shipped(), variant=variant))

    named = {value[1:] for tag in root.iter() for value in tag.values() if value.startswith("$")}
    assert named == set(VARIABLES[variant])


def test_columns_of_a_project_are_used() -> None:
    """The plain page reads the project's own columns, and does without a prompt."""
    xml = label_config(shipped(), variant="plain", columns={"code": "answer", "prompt": ""})

    assert ("$answer" in xml, "$prompt" in xml, "$code" in xml) == (True, False, False)


@pytest.mark.parametrize("variant", VARIANTS)
def test_style_has_no_child_selector(variant: Variant) -> None:
    """Label Studio escapes `>` inside Style and drops the rule."""
    root = etree.fromstring(label_config(shipped(), variant=variant))

    assert [style.text for style in root.iter("Style") if ">" in str(style.text)] == []


def test_style_reaches_nothing_but_the_page() -> None:
    """Each rule is bound to our root, or is about a page that holds it."""
    root = etree.fromstring(label_config(shipped()))
    css = str(next(root.iter("Style")).text)

    selectors = re.findall(r"(?:^|[}\n])\s*([^{}@\n]+)\{", re.sub(r'"[^"]*"', '""', css))
    free = [
        s
        for s in selectors
        if "gr" not in s and not s.startswith((".lsf-sidepanels", "from", "to"))
    ]
    assert free == []


def test_review_control_and_reasons_are_there() -> None:
    """Agree, corrected, escalate; R1 to R10 by their codes."""
    root = etree.fromstring(label_config(shipped()))

    def stored(name: str) -> list[str]:
        choices = root.find(f".//Choices[@name='{name}']")
        assert choices is not None
        return [str(choice.get("alias")) for choice in choices]

    assert stored("review") == ["agree", "corrected", "escalate"]
    assert stored("reason") == [f"R{n}" for n in range(1, 11)]


def test_many_questions_get_keys_of_their_own() -> None:
    """More than ten clauses for people still have explicit keys."""
    clause = "  - {{id: S-{n}, criterion: S, title: t, cap: 3, severity: minor, machine: never, question: q}}\n"
    text = GERMAN.replace("gates:", "".join(clause.format(n=n) for n in range(2, 16)) + "gates:")
    rubric = load_rubric(text)

    assert check_config(label_config(rubric), rubric) == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('<Rating name="EH"', '<Rating name="EX"', "no Rating named EH"),
        ('maxRating="5"', 'maxRating="3"', "ends at 3, not 5"),
        ('<Rating name="EH"', '<Rating name="EX"', "control EX means nothing"),
        ('Choices name="review"', 'Choices name="look"', "control review is missing"),
        ('Choices name="reason"', 'Choices name="why"', "control reason is missing"),
        ('alias="R3"', 'alias="R33"', "choice R33 of reason"),
        ('alias="CR-10" hotkey="ctrl+alt+1"', 'alias="CR-10"', "CR-10 has no hotkey"),
        ('hotkey="q"', 'hotkey="w"', "hotkey w is given 2 times"),
        ("</View>", "", "is not XML"),
    ],
)
def test_misfits_are_named(old: str, new: str, message: str) -> None:
    """What a hand has changed is found again."""
    xml = label_config(shipped()).replace(old, new)

    assert message in "\n".join(check_config(xml, shipped()))


def test_every_control_is_in_the_map() -> None:
    """The inverse mapping covers the ratings, N/A boxes and notes."""
    controls = control_map(shipped())

    assert (controls.ratings["CR"], controls.not_applicable["CC_na"]) == ("CR", "CC")
    assert "CR_na" not in controls.not_applicable
    assert {"CR_note", "review", "evidence"} < known_controls(shipped())
