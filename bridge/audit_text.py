"""Writes a rated report for a terminal: the verdict, the findings, the ratings."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from rubric.model import RatedReport, RatingStatus
from sandbox.output_text import visible

_STYLES = {"accepted": "green", "internal_error": "magenta"}


def show_report(report: RatedReport, console: Console) -> None:
    """Prints the report; text of the snippet is escaped."""
    style = _STYLES.get(report.verdict.value, "red")
    flags = f" ({', '.join(report.flags)})" if report.flags else ""
    console.print(
        f"[bold {style}]{report.verdict.value}[/]{flags}  {report.toolchain}, {report.backend}"
    )
    if report.error:
        console.print(f"  {_safe(report.error.message)}")
    for finding in report.findings:
        clause = f" [{finding.clause}]" if finding.clause else ""
        place = f"{finding.file}:{finding.line}"
        console.print(f"  {_safe(place + clause)} {finding.grade} {_safe(finding.message)}")
        if finding.excerpt.strip():
            console.print(f"      [dim]{_safe(finding.excerpt.strip())}[/]")
    console.print(_ratings(report))
    for one in report.constraints:
        why = f" ({_safe(one.why)})" if one.why else ""
        console.print(f"  [dim]asked for: {_safe(one.wanted)}: {one.state.value}{why}[/]")
    for item in report.not_checked:
        console.print(f"  [dim]not checked: {_safe(item.what)}: {_safe(item.why)}[/]")


def _ratings(report: RatedReport) -> Table:
    table = Table(show_header=True, box=None, padding=(0, 2, 0, 2))
    for heading in ("criterion", "rating", "why"):
        table.add_column(heading)
    for name, rating in {**report.ratings, "overall": report.overall}.items():
        value = str(rating.value) if rating.value is not None else "-"
        shown = (
            value
            if rating.status is RatingStatus.SUGGESTED
            else rating.status.value.replace("_", " ")
        )
        table.add_row(_safe(name), shown, _safe(rating.feedback or rating.reason))
    return table


def _safe(text: str) -> str:
    return escape(visible(text))
