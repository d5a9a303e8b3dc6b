"""A rated report becomes a prediction, and an annotation becomes ratings; nothing is lost between."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.labelstudio.labeling import Variant, control_map, label_config
from bridge.labelstudio.payload import (
    AnnotationRatings,
    Mode,
    build_prediction,
    config_problems,
    prediction_errors,
    ratings_of,
    sources_of,
    task_data,
)
from rubric.suggest import rate
from sandbox.model import AuditInput, NotChecked, Observed, Verdict
from tests.rubric.reports import FOUND, NOT_APPLICABLE, make_finding, make_report, shipped

CODE = 'package main\n\n\tos.Remove("🙂")\n\nfunc main() {}\n'
GIVEN = AuditInput(code=CODE, prompt="p")
CONTROLS = control_map(shipped())


def predicted(
    *, variant: Variant = "rich", mode: Mode = "assisted", given: AuditInput = GIVEN, **changes: Any
) -> list[dict[str, Any]]:
    rated = rate(make_report(**changes), shipped())
    made = build_prediction(rated, shipped(), sources_of(given), variant=variant, mode=mode)
    result: list[dict[str, Any]] = made["result"]
    return result


def read(*items: dict[str, Any]) -> AnnotationRatings:
    return ratings_of(items, CONTROLS)


def item(name: str, **value: Any) -> dict[str, Any]:
    return {"id": f"i-{name}", "from_name": name, "to_name": "code", "value": value}


@pytest.mark.parametrize("variant", ["rich", "plain"])
def test_label_studio_accepts_the_prediction(variant: Variant) -> None:
    """Label Studio's own checker finds nothing against it."""
    rated = rate(make_report(findings=(make_finding(),), race=FOUND), shipped())
    made = build_prediction(rated, shipped(), sources_of(GIVEN), variant=variant)

    assert prediction_errors(made, label_config(shipped(), variant=variant)) == ()


def test_checker_notices_a_wrong_name() -> None:
    """A control that the page lacks is an error, which the server itself would accept."""
    wrong = {"model_version": "gavel", "result": [item("XX", rating=2) | {"type": "rating"}]}

    assert prediction_errors(wrong, label_config(shipped()))


def test_prediction_reads_back_as_the_ratings() -> None:
    """What is suggested is what an untouched submit says; an abstention says nothing."""
    said = read(*predicted(findings=(make_finding(),), race=NOT_APPLICABLE))

    assert said.ratings == {"EH": 2, "CC": "na"}
    assert (said.verdict, said.unknown) == ("minor changes", ())
    assert said.notes["EH"].startswith("EH-1: A failure at line 3")
    assert said.overall == said.notes["EH"]


def test_marks_read_back_with_line_and_note() -> None:
    """A mark and its note share their id, and the path gives the line."""
    (one,) = read(*predicted(findings=(make_finding(file=""),))).marks

    assert (one.label, one.file, one.line) == ("Error", 0, 3)
    assert one.note.startswith("EH-1 [E2]")


def test_one_line_wears_one_mark() -> None:
    """Two findings on a line make one mark with both notes, labelled by the stronger."""
    findings = (make_finding(), make_finding(id="r", tool="race", rule="race", grade="E3"))

    (one,) = read(*predicted(findings=findings)).marks

    assert (one.label, one.note.count("\n")) == ("Race", 1)


@pytest.mark.parametrize("line", [2, 99])
def test_lines_that_cannot_be_marked_are_left_out(line: int) -> None:
    """A blank line or one that isn't there takes no mark."""
    assert read(*predicted(findings=(make_finding(line=line),))).marks == ()


def test_findings_in_the_tasks_tests_have_no_mark() -> None:
    """The page doesn't show the task's tests."""
    assert read(*predicted(findings=(make_finding(file="task_test.go"),))).marks == ()


def test_finding_without_a_clause_wears_the_first_label() -> None:
    """An unclaimed finding is shown all the same."""
    (one,) = read(*predicted(findings=(make_finding(tool="new", rule="x"),))).marks

    assert one.label == "Bug"


def test_marks_go_to_their_file() -> None:
    """With several files a mark stands in the one that the finding names."""
    given = AuditInput(files={"b.go": "package b\n\nvar x = 1\n", "a.go": "package b\n"})

    (one,) = read(*predicted(given=given, findings=(make_finding(file="b.go"),))).marks

    assert (one.file, one.line) == (1, 3)


