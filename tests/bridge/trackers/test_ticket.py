"""What a ticket says, and that no text in it becomes markup."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.resources import templates_dir
from bridge.trackers.adf import render_adf
from bridge.trackers.document import (
    Bullets,
    Code,
    Document,
    Heading,
    Link,
    Paragraph,
    Quote,
    TableBlock,
    cut,
    render_text,
)
from bridge.trackers.subject import Material, Subject, extract_of, subject_of
from bridge.trackers.ticket import TEMPLATE, comment_for, one_line, template_of, ticket_for
from bridge.trackers.wiki import escape, render_wiki
from rubric.model import RatedFinding, RatedReport
from rubric.override_model import WHOLE, AnnotationKey, Override, OverrideStatus
from rubric.suggest import rate
from sandbox.model import FindingEvidence, Grade, Severity, StageName
from tests.fakes import NOON, shipped_rubric
from tests.rubric.reports import FOUND, make_report

WORDS = template_of((templates_dir() / "tickets" / TEMPLATE).read_text())
KEY = "ab" * 16
CODE = "package main\n\nvar n int\n\nfunc main() {\n\tgo func() { n++ }()\n\tn++\n}\n"


def make_override(**changes: Any) -> Override:
    """Ben's 1 against Anna's 4 on correctness."""
    fields: dict[str, Any] = {
        "target": AnnotationKey(1, NOON),
        "criterion": "CC",
        "annotator": 4,
        "reviewer": 5,
        "from_value": 4,
        "to_value": 1,
        "source": AnnotationKey(1, NOON),
        "reasons": ("R1",),
        "note": "two goroutines write n",
        "opened_at": NOON,
        "changed_at": NOON,
    }
    return Override(**(fields | changes))


def make_finding(line: int = 7) -> RatedFinding:
    """A race."""
    return RatedFinding(
        id="f1",
        tool="race",
        rule="data-race",
        severity=Severity.CRITICAL,
        grade=Grade.E3,
        file="snippet.go",
        line=line,
        message="write of n at two places",
        evidence=FindingEvidence(stage=StageName.RACE, runs=3, hits=2),
        criterion="CC",
        clause="CC-1",
    )


def make_rated() -> RatedReport:
    """A report that found a race."""
    rated = rate(make_report(race=FOUND), shipped_rubric())
    return rated.model_copy(update={"findings": (make_finding(),), "repeat": "gavel rerun 7"})


def make_subject(*overrides: Override, **changes: Any) -> Subject:
    """The subject of one override, with all the evidence there can be."""
    fields: dict[str, Any] = {
        "key": KEY,
        "marker": "[gavel:0123456789abcdef]",
        "project_id": 1,
        "task_id": 7,
        "overrides": overrides or (make_override(),),
        "rubric": shipped_rubric(),
        "rated": make_rated(),
        "sources": {"snippet.go": CODE},
        "people": {4: "user 4", 5: "user 5"},
        "task_url": "http://ls.test/projects/1/data?task=7&annotation=1",
        "evidence_url": "http://gavel.test/e/key",
    }
    return subject_of(Material(**(fields | changes)))


def text_of(subject: Subject) -> str:
    return render_text(ticket_for(subject, WORDS).body)


@pytest.mark.parametrize(
    "wanted",
    [
        "user 5 changed 1 rating of user 4 on task 7",
        "R1: the annotator missed a defect",
        "> Concurrency safety: two goroutines write n",
        "snippet.go:7: write of n at two places (race data-race, E3)",
        "gavel rerun 7",
        "> 7  \tn++",
        "http://ls.test/projects/1/data?task=7&annotation=1",
        "http://gavel.test/e/key",
        "What would close this",
        "[gavel:0123456789abcdef]",
    ],
)
def test_ticket_says(wanted: str) -> None:
    """What changed, why, with what evidence, where, and what would close it."""
    assert wanted in text_of(make_subject())


def test_table_has_annotator_suggestion_and_reviewer() -> None:
    """One row per criterion."""
    (row,) = (c for c in make_subject().changes)

    assert (row.name, row.before, row.after) == ("Concurrency safety", "4", "1")
    assert row.suggested.startswith("1 (")


def test_summary_is_one_line_of_255_characters() -> None:
    """Whatever the criteria are called."""
    assert len(one_line("word\n" * 100)) == 255
    assert "\n" not in one_line("a\nb")


def test_many_criteria_shorten_the_summary() -> None:
    """Four are named."""
    criteria = ("CR", "IF", "EH", "CC", "MR", "SC")
    subject = make_subject(*(make_override(criterion=c) for c in criteria))

    assert ticket_for(subject, WORDS).summary.endswith("and 2 more overridden")


def test_reasons_alone_make_a_ticket() -> None:
    """R7 to R9 with every rating kept."""
    only = make_override(criterion=WHOLE, from_value=None, to_value=None, reasons=("R7",))
    ticket = ticket_for(make_subject(only), WORDS)

    assert ticket.summary == "[task 7] review with R7, ratings kept"
    assert "kept the ratings" in render_text(ticket.body)


@pytest.mark.parametrize("flag", ["base_claimed", "claim_disagrees", "stale_overwrite"])
def test_doubts_are_told(flag: str) -> None:
    """A ticket on a claimed base says so."""
    plain = text_of(make_subject())

    assert len(text_of(make_subject(make_override(flags=(flag,))))) > len(plain)


def test_ticket_without_evidence_says_so() -> None:
    """The audit has not ended."""
    text = text_of(make_subject(rated=None, sources={}))

    assert "Verdict: none yet" in text


def test_comment_tells_what_is_now() -> None:
    """And carries its marker on a line of its own."""
    gone = make_override(status=OverrideStatus.WITHDRAWN)
    comment = comment_for(make_subject(gone), WORDS)

    assert "No override stands any more" in render_text(comment.body)
    assert comment.body[-1] == Paragraph(comment.marker)


def test_evidence_is_about_ten_lines() -> None:
    """The rest is on the page that is linked."""
    rated = make_rated().model_copy(update={"findings": (make_finding(),) * 60})
    evidence = make_subject(rated=rated).evidence

    assert len(evidence) == 11
    assert evidence[-1].endswith("more on the evidence page")


@given(st.text(), st.integers(1, 500))
def test_extract_is_total(code: str, line: int) -> None:
    """Any text, any line, also one that is not there."""
    extract = extract_of({"snippet.go": code}, [make_finding(line)])

    assert extract.total == len(code.split("\n"))


@given(st.text())
def test_code_never_leaves_its_wiki_block(code: str) -> None:
    """Between the braces nothing closes them."""
    inner = render_wiki((Code(code, "go"),)).removeprefix("{code:go}\n").removesuffix("\n{code}")

    assert "{code" not in inner.lower()
    assert "{noformat" not in inner.lower()


@pytest.mark.parametrize(
    "hostile", ["{code}", "[~admin]", "!http://x/y.png!", "{color:red}", "|x|", "\\\\", "h1. x"]
)
def test_wiki_shows_hostile_text_as_text(hostile: str) -> None:
    """Every opening character is escaped."""
    assert hostile not in escape(hostile)


@given(st.text())
def test_adf_has_no_empty_text_node(text: str) -> None:
    """Jira refuses those; and the tree is JSON."""
    tree = json.dumps(render_adf((Paragraph(text), Code(text, "go"))))

    assert '"text": ""' not in tree


def test_long_document_is_cut_at_its_end() -> None:
    """What stands first is kept, and the cut is told."""
    document: Document = (Paragraph("first"), *(Code("x" * 900) for _ in range(5)))
    kept = cut(document, 2000, render_text, "more")

    assert (kept[0], kept[-1]) == (Paragraph("first"), Paragraph("more"))
    assert len(render_text(kept)) <= 2000


EVERY_BLOCK: Document = (
    Heading("Head"),
    Paragraph("one\ntwo"),
    Quote("said\nso"),
    Bullets(("a", "b")),
    TableBlock(("x", "y"), (("1", ""),)),
    Code("go test", "bash"),
    Code("plain"),
    Link("Task", "http://ls.test/a b?c=[d]"),
)


def test_every_block_has_a_text() -> None:
    """For people at a terminal."""
    text = render_text(EVERY_BLOCK)

    assert text.startswith("## Head\n\none\ntwo\n\n> said\n> so\n\n- a\n- b\n\nx  y\n-  -\n1\n\n")
    assert text.endswith("    plain\n\nTask: http://ls.test/a b?c=[d]\n")


def test_every_block_has_wiki_markup() -> None:
    """An address can't close its bracket, a cell is never empty."""
    text = render_wiki(EVERY_BLOCK)

    assert "{quote}\nsaid\nso\n{quote}" in text
    assert "* a\n* b" in text
    assert "||x||y||\n|1| |" in text
    assert "{code:bash}\ngo test\n{code}" in text
    assert "{noformat}\nplain\n{noformat}" in text
    assert text.endswith("[http://ls.test/a%20b?c=%5Bd%5D]")


def test_every_block_has_a_node() -> None:
    """Of the type that ADF names."""
    kinds = [node["type"] for node in render_adf(EVERY_BLOCK)["content"]]

    assert kinds == [
        "heading",
        "paragraph",
        "blockquote",
        "bulletList",
        "table",
        "codeBlock",
        "codeBlock",
        "paragraph",
    ]


def test_same_subject_same_ticket() -> None:
    """No clock, no chance."""
    subject = make_subject()

    assert ticket_for(subject, WORDS) == ticket_for(replace(subject), WORDS)
