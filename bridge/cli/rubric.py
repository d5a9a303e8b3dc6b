"""`gavel rubric`: checks, shows and compares rubrics, and previews what a change would do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from bridge.errors import ConfigError
from bridge.rubrics import read_calibration, read_rubric
from rubric.model import Clause, RatedReport, Rubric
from sandbox.output_text import visible

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FAULTY = 1
PREVIEW_AT_MOST = 1000


@click.group()
def rubric() -> None:
    """Check, show and compare rubrics, and preview what another one would change."""


@rubric.command()
@click.argument("file", type=FILE)
def lint(file: Path) -> None:
    """Check FILE; each fault is `file:line: what is wrong and how to mend it`, status 1."""
    try:
        found = read_rubric(file)
    except ConfigError as exc:
        _say(str(exc).splitlines())
        raise SystemExit(_FAULTY) from None
    _say([f"{file}: {_counted(found)}"])


@rubric.command()
@click.argument("file", type=FILE, required=False)
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON.")
def show(file: Path | None, *, as_json: bool) -> None:
    """Show FILE, or the shipped rubric: criteria with their clauses, gates and reasons."""
    found = read_rubric(file)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    _say(_shown(found))


@rubric.command()
def schema() -> None:
    """Print the JSON schema of the format, for editors and other programs."""
    from rubric.schema import rubric_schema

    click.echo(json.dumps(rubric_schema(), indent=2, ensure_ascii=False))


@rubric.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
def diff(old: Path, new: Path) -> None:
    """Show what changed from OLD to NEW, a line for each change; status 1 where something did."""
    from rubric.difference import differences

    lines = differences(read_rubric(old), read_rubric(new))
    _say(lines or ["no difference"])
    if lines:
        raise SystemExit(1)


@rubric.command()
@click.argument("new", type=FILE)
@click.option("--project", type=int, help="Only past suggestions of this project.")
@click.option("--limit", default=PREVIEW_AT_MOST, show_default=True, help="The newest ones only.")
@click.option(
    "--reports",
    type=click.Path(exists=True, path_type=Path),
    help="Rated reports instead of the database: a JSON file, a folder of them, or JSON lines.",
)
@click.option("--calibration", type=FILE, help="What `gavel calibrate` wrote for NEW.")
def preview(
    new: Path, project: int | None, limit: int, reports: Path | None, calibration: Path | None
) -> None:
    """Show which past suggestions would change under the rubric NEW. Nothing is stored."""
    from rubric.preview import changes, worded

    wanted = read_rubric(new)
    records = read_calibration(calibration, wanted)
    seen = changed = 0
    for name, past in _past(reports, project, limit):
        seen += 1
        found = changes(past, wanted, records)
        if found:
            changed += 1
            _say([name, *(f"  {worded(change)}" for change in found)])
    click.echo(f"{changed} of {seen} past suggestions would change under {wanted.id}")


@rubric.command("lint-feedback")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option("--rubric", "rubric_file", type=FILE, help="Another rubric than the shipped one.")
def lint_feedback(file: str, rubric_file: Path | None) -> None:
    """Flag feedback in FILE that names no clause, place or fix; status 1 where some is flagged.

    FILE is a text of feedbacks, each a paragraph (- is standard input), or rated reports as .json
    or .jsonl, whose feedback is checked criterion by criterion.
    """
    from rubric.feedback_lint import feedback_faults

    wanted = read_rubric(rubric_file)
    lines = [
        f"{place}: {fault.lack}: {fault.message}"
        for place, text in _feedbacks(file)
        for fault in feedback_faults(text, wanted)
    ]
    _say(lines or ["every feedback names a clause, a place and a fix"])
    if lines:
        raise SystemExit(_FAULTY)


def _feedbacks(file: str) -> Iterable[tuple[str, str]]:
    from bridge.report_files import read_paragraphs, read_reports

    if not file.endswith((".json", ".jsonl")):
        return read_paragraphs(file)
    return [
        (f"{name}: {criterion}", rating.feedback)
        for name, report in read_reports(Path(file), RatedReport)
        for criterion, rating in report.ratings.items()
        if rating.feedback
    ]


def _past(
    reports: Path | None, project: int | None, limit: int
) -> Iterable[tuple[str, RatedReport]]:
    from bridge.report_files import read_reports

    if reports is not None:
        return read_reports(reports, RatedReport)
    return _stored(project, limit)


def _stored(project: int | None, limit: int) -> list[tuple[str, RatedReport]]:
    from bridge.bootstrap import tables
    from bridge.settings import load_settings
    from bridge.store import past

    with tables(load_settings()) as (_, engine), engine.connect() as conn:
        rows = past.past_suggestions(conn, project_id=project, limit=limit)
    return [(key[:12], RatedReport.model_validate(rated)) for key, rated in rows]


def _say(lines: Iterable[str]) -> None:
    """Prints lines in which no control character reaches the terminal."""
    for line in lines:
        click.echo(visible(line))


def _counted(found: Rubric) -> str:
    people = sum(1 for clause in found.clauses if clause.question)
    return (
        f"{found.id} version {found.version}: {len(found.criteria)} criteria, "
        f"{len(found.clauses)} clauses ({people} with a question for people), "
        f"{len(found.gates)} gates, scale {found.scale[0]}-{found.scale[-1]}"
    )


def _shown(found: Rubric) -> list[str]:
    lines = [_counted(found)]
    for criterion in found.criteria:
        ceiling = "" if criterion.ceiling is None else f", ceiling {criterion.ceiling}"
        lines += [
            "",
            f"{criterion.id} {criterion.name}: weight {criterion.weight}, machine {criterion.machine}{ceiling}",
            f"  {criterion.question}",
            *(f"  {value}: {text}" for value, text in criterion.anchors.items()),
            *(_clause(one) for one in found.clauses if one.criterion == criterion.id),
        ]
    lines += ["", *(f"gate {g.id}: overall at most {g.overall_cap}: {g.text}" for g in found.gates)]
    return lines + [f"reason {reason.code}: {reason.text}" for reason in found.reasons]


def _clause(clause: Clause) -> str:
    return f"  {clause.id} cap {clause.cap}, {clause.severity}, machine {clause.machine}: {clause.title}"
