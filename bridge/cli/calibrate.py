"""`gavel calibrate`: compares suggestions with people's ratings and writes the calibration file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from rubric.calibration import CalibrationFile, CriterionAgreement, Estimate
from sandbox.output_text import visible

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FEW = 50
"""With fewer pairs an interval of alpha is too wide to rank anything by."""


@click.command()
@click.argument("gold", type=_FILE)
@click.option("--rubric", "rubric_file", type=_FILE, help="Another rubric than the shipped one.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write it; calibration-VERSION.json in this folder otherwise.",
)
def calibrate(gold: Path, rubric_file: Path | None, out: Path | None) -> None:
    """Compare suggestions with the people's ratings in GOLD (JSON lines) and write a calibration.

    The same cases give the same file; its version is the hash of its content.
    """
    from bridge.errors import ConfigError
    from bridge.report_files import read_lines
    from bridge.rubrics import read_rubric
    from rubric.calibration import CalibrationError, GoldCase
    from rubric.calibration import calibrate as compare

    cases = [case for _, case in read_lines(gold, GoldCase)]
    try:
        made = compare(cases, read_rubric(rubric_file))
    except CalibrationError as exc:
        raise ConfigError(f"{gold}: {exc}") from exc
    target = out or Path(f"calibration-{made.version}.json")
    target.write_text(made.model_dump_json(by_alias=True, indent=2) + "\n", encoding="utf-8")
    for line in _lines(made):
        click.echo(visible(line))
    click.echo(f"wrote {target}")


def _lines(made: CalibrationFile) -> Iterator[str]:
    yield (
        f"rubric {made.rubric.id} {made.rubric.version}: {made.cases} cases, "
        f"{made.left_out} left out whose person saw the suggestion"
    )
    yield "agreement of suggestions with people, with 95 % intervals"
    for name, found in made.agreement.items():
        few = f"; under {FEW} pairs, too few to rank by" if 0 < found.pairs < FEW else ""
        yield f"{name}: {found.pairs} pairs, {found.silent} rated where the machine was silent{few}"
        if found.pairs:
            yield from _figures(found)
    yield "clauses that people judged"
    for clause, record in made.clauses.items():
        yield (
            f"{clause}: {record.upheld} of {record.reviewed} upheld, precision "
            f"{record.precision:.2f}, lower bound {record.lower_bound:.2f}"
        )
    if not made.clauses:
        yield "none"


def _figures(found: CriterionAgreement) -> Iterator[str]:
    named = {
        "exact": found.exact,
        "within one": found.within_one,
        "ordinal alpha": found.alpha,
        "AC2": found.ac2,
        "quadratic kappa": found.kappa,
    }
    for name, figure in named.items():
        yield f"  {name:<16}{_figure(figure)}"


def _figure(figure: Estimate) -> str:
    if figure.value is None:
        return "not defined"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.2f} (interval not defined)"
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"
