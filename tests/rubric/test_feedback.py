"""Feedback names clause, place, fact and mend, in one short paragraph."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from rubric.confirm import Confirmation
from rubric.feedback import feedback, observed_fact, places, sentence
from rubric.model import RatedReport
from rubric.suggest import rate
from sandbox.model import (
    FindingEvidence,
    Fix,
    Grade,
    SnippetSummary,
    StageName,
    TestsSummary,
    Verdict,
)
from tests.rubric.golden import PROGRAMS, golden, report_of, worded
from tests.rubric.reports import FOUND, make_finding, make_report, shipped


def confirmation(clause: str = "EH-1", **changes: object) -> Confirmation:
    found = next(one for one in shipped().clauses if one.id == clause)
    return Confirmation(clause=found, grade=Grade.E2, findings=(make_finding(**changes),))


def test_sentence_has_clause_place_fact_and_mend() -> None:
    """All four parts, and nothing else."""
    assert sentence(confirmation()) == (
        "EH-1: A failure at line 3 would go unnoticed: the error of os.Remove is dropped. "
        "Return the error, or handle it here and say why that is enough."
    )


def test_braces_of_a_message_stay_as_they_are() -> None:
    """Text of a snippet is never taken for a place to fill."""
    assert "{loc} {x}" in sentence(confirmation(message="got {loc} {x}"))


def test_without_a_place_the_title_speaks() -> None:
    """A verdict has no line; the sentence with {loc} is not used."""
    one = Confirmation(clause=confirmation().clause, grade=Grade.E3)

    assert sentence(one).startswith("EH-1: An error result is dropped without a word. Return")


def test_several_lines_are_listed_once() -> None:
    """Lines are sorted, told apart and cut after three."""
    lines = (9, 3, 3, 12, 40)

    assert places([make_finding(line=n) for n in lines]) == "lines 3, 9, 12 and 1 more"


def test_several_files_are_named() -> None:
    """With more than one file each place has its name."""
    assert places([make_finding()], files=2) == "main.go:3"


def test_long_messages_are_cut() -> None:
    """A fact is one line of at most 180 characters."""
    fact = observed_fact(make_finding(message="a\n" + "b" * 500))

    assert (len(fact), fact.endswith("…")) == (180, True)


def test_reproduced_facts_say_how_often() -> None:
    """Seven of twenty runs is part of the fact."""
    seen = FindingEvidence(stage=StageName.RACE, runs=20, hits=7)

    assert observed_fact(make_finding(evidence=seen)).endswith("dropped (in 7 of 20 runs)")


def test_worst_clauses_come_first_and_the_rest_is_counted() -> None:
    """Three sentences, then the names of the others."""
    every = [confirmation(name) for name in ("CR-9", "CR-11", "CR-2", "CR-1")]

    text = feedback(every)

    assert text.startswith("CR-1:")
    assert text.endswith("Also CR-11.")


def test_every_clause_can_speak_without_braces() -> None:
    """No shipped sentence leaves a brace unfilled."""
    spoken = [sentence(confirmation(c.id)) for c in shipped().clauses if c.detectors]

    assert [text for text in spoken if "{" in text or "}" in text] == []


def test_clean_code_is_not_praised() -> None:
    """Where nothing was found there is no feedback."""
    report = rate(make_report(functional="pass"), shipped())

    assert {""} == {rating.feedback for rating in report.ratings.values()}


def test_answer_cut_into_files_is_one_text() -> None:
    """People see the answer, so a line of it needs no file name; of two files it does."""
    cut = SnippetSummary(files=("a.go", "b.go"), line_map=({"source": "x.md"}, {"source": "x.md"}))
    two = SnippetSummary(files=("a.go", "main.go"))

    def said(summary: SnippetSummary) -> str:
        report = make_report(snippet=summary, findings=(make_finding(),))
        return rate(report, shipped()).ratings["EH"].feedback

    assert "at line 3 would" in said(cut)
    assert "at main.go:3 would" in said(two)


@pytest.mark.parametrize(
    ("clause", "changes", "fact"),
    [
        ("CC-1", {"race": FOUND}, "seen in 2 of 3 runs"),
        (
            "CR-2",
            {"tests": (TestsSummary(source="task", listed=9, passed=7, failed=2, skipped=0),)},
            "2 of 9 checks fail",
        ),
        ("CR-2", {"verdict": Verdict.WRONG_ANSWER}, "what it printed is not what"),
        ("CR-8", {"verdict": Verdict.TIME_LIMIT}, "it did not end in time"),
    ],
)
def test_a_clause_without_a_place_tells_what_was_observed(
    clause: str, changes: dict[str, object], fact: str
) -> None:
    """The title alone accuses; the observation is what can be checked."""
    one = Confirmation(clause=confirmation(clause).clause, grade=Grade.E3)

    said = sentence(one, report=make_report(**({"functional": "fail"} | changes)))

    assert said.startswith(f"{clause}: {one.clause.title}: {fact}")


def test_a_run_that_was_stopped_has_no_wrong_value_to_look_for() -> None:
    """A deadlock fails the checks too; following their input would lead nowhere."""
    one = Confirmation(clause=confirmation("CR-2").clause, grade=Grade.E3)

    said = sentence(one, report=make_report(verdict=Verdict.MEMORY_LIMIT, functional="fail"))

    assert said.endswith(
        "Mend first what stops the run; whether the answer is right shows only then."
    )


def test_the_tools_own_edit_stands_below() -> None:
    """The lines that change follow the paragraph; what stays is on the page already."""
    text = feedback(
        [confirmation(fix=Fix(diff="--- a/m.go\n+++ b/m.go\n@@ -3 +3 @@\n c\n-\ta\n+\tb\n"))]
    )

    assert text.splitlines()[1:] == ["Suggested edit:", "-\ta", "+\tb"]


def test_a_long_edit_is_left_to_the_evidence() -> None:
    """A note is not the place for a rewritten function."""
    assert "\n" not in feedback([confirmation(fix=Fix(diff="+a\n" * 30))])


def test_facts_are_worded_for_the_author() -> None:
    """No name of the sandbox's own package, no plural in brackets, no second kind of line."""
    passed = make_finding(message="f passes lock by value: snip.Job, 2 goroutine(s), 1 line(s)")
    case = make_finding(tool="case", message="case up: line 15: got 'a', want 'b'")

    assert observed_fact(passed) == "f passes lock by value: Job, 2 goroutines, 1 line"
    assert observed_fact(case) == "case up, line 15 of the output: got 'a', want 'b'"


