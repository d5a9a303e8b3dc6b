"""Feedback names clause, place, fact and mend, in one short paragraph."""

from __future__ import annotations

from rubric.confirm import Confirmation
from rubric.feedback import feedback, observed_fact, places, sentence
from rubric.suggest import rate
from sandbox.model import FindingEvidence, Grade, SnippetSummary, StageName
from tests.rubric.reports import make_finding, make_report, shipped


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

    assert observed_fact(make_finding(evidence=seen)).endswith("dropped (7 of 20 runs)")


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
