"""`gavel explain`: every step from the findings of a report to its ratings."""

from __future__ import annotations

from pathlib import Path

import click

from sandbox.output_text import visible

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("report", type=_FILE)
@click.option("--rubric", "rubric_file", type=_FILE, help="Another rubric than the shipped one.")
@click.option("--calibration", type=_FILE, help="What `gavel calibrate` wrote.")
def explain(report: Path, rubric_file: Path | None, calibration: Path | None) -> None:
    """Explain REPORT, the JSON of `gavel audit --json`: findings, clauses, caps, gates, ratings."""
    from bridge.report_files import read_report
    from bridge.rubrics import read_calibration, read_rubric
    from rubric.explain import explain as steps
    from rubric.model import RatedReport

    read = read_report(report, RatedReport)
    rubric = read_rubric(rubric_file)
    if (read.rubric.id, read.rubric.version) != (rubric.id, rubric.version):
        click.echo(
            f"gavel: {visible(str(report))} was rated under {visible(read.rubric.id)} "
            f"{visible(read.rubric.version)}; this explains it under {rubric.id} {rubric.version}",
            err=True,
        )
    for line in steps(read, rubric, read_calibration(calibration, rubric)):
        click.echo(visible(" ".join(line.split("\n"))))