def test_a_long_fact_ends_after_a_word() -> None:
    """Half a word tells nothing."""
    fact = observed_fact(make_finding(message="several words " * 40))

    assert re.search(r"(several|words)\u2026$", fact)
    assert len(fact) <= 180


@pytest.mark.parametrize("name", PROGRAMS)
def test_real_feedback_reads_as_it_was_read(name: str) -> None:
    """Reports of the corpus are worded as somebody read them and found good."""
    assert worded(report_of(name)) == golden(name)


@pytest.mark.parametrize("name", PROGRAMS)
def test_real_feedback_has_its_four_parts(name: str) -> None:
    """Clause, place or observation, fact and mend; nothing unfilled."""
    text = paragraphs(report_of(name))

    assert text
    for clauses, said in text:
        assert said.startswith(f"{clauses[0]}: ") or said.split(":")[0] in clauses
        assert re.search(r"\blines? \d|\w\.go:\d|: (seen|it|the run|what|\d+ of) ", said)
        assert not re.search(r"\{|\}|\(s\)|\bsnip\.|\u2026\.|\.\.(?!/)", said)
        assert said.rstrip().endswith((".", "\u2026"))


def test_no_tool_is_named_without_its_fact() -> None:
    """What a learner reads is what happened, not who noticed it."""
    tools = {one.tool for name in PROGRAMS for one in report_of(name).findings} - {"case", "race",
             "run", "test", "deadlock", "leak", "compiler", "gofmt"}  # fmt: skip
    every = " ".join(said for name in PROGRAMS for _, said in paragraphs(report_of(name)))

    assert {tool for tool in tools if re.search(rf"\b{tool}\b", every)} == set()


def test_nothing_is_praised() -> None:
    """No check of ours can support a compliment."""
    praise = re.compile(
        r"\b(good|great|well|nice|clean|correct|excellent|solid) (job|work|code|done)"
    )
    every = [said for name in PROGRAMS for _, said in paragraphs(report_of(name))]

    assert [said for said in every if praise.search(said.lower())] == []


def test_no_sentence_serves_two_criteria() -> None:
    """A criterion that borrows another's sentence says nothing of its own."""
    users = defaultdict(set)
    for clause in shipped().clauses:
        for text in (clause.fix, clause.feedback, clause.title):
            users[text].add(clause.criterion)

    assert {text for text, criteria in users.items() if text and len(criteria) > 1} == set()


def paragraphs(rated: RatedReport) -> list[tuple[tuple[str, ...], str]]:
    """Each criterion's clauses with its paragraph, without the diff below."""
    said = [(one.clauses, one.feedback.partition("\n")[0]) for one in rated.ratings.values()]
    return [(clauses, text) for clauses, text in said if text]
