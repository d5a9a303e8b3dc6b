"""The evidence as people see it: strip, findings, card facts. Pure: a report in, HTML or CSS out.

Facts reach the lines of code and the cards as CSS custom properties, so they can come late or change
without touching the task: marks are stored as paths into the code's HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from bridge.pages import page
from bridge.profile_page import PAGE
from bridge.strip import Chip, chips, lead, not_checked
from rubric.model import RatedFinding, RatedReport, Rating, RatingStatus, Rubric
from sandbox.constraint import ConstraintState
from sandbox.output_text import visible

CHIP_CHARACTERS = 28
FACT_CHARACTERS = 160
NOTE_CHARACTERS = 600
LIVE_SHEET = "live.css"
UNKNOWN = "This address names no task."
STATUS_WORDS = {
    RatingStatus.SUGGESTED: ("suggests {}", "fg"),
    RatingStatus.NOT_APPLICABLE: ("suggests N/A", "fg"),
    RatingStatus.HINT: ("hint only", "warn"),
    RatingStatus.ABSTAINED: ("no suggestion", "dim"),
}
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:()-_+=")
_ASKED_ORDER = (ConstraintState.MISSED, ConstraintState.UNKNOWN, ConstraintState.MET)
_COLOURS = {"E3": "bad", "E2": "bad", "E1": "warn", "E0": "dim"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What one line of code wears: a chip after it and a note on hover."""

    file: int
    line: int
    findings: list[RatedFinding] = field(default_factory=list)

    @property
    def where(self) -> str:
        """The line's part of an element id."""
        return f"{self.file + 1}-{self.line}"


def render(
    part: str,
    rated: RatedReport | None,
    *,
    error: str | None = None,
    rubric: Rubric | None = None,
    names: Sequence[str] = (),
    url: str = "",
) -> str:
    """Gives one part of a task's evidence.

    Args:
        part: `live.css` for the sheet the page links to; anything else gives the HTML fragment.
        rated: the report, or None while the audit has not ended.
        error: why there is no report.
        rubric: adds each clause's mend to the findings.
        names: the sources' names in the page's order, when there are several.
        url: the task's evidence address, for links to what stands on pages of its own.
    """
    if part == LIVE_SHEET:
        return live_css(rated, error=error, rubric=rubric, names=names)
    return fragment(rated, error=error, rubric=rubric, names=names, url=url)


def media_type(part: str) -> str:
    """Gives the content type of a part."""
    return "text/css" if part == LIVE_SHEET else "text/html"


def unknown() -> str:
    """Gives the fragment for an address that names no task."""
    return fragment(None, error=UNKNOWN)


def task_evidence(
    rated: RatedReport | None,
    *,
    url: str = "",
    rubric: Rubric | None = None,
    names: Sequence[str] = (),
) -> str:
    """Gives the task variable `evidence_html`: what is known at import, and where news is found.

    Args:
        rated: the report, or None where the audit comes later.
        url: the task's evidence address; empty for none.
        rubric: adds each clause's mend to the findings.
        names: the sources' names in the page's order, when there are several.
    """
    known = fragment(rated, rubric=rubric, names=names, url=url)
    return known + (page("live-link.html", url=f"{url}/{LIVE_SHEET}") if url else "")


def facts_only(rated: RatedReport) -> RatedReport:
    """Gives the report without any rating, for projects that show evidence alone."""
    silent = Rating(status=RatingStatus.ABSTAINED, reason="not shown")
    return rated.model_copy(update={"ratings": {}, "overall": silent})


def fragment(
    rated: RatedReport | None,
    *,
    error: str | None = None,
    rubric: Rubric | None = None,
    names: Sequence[str] = (),
    url: str = "",
) -> str:
    """Gives strip, findings and outputs as HTML, with the card and line facts as CSS."""
    if rated is None:
        return page("evidence-waiting.html", text=error or "Audit is running", bad=bool(error))
    return page(
        "evidence.html",
        lead=lead(rated),
        chips=chips(rated),
        not_checked=not_checked(rated),
        asked=sorted(rated.constraints, key=lambda one: _ASKED_ORDER.index(one.state)),
        asked_counts=_asked_counts(rated),
        rated=rated,
        groups=[
            (criterion_title(name, rubric), rows(found, rated, rubric, names))
            for name, found in by_criterion(rated.findings, rubric)
        ],
        grades=grade_counts(rated),
        outputs=outputs(rated),
        profiles=f"{url}/{PAGE}" if url and rated.profiles else "",
        style=Markup(facts_css(rated, rubric=rubric, names=names)),  # noqa: S704 - see css_string
    )


