"""Evidence is complete, in the strip's order, and nothing in it can break out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from bridge import evidence
from bridge.strip import chips, lead
from rubric.model import RatedReport
from rubric.suggest import rate
from sandbox.constraint import Constraint, ConstraintState
from sandbox.model import (
    AuditError,
    Decided,
    Fix,
    KilledBy,
    NotChecked,
    Observed,
    Output,
    SnippetSummary,
    StageName,
    StageResult,
    StageStatus,
    TestsSummary,
    Verdict,
)
from tests.rubric.reports import (
    FOUND,
    NONE_SEEN,
    NOT_APPLICABLE,
    make_finding,
    make_report,
    make_stages,
    shipped,
)


def rated(**changes: Any) -> RatedReport:
    return rate(make_report(**changes), shipped())


def words(report: RatedReport) -> list[str]:
    return [f"{chip.name} {chip.text}" for chip in chips(report)]


@settings(deadline=None)
@given(st.text())
def test_css_strings_cannot_end_early(text: str) -> None:
    """Between the quotes stands no quote, angle bracket, brace or line end."""
    inner = evidence.css_string(text)[1:-1]

    assert not set(inner) & set("\"'<>{};\n\r\f\0")


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_text_of_a_snippet_becomes_markup(message: str, output: str) -> None:
    """The fragment has only our elements, whatever tools and programs print."""
    stage = StageResult(stage=StageName.RUN, status=StageStatus.OK, stdout=Output(text=output))
    finding = make_finding(message=message + "</style><script>", rule=message, file="")

    page = html.fragment_fromstring(
        evidence.render("fragment", rated(findings=(finding,), stages=(stage,)), rubric=shipped()),
        create_parent="div",
    )

    ours = {"div", "span", "b", "i", "details", "summary", "label", "pre", "code", "style"}
    assert {element.tag for element in page.iter()} <= ours
    assert len(page.findall(".//style")) == 1


def test_findings_are_listed_with_jump_and_mend() -> None:
    """Grade, line to jump to, clause, fact, fix and the tool's own diff."""
    finding = make_finding(fix=Fix(diff="-a\n+b"))

    text = evidence.fragment(rated(findings=(finding,)), rubric=shipped())

    assert '<label for="j1-3">L3</label> <b>EH-1</b> the error of os.Remove' in text
    assert "Fix: Return the error" in text
    assert "<pre>-a\n+b</pre>" in text


def test_findings_stand_by_criterion() -> None:
    """In the rubric's order, on the page as in the sheet; those of no clause come last."""
    found = (
        make_finding(tool="other", rule="x", message="odd"),
        make_finding(tool="gosec", rule="G101", message="a key"),
        make_finding(),
    )
    titles = ("Error handling", "Security", "Charged to no clause")
    report = rated(findings=found)

    for text in (
        evidence.fragment(report, rubric=shipped()),
        evidence.live_css(report, rubric=shipped()),
    ):
        places = [text.index(title) for title in titles]
        assert places == sorted(places)


def test_findings_of_the_tasks_tests_have_no_jump() -> None:
    """The page doesn't show that file."""
    text = evidence.fragment(rated(findings=(make_finding(file="task_test.go"),)))

    assert ("<span>task_test.go:3</span>" in text, "j1-3" in text) == (True, False)


def test_not_checked_is_always_there() -> None:
    """Silence must not read as praise."""
    some = evidence.fragment(rated(not_checked=(NotChecked(what="fuzz", why="later"),)))

    assert "fuzz (later)" in some
    assert "what no check covers" in evidence.fragment(rated())


def test_waiting_and_failed_tasks_say_so() -> None:
    """Before the audit ends there is a note; an error is shown instead of it."""
    assert "Audit is running" in evidence.render("fragment", None)
    assert "no code" in evidence.render("fragment", None, error="no code")
    assert "names no task" in evidence.unknown()


def test_live_sheet_fills_the_slots_and_hides_what_was_stored() -> None:
    """The newest facts stand over those of the import."""
    sheet = evidence.render("live.css", rated(findings=(make_finding(),)), rubric=shipped())

    assert ".gr .strip .known" in sheet
    assert '.s1{--t:"Runs=' not in sheet
    assert '--r-EH:"suggests 2: EH-1: An error result' in sheet
    assert "#L1-3{" in sheet


@pytest.mark.parametrize("error", [None, "no code"])
def test_live_sheet_without_a_report(*, error: str | None) -> None:
    """The sheet tells that the audit runs, or why there is none."""
    assert (error or "Audit is running") in evidence.render("live.css", None, error=error)


def test_parts_have_their_media_type() -> None:
    """A browser takes no style sheet that calls itself HTML."""
    assert evidence.media_type("live.css") == "text/css"
    assert evidence.media_type("fragment") == "text/html"


def test_task_links_to_its_news_without_credentials() -> None:
    """With an address the variable holds a link; without one it is complete in itself."""
    linked = evidence.task_evidence(None, url="http://b/e/k")

    assert 'href="http://b/e/k/live.css" crossorigin="anonymous"' in linked
    assert "<link" not in evidence.task_evidence(rated())


def test_card_says_what_the_machine_says() -> None:
    """Suggested, hint, not applicable and abstained each have their words."""
    report = rated(
        findings=(make_finding(), make_finding(tool="gofmt", rule="gofmt")), race=NOT_APPLICABLE
    )

    sheet = evidence.facts_css(report)

    for said in ("suggests 2", "hint only", "suggests N\\2f A", "no suggestion"):
        assert said in sheet


def test_two_findings_share_a_chip() -> None:
    """The chip names both clauses, cut to its width."""
    report = rated(findings=(make_finding(), make_finding(tool="race", rule="r")))

    assert 'CC-1 E2, EH-1 E2"' in evidence.facts_css(report)


