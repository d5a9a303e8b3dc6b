"""The evidence as a page of its own, for readers of tickets and of the console. Pure: a report in, HTML out.

It says what the fragment in Label Studio says, with room: no code stands beside it, so excerpts do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import dedent

from markupsafe import Markup

from bridge.evidence import STATUS_WORDS, by_criterion, criterion_title, grade_counts, outputs, rows
from bridge.flame import flame_graph
from bridge.pages import page
from bridge.profile_page import PAGE, WORDS
from bridge.strip import chips, lead, not_checked
from rubric.model import RatedFinding, RatedReport, Rating, RatingStatus, Rubric
from sandbox.output_text import visible

NO_REPORT = "Audit is running"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One criterion on the page."""

    name: str
    word: str
    colour: str
    reason: str
    feedback: str
    rows: tuple[dict[str, str], ...]


def evidence_page(
    rated: RatedReport | None,
    *,
    error: str | None = None,
    rubric: Rubric | None = None,
    names: Sequence[str] = (),
    url: str = "",
    opinion: Markup | str = "",
) -> str:
    """Gives the whole page, with the strip first and the command that repeats it last.

    Args:
        rated: the report, or None while the audit has not ended.
        error: why there is no report.
        rubric: names the criteria and adds each clause's mend.
        names: the sources' names, when there are several.
        url: the task's evidence address, for links to profiles.
        opinion: a part of HTML with what a language model said, apart from all evidence.
    """
    if rated is None:
        return page("evidence-page.html", rated=None, text=error or NO_REPORT, bad=bool(error))
    sections = tuple(_sections(rated, rubric, names))
    return page(
        "evidence-page.html",
        rated=rated,
        lead=lead(rated),
        chips=chips(rated),
        not_checked=not_checked(rated),
        grades=grade_counts(rated),
        overall=rated.overall if rated.ratings else None,
        overall_word=STATUS_WORDS[rated.overall.status][0].format(rated.overall.value),
        sections=[one for one in sections if one.rows or one.feedback],
        silent=[one for one in sections if not one.rows and not one.feedback and one.word],
        outputs=[(name, visible(text)) for name, text in outputs(rated)],
        pictures=[(WORDS[one.kind], Markup(flame_graph(one))) for one in rated.profiles[:1]],  # noqa: S704 - see flame_graph
        opinion=opinion,
        profiles=f"{url}/{PAGE}" if url and (rated.profiles or rated.benchmarks) else "",
    )


def _sections(rated: RatedReport, rubric: Rubric | None, names: Sequence[str]) -> Iterator[Section]:
    groups = dict(by_criterion(rated.findings, rubric))
    criteria = [one.id for one in rubric.criteria] if rubric else []
    known = dict.fromkeys([*criteria, *rated.ratings, *groups])
    for name in sorted(known, key=lambda one: one == ""):
        found: tuple[RatedFinding, ...] = groups.get(name, ())
        rating = rated.ratings.get(name)
        word, colour = _words(rating)
        # The paragraph above the findings tells the mends already.
        told = None if rating and rating.feedback else rubric
        yield Section(
            name=criterion_title(name, rubric),
            word=word,
            colour=colour,
            reason=visible(rating.reason) if rating else "",
            feedback=visible(rating.feedback) if rating else "",
            rows=tuple(map(_shown, found, rows(found, rated, told, names))),
        )


def _words(rating: Rating | None) -> tuple[str, str]:
    if rating is None:
        return "", "off"
    word = STATUS_WORDS[rating.status][0].format(rating.value)
    suggested = rating.status is RatingStatus.SUGGESTED
    low = suggested and rating.value is not None and rating.value < 4
    return (
        f"{word} {rating.grade}" if suggested else word,
        "bad" if low else "ok" if suggested else "off",
    )


def _shown(finding: RatedFinding, words: dict[str, str]) -> dict[str, str]:
    seen = finding.evidence
    return {
        **words,
        "excerpt": visible(dedent(finding.excerpt).strip("\n")),
        "runs": f"in {seen.hits} of {seen.runs} runs" if seen.runs > 1 else "",
    }