def live_css(
    rated: RatedReport | None,
    *,
    error: str | None = None,
    rubric: Rubric | None = None,
    names: Sequence[str] = (),
) -> str:
    """Gives the sheet that shows the current facts over those stored in the task."""
    if rated is None:
        return _slots([Chip(name="", text=error or "Audit is running", state="off")], "")
    listed = "\n".join(_listed(rated, rubric, names))
    listed += "".join(f"\n\nAsked for, missed: {one}" for one in _missed(rated))
    listed += "\n\nNot checked: " + ("; ".join(not_checked(rated)) or "what no check covers")
    head = Chip(name="", text=lead(rated).text, state=lead(rated).state)
    return _slots([head, *chips(rated)], listed) + facts_css(rated, rubric=rubric, names=names)


def facts_css(
    rated: RatedReport, *, rubric: Rubric | None = None, names: Sequence[str] = ()
) -> str:
    """Gives the custom properties that fill the cards and the lines."""
    cards = "".join(_card(name, rating) for name, rating in rated.ratings.items())
    lines = "".join(_line(one, rubric) for one in line_facts(rated, names))
    return f".gr{{{cards}{_card('overall', rated.overall)}}}{lines}"


def line_facts(rated: RatedReport, names: Sequence[str] = ()) -> tuple[LineFacts, ...]:
    """Gives the findings by line; those of a task's own test file have no line on the page."""
    found: dict[tuple[int, int], LineFacts] = {}
    for finding in rated.findings:
        file = file_index(finding.file, rated, names)
        if file < 0:
            continue
        key = (file, finding.line)
        found.setdefault(key, LineFacts(file=file, line=finding.line)).findings.append(finding)
    return tuple(found[key] for key in sorted(found))


def file_index(name: str, rated: RatedReport, names: Sequence[str] = ()) -> int:
    """Gives a source's place on the page; -1 for a file the page doesn't show."""
    shown = _shown(rated, names)
    if len(shown) > 1:
        return shown.index(name) if name in shown else -1
    return -1 if name.endswith("_test.go") and name not in shown else 0


def _shown(rated: RatedReport, names: Sequence[str]) -> tuple[str, ...]:
    """Gives the texts on the page; an answer cut into files is one text."""
    if names:
        return tuple(names)
    return tuple(sorted({str(part.get("source")) for part in rated.snippet.line_map}))


def css_string(text: str) -> str:
    """Gives a CSS string of the text; nothing in it can end the string, the rule or the sheet."""
    return '"' + "".join(c if c in _SAFE else _css_escape(c) for c in text) + '"'


def _css_escape(character: str) -> str:
    code = ord(character)
    if code == 0 or 0xD800 <= code <= 0xDFFF:
        code = 0xFFFD
    return f"\\{code:x} "


def short(text: str, most: int) -> str:
    """Gives the text as one line of at most so many characters."""
    flat = visible(" ".join(text.split()))
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def _card(name: str, rating: Rating) -> str:
    word, colour = _words(rating)
    said = short(f"{word}: {rating.reason}", FACT_CHARACTERS)
    return (
        f"--g-{name}:{css_string(rating.grade)};--r-{name}:{css_string(said)};"
        f"--k-{name}:var(--{colour});"
    )


def _words(rating: Rating) -> tuple[str, str]:
    word, colour = STATUS_WORDS[rating.status]
    return word.format(rating.value), colour


def _line(facts: LineFacts, rubric: Rubric | None) -> str:
    grade = max(finding.grade for finding in facts.findings)
    note = short_note(facts.findings, rubric)
    return (
        f".gr #L{facts.where}{{--c:{css_string(_chip_text(facts.findings))};"
        f"--n:{css_string(note)};--f:var(--{_COLOURS[grade]});--b:var(--{_COLOURS[grade]}b)}}"
    )


def _chip_text(findings: Sequence[RatedFinding]) -> str:
    if len(findings) == 1:
        one = findings[0]
        return short(f"{one.clause or one.tool} {one.grade} {one.rule}", CHIP_CHARACTERS)
    words = dict.fromkeys(f"{one.clause or one.tool} {one.grade}" for one in findings)
    return short(", ".join(words), CHIP_CHARACTERS)


def short_note(findings: Iterable[RatedFinding], rubric: Rubric | None) -> str:
    """Gives the note of a line: a paragraph for each finding, clause first."""
    notes = [_note(one, rubric) for one in findings]
    text = "\n".join(dict.fromkeys(notes))
    return text if len(text) <= NOTE_CHARACTERS else text[: NOTE_CHARACTERS - 1] + "…"