def test_long_notes_are_cut() -> None:
    """A hover shows at most 600 characters."""
    findings = [make_finding(id=str(n), message=f"{n}" * 300) for n in range(9)]

    assert len(evidence.short_note(rated(findings=tuple(findings)).findings, None)) == 600


def test_files_are_told_apart() -> None:
    """With several files a finding stands in its own; one in no shown file stands nowhere."""
    summary = SnippetSummary(
        files=("b.go", "a.go"), line_map=({"source": "b.go"}, {"source": "a.go"})
    )
    report = rated(snippet=summary, findings=(make_finding(file="b.go"),))

    assert evidence.file_index("b.go", report) == 1
    assert evidence.file_index("c.go", report) == -1
    assert evidence.file_index("b.go", report, ["b.go", "c.go"]) == 0


def test_strip_of_a_clean_run() -> None:
    """Neighbours that say the same share a chip."""
    report = rated(deadlock=NONE_SEEN, leak=NONE_SEEN)

    assert words(report) == [
        "build, run ok",
        "tests none",
        "race, deadlock, leaks none in 3 runs",
        "vet, gofmt clean",
        "security, patterns, style clean",
        "bench none",
    ]


def test_strip_of_a_failure() -> None:
    """Tests by their source, the race with its count, the stopped run with its limit."""
    stopped = StageResult(stage=StageName.RUN, status=StageStatus.FAILED, killed_by=KilledBy.WALL)
    report = rated(
        stages=(stopped, *make_stages(race=StageStatus.ERROR, build=StageStatus.FAILED)[:4]),
        race=FOUND,
        tests=(
            TestsSummary(source="task", listed=9, passed=7, failed=2, skipped=0),
            TestsSummary(source="snippet", listed=2, passed=1, failed=0, skipped=1),
            TestsSummary(source="prompt", listed=0, passed=0, failed=0, skipped=0),
        ),
        findings=(make_finding(tool="vet", rule="printf"),),
    )

    said = words(report)

    for expected in ("build fails", "run stopped (wall)", "tests 7/9", "own tests 1/2",
                     "race 2 of 3 runs", "vet 1 found"):  # fmt: skip
        assert expected in said


def test_tests_wear_how_they_were_decided() -> None:
    """A discreet word with its meaning on hover; what was compared outside wears none."""
    told = TestsSummary(source="task", listed=2, passed=2, failed=0, skipped=0)
    seen = told.model_copy(update={"decided": Decided.OUTSIDE, "source": "prompt"})

    html = evidence.fragment(rated(tests=(told, seen)))

    assert html.count("cooperative") == 1
    assert '<i class="w" title="told by tests in one process with the tested code' in html


def test_the_word_is_there_without_markup() -> None:
    """The style sheet shows each chip as one text."""
    told = TestsSummary(source="task", listed=2, passed=2, failed=0, skipped=0)

    shown = evidence.css_string("tests 2/2 cooperative E3")
    assert shown in evidence.live_css(rated(tests=(told,)))


def test_strip_where_the_sandbox_failed() -> None:
    """An error of ours is neither a pass nor a failure of the code."""
    stages = make_stages(build=StageStatus.ERROR, static=StageStatus.NOT_RUN)

    said = words(rated(stages=stages, race=Observed()))

    assert said[0] == "build sandbox error"
    assert "race, vet not run" in said


def test_code_that_does_not_build_was_not_vetted() -> None:
    """No chip praises analysis that could not see types."""
    assert "vet not run" in words(rated(verdict=Verdict.COMPILE_ERROR))


def test_race_that_does_not_apply_is_said() -> None:
    """Nothing concurrent is not the same as clean."""
    assert "race not applicable" in words(rated(race=NOT_APPLICABLE))


def test_lead_names_what_happened() -> None:
    """Accepted without a deciding case is not called clean."""
    assert lead(rated()).text == "Runs; no case decides it"
    assert lead(rated(functional="pass")).text == "Runs clean"
    failed = rated(verdict=Verdict.INTERNAL_ERROR, error=AuditError(code="x", message="why"))
    assert (lead(failed).text, lead(failed).title) == ("Sandbox failed: nothing known", "why")


def test_facts_only_holds_every_rating_back() -> None:
    """Where suggestions are not shown, no card tells one; the lines keep their facts."""
    sheet = evidence.facts_css(evidence.facts_only(rated(findings=(make_finding(),))))

    assert ("suggests" in sheet, "#L1-3{" in sheet) == (False, True)


def demand(**changes: Any) -> Constraint:
    values = {
        "kind": "banned",
        "wanted": "sort",
        "state": ConstraintState.MISSED,
        "quote": "do not use the `sort` package",
    }
    return Constraint(**(values | changes))


def test_what_the_prompt_demands_is_quoted() -> None:
    """A reader sees what is missed first, and the words that ask for it."""
    met = demand(kind="package", wanted="bank", state=ConstraintState.MET, quote="package bank")
    report = rated(constraints=(met, demand(quote="<b>no</b> sort")))

    page = html.fromstring(evidence.fragment(report))

    (asked,) = page.find_class("asked")
    assert asked.find("summary").text_content().strip() == "Asked for: 1 missed, 1 met"
    assert [row.findtext("q") for row in asked.find_class("fr")] == [
        "<b>no</b> sort",
        "package bank",
    ]
    assert "Asked for, missed" in evidence.live_css(report)


def test_without_demands_nothing_is_said_of_them() -> None:
    """Most prompts demand nothing of the form."""
    assert html.fromstring(evidence.fragment(rated())).find_class("asked") == []
