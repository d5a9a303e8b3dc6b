"""The page of its own says all of the evidence, the strip first, and nothing in it can break out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from bridge.evidence import facts_only
from bridge.evidence_page import evidence_page
from bridge.flame import flame_graph
from bridge.resources import templates_dir
from bridge.strip import chips, not_checked
from rubric.model import RatedReport
from rubric.suggest import rate
from sandbox.constraint import Constraint, ConstraintState
from sandbox.model import (
    Fix,
    NotChecked,
    Output,
    StageName,
    StageResult,
    StageStatus,
    Verdict,
)
from tests.bridge.measured import make_benchmark, make_profile
from tests.rubric.reports import make_finding, make_report, make_stages, shipped

DARK = "@media(prefers-color-scheme:dark)"


def rated(**changes: Any) -> RatedReport:
    return rate(make_report(**changes), shipped())


def shown(report: RatedReport | None, **changes: Any) -> str:
    return evidence_page(report, rubric=shipped(), **changes)


def printed(text: str) -> StageResult:
    return StageResult(stage=StageName.RUN, status=StageStatus.OK, stdout=Output(text=text))


@settings(deadline=None)
@given(st.text(), st.text())
def test_no_text_of_a_snippet_becomes_markup(message: str, output: str) -> None:
    """The page has only our elements, whatever tools, programs and prompts say."""
    hostile = f"{message}</style></pre><script>alert(1)</script>"
    demand = Constraint(kind="banned", wanted=hostile, state=ConstraintState.MISSED, quote=hostile)
    finding = make_finding(message=hostile, excerpt=hostile, fix=Fix(diff=hostile), file=hostile)

    page = html.document_fromstring(
        shown(rated(findings=(finding,), stages=(printed(output),), constraints=(demand,),
                    repeat=hostile, not_checked=(NotChecked(what=hostile, why=output),)))
    )  # fmt: skip

    assert page.findall(".//script") == []
    assert len(page.findall(".//style")) == 1


def test_the_parts_stand_in_their_order() -> None:
    """What happened, what nobody looked at, the findings, the output, the picture, the command."""
    report = rated(
        findings=(make_finding(),), stages=(*make_stages(), printed("hello")),
        profiles=(make_profile(),), benchmarks=(make_benchmark(),), repeat="gavel rerun 7",
    )  # fmt: skip
    page = shown(report, url="http://g/e/k")
    marks = ('class="strip"', "Not checked", "Error handling", "hello", "<svg", "gavel rerun 7")

    places = [page.index(mark) for mark in marks]

    assert places == sorted(places)
    assert 'href="http://g/e/k/profiles"' in page


def test_findings_stand_under_their_criterion() -> None:
    """In the rubric's order, with its suggestion; what is charged to no clause comes last."""
    found = (
        make_finding(tool="gosec", rule="G101", line=9, message="a key"),
        make_finding(),
        make_finding(tool="other", rule="x", message="odd"),
    )
    page = shown(rated(findings=found))

    titles = [part.partition("<")[0] for part in page.split("<summary><b>")[1:]]

    assert titles[:3] == ["Error handling", "Security", "Charged to no clause"]
    assert "suggests 2 E2" in page


def test_hidden_characters_are_seen() -> None:
    """A direction mark would turn the text that proves it."""
    page = shown(rated(findings=(make_finding(excerpt="a\u202eb", message="c\u202ed"),)))

    assert "\u202e" not in page
    assert page.count("\\u202e") >= 2


def test_without_a_report_the_page_says_why() -> None:
    """It waits, or it names the error."""
    assert "Audit is running" in shown(None)
    assert "no code" in shown(None, error="no code")


def test_ratings_that_are_held_back_are_not_there() -> None:
    """Facts alone: no suggestion, no paragraph, and no overall word."""
    page = shown(facts_only(rated(findings=(make_finding(),))))

    assert ("suggest" in page, "Overall" in page, "os.Remove" in page) == (False, False, True)


def test_a_mend_is_told_once_for_its_clause() -> None:
    """Sixty findings of one clause need no sixty copies of one sentence."""
    found = tuple(make_finding(id=f"{line}", line=line) for line in range(1, 61))

    page = shown(facts_only(rated(findings=found)))

    assert page.count("Fix: Return the error") == 1


def test_one_reason_is_told_once() -> None:
    """Six stages that a compiler stopped are one line."""
    skipped = tuple(NotChecked(what=name, why="no build") for name in ("run", "race"))

    assert not_checked(rated(not_checked=skipped)) == ["run, race (no build)"]


def test_security_has_a_chip_of_its_own() -> None:
    """What the rubric charges to security is not a mere pattern."""
    found = (make_finding(rule="sqlconcat"), make_finding())

    words = [f"{chip.name} {chip.text} {chip.grade}" for chip in chips(rated(findings=found))]

    assert "security, patterns 1 found E2" in words


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"benchmarks": (make_benchmark(),)}, "bench 1/1 measured E1"),
        ({"benchmarks": (make_benchmark(verified=True),)}, "bench 1/1 measured E3"),
        ({}, "bench none E0"),
        ({"verdict": Verdict.COMPILE_ERROR}, "not run E0"),
    ],
)
def test_benchmarks_have_a_chip(changes: dict[str, Any], said: str) -> None:
    """Its grade tells whether the answer only measured itself."""
    last = chips(rated(**changes))[-1]

    assert f"{last.name} {last.text} {last.grade}".endswith(said)


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read(*, dark: bool) -> None:
    """Every colour of text on every ground it is used on has a contrast of 4.5 or more."""
    style = (templates_dir() / "pages" / "evidence-page.html").read_text(encoding="utf-8")
    light, _, rest = style.partition(DARK)
    colours = dict(re.findall(r"--(\w+):(#[0-9a-f]+)", rest if dark else light))
    pairs = [(text, ground) for text in ("fg", "dim", "link") for ground in ("bg", "bg2")]
    pairs += [("dim", "offb"), *((name, f"{name}b") for name in ("ok", "bad", "warn"))]
    pairs += [(name, "bg") for name in ("bad", "warn")]

    poor = {pair: round(contrast(*(colours[name] for name in pair)), 2) for pair in pairs}

    assert {pair: value for pair, value in poor.items() if value < 4.5} == {}


@pytest.mark.parametrize("dark", [False, True])
def test_names_in_the_picture_can_be_read(*, dark: bool) -> None:
    """A flame graph writes on its boxes."""
    light, _, rest = flame_graph(make_profile()).partition(DARK)
    style = (rest if dark else light).partition("</style>")[0]
    (text,) = re.findall(r"text\{fill:(#\w+)", style)
    boxes = re.findall(r"\.(?:own|memory|other|all)\{fill:(#\w+)", style)

    assert len(boxes) == 4
    assert min(contrast(text, box) for box in boxes) >= 4.5


def contrast(one: str, other: str) -> float:
    """WCAG's ratio of two colours."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