def _note(finding: RatedFinding, rubric: Rubric | None) -> str:
    mend = clause_fix(finding, rubric)
    head = f"{finding.clause or finding.tool} [{finding.grade}] {short(finding.message, 220)}"
    return f"{head} Fix: {mend}" if mend else head


def clause_fix(finding: RatedFinding, rubric: Rubric | None) -> str:
    """Gives the mend that the finding's clause names."""
    if rubric is None:
        return ""
    return next((c.fix for c in rubric.clauses if c.id == finding.clause), "")


def by_criterion(
    findings: Iterable[RatedFinding], rubric: Rubric | None = None
) -> tuple[tuple[str, tuple[RatedFinding, ...]], ...]:
    """Gives the findings of each criterion, in the rubric's order; "" holds those of no clause, last."""
    every = tuple(findings)
    order = [one.id for one in rubric.criteria] if rubric else []
    order += sorted({one.criterion or "" for one in every} - {*order}, key=lambda one: one == "")
    groups = [
        (name, tuple(one for one in every if (one.criterion or "") == name)) for name in order
    ]
    return tuple((name, found) for name, found in groups if found)


def criterion_title(name: str, rubric: Rubric | None) -> str:
    """Gives a criterion's name as people read it; the empty name is that of findings without a clause."""
    named = {one.id: one.name for one in rubric.criteria} if rubric else {}
    return named.get(name, name) or "Charged to no clause"


def _listed(rated: RatedReport, rubric: Rubric | None, names: Sequence[str]) -> Iterator[str]:
    for name, found in by_criterion(rated.findings, rubric):
        yield criterion_title(name, rubric)
        yield from (one["text"] for one in rows(found, rated, rubric, names))


def rows(
    findings: Iterable[RatedFinding],
    rated: RatedReport,
    rubric: Rubric | None = None,
    names: Sequence[str] = (),
) -> list[dict[str, str]]:
    """Gives findings in words, for a template; a clause's mend is told once, with its first finding."""
    told: set[str | None] = set()
    made = []
    for one in findings:
        made.append(_row(one, rated, None if one.clause in told else rubric, names))
        told.add(one.clause)
    return made


def _row(
    finding: RatedFinding, rated: RatedReport, rubric: Rubric | None, names: Sequence[str]
) -> dict[str, str]:
    file = file_index(finding.file, rated, names)
    several = len(_shown(rated, names)) > 1
    place = f"{finding.file}:{finding.line}" if several or file < 0 else f"L{finding.line}"
    words = {
        "grade": str(finding.grade),
        "place": place,
        "jump": f"j{file + 1}-{finding.line}" if file >= 0 else "",
        "clause": finding.clause or f"{finding.tool} {finding.rule}",
        "message": finding.message,
        "fix": clause_fix(finding, rubric),
        "diff": finding.fix.diff if finding.fix else "",
        "text": f"{finding.grade}  {place}  {_note(finding, rubric)}",
    }
    return {name: visible(text) for name, text in words.items()}


def grade_counts(rated: RatedReport) -> list[tuple[str, int]]:
    """Gives how many findings each grade has, the strongest first; a grade without any is left out."""
    counts = dict.fromkeys(("E3", "E2", "E1"), 0)
    for finding in rated.findings:
        counts[finding.grade] = counts.get(finding.grade, 0) + 1
    return [(grade, count) for grade, count in counts.items() if count]


def _missed(rated: RatedReport) -> list[str]:
    missed = [one for one in rated.constraints if one.state is ConstraintState.MISSED]
    return [f"{one.kind} {one.wanted}: {one.quote!r}" for one in missed]


def _asked_counts(rated: RatedReport) -> list[tuple[str, int]]:
    states = [one.state for one in rated.constraints]
    return [(state.value, states.count(state)) for state in _ASKED_ORDER if state in states]


def outputs(rated: RatedReport) -> list[tuple[str, str]]:
    """Gives what each stage printed, with the stage's name; silent ones are left out."""
    return [
        (f"{stage.stage}: {name}{', cut' if out.truncated else ''}", out.text)
        for stage in rated.stages
        for name, out in (("stdout", stage.stdout), ("stderr", stage.stderr))
        if out.text.strip()
    ]


def _slots(shown: Sequence[Chip], listed: str) -> str:
    rules = [".gr .strip .known,.gr .found .fr{display:none}"]
    for number, chip in enumerate(shown, start=1):
        rules.append(f".gr .s{number}{{--t:{css_string(chip.words)};--f:var(--{chip.colour});")
        rules.append(f"--b:var(--{chip.colour}b)}}")
    rules.append(f".gr .found{{--l:{css_string(listed)}}}")
    return "".join(rules)