@pytest.mark.parametrize(
    ("mode", "kinds"), [("evidence", {"labels", "textarea"}), ("blind", set())]
)
def test_modes_hold_back(mode: Mode, kinds: set[str]) -> None:
    """`evidence` marks the lines and rates nothing; `blind` shows nothing at all."""
    assert {x["type"] for x in predicted(mode=mode, findings=(make_finding(),))} == kinds


def test_plain_page_carries_the_evidence_as_an_item() -> None:
    """Strip, silence by reason and what was not checked."""
    items = predicted(variant="plain", not_checked=(NotChecked(what="fuzz", why="later"),))

    (rows,) = [x["value"]["text"] for x in items if x["from_name"] == "evidence"]
    assert rows[0].startswith("Runs; no case decides it | build, run ok E3")
    assert "IF, DI, PF, RD: no check can decide this" in rows[1]
    assert rows[2] == "Not checked: fuzz (later)"


def test_same_report_same_items() -> None:
    """Ids come from content, so a repeat changes nothing."""
    assert predicted(findings=(make_finding(),)) == predicted(findings=(make_finding(),))


def test_sandbox_fault_suggests_nothing() -> None:
    """No star, no verdict, no mark where nothing is known."""
    assert predicted(verdict=Verdict.INTERNAL_ERROR, race=Observed()) == []


def test_task_data_has_what_the_page_names() -> None:
    """Prompt, code and evidence, the code escaped."""
    data = task_data(AuditInput(code="a <b>", prompt="p"), evidence_html="e")

    assert set(data) == {"prompt", "code_html", "evidence_html"}
    assert "&lt;" in data["code_html"]


def test_na_wins_over_stars() -> None:
    """Ticking N/A beside stars that were pre-filled means N/A."""
    assert read(item("CC", rating=2), item("CC_na", choices=["N/A"])).ratings == {"CC": "na"}


def test_unticked_box_and_cleared_stars_say_nothing() -> None:
    """An empty N/A and zero stars are no rating."""
    said = read(item("CC_na", choices=[]), item("CR", rating=0), item("verdict", choices=[]))

    assert (said.ratings, said.verdict, said.unknown) == ({}, None, ())


def test_review_reasons_and_checklist_are_read() -> None:
    """The reviewer's controls come back as their codes."""
    said = read(
        item("review", choices=["corrected"]),
        item("reason", choices=["R1", "R6"]),
        item("checklist", choices=["looked", "CR-10"]),
        item("verdict", choices=["reject"]),
    )

    assert (said.review, said.reasons) == ("corrected", ("R1", "R6"))
    assert (said.checklist, said.verdict) == (("looked", "CR-10"), "reject")


def test_origins_are_kept() -> None:
    """Whether a value was taken over or changed is known by control."""
    said = read(item("CR", rating=2) | {"origin": "prediction-changed"})

    assert said.origins == {"CR": "prediction-changed"}


def test_texts_are_joined_and_blank_ones_dropped() -> None:
    """A note of two rows is one text; a text may come bare."""
    said = read(
        item("CR_note", text=["a", "b"]), item("EH_note", text=" "), item("evidence", text="x")
    )

    assert said.notes == {"CR": "a\nb"}


@pytest.mark.parametrize(
    "odd",
    [
        item("speed", rating=3),
        item("CR", rating=True),
        item("CR", stars=3),
        item("colour", choices=["red"]),
        item("memo", text=["x"]),
        item("CR_note", text=5),
        item("spans", labels=["Bug"]),
        {"from_name": 7, "type": "relation"},
        {"type": "relation"},
    ],
)
def test_what_means_nothing_is_reported(odd: dict[str, Any]) -> None:
    """An unknown control or unreadable value is never dropped in silence."""
    assert read(odd).unknown == (str(odd.get("from_name") or odd.get("type")),)


def test_marks_of_a_plain_page_have_no_line() -> None:
    """Character offsets alone do not tell the line."""
    (one,) = read(item("finding", labels=["Bug"], start=3, end=9)).marks

    assert (one.line, one.note) == (None, "")


def test_config_problems_is_a_list() -> None:
    """The handler logs the first of them."""
    assert config_problems(label_config(shipped()), shipped()) == []
