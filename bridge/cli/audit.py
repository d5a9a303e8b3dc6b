"""`gavel audit`: one input or a file of them, without database and without Label Studio."""

from __future__ import annotations

import re
import shlex
import sys
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from bridge.audit_batch import Auditing, run_batch
from bridge.audit_files import read_input, read_text
from bridge.audit_text import show_report
from bridge.backend_choice import make_backend
from bridge.rubrics import read_calibration, read_rubric
from bridge.settings import SandboxSettings
from bridge.supplying import make_supplies
from rubric.confirm import UNCALIBRATED, Calibration
from rubric.model import RatedReport, Rubric
from rubric.suggest import rate
from sandbox.backends import Backend, SandboxFault
from sandbox.model import AuditInput, AuditReport, Case, Limits, Verdict
from sandbox.runner import audit as run_audit
from sandbox.supplies import Supplies, toolchain_for
from sandbox.toolchain import Toolchain, default_data_folder, prepare

_MATCHED, _NO_SANDBOX = 1, 3
_READY = 3
_BELOW = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)<(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failing:
    """One --fail-on: a verdict, or a criterion rated below a number."""

    verdict: Verdict | None = None
    criterion: str = ""
    below: int = 0

    def matches(self, report: RatedReport) -> bool:
        if self.verdict is not None:
            return report.verdict is self.verdict
        rating = (
            report.overall if self.criterion == "overall" else report.ratings.get(self.criterion)
        )
        return rating is not None and rating.value is not None and rating.value < self.below


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sandbox:
    """What audits of this command have in common beside the backend."""

    toolchain: Toolchain
    supplies: Supplies

    def audit(self, given: AuditInput, backend: Backend, options: dict[str, Any]) -> AuditReport:
        return run_audit(
            given,
            backend=backend,
            toolchain=self.toolchain,
            supplies=self.supplies,
            deep=not options["fast"],
        )

    def release(self, given: AuditInput | None) -> str:
        """The Go release that an input is audited with."""
        if given is None:
            return self.toolchain.version
        return toolchain_for(given.go, self.toolchain, self.supplies).version


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    """What turns facts into ratings."""

    rubric: Rubric
    calibration: Calibration

    def rate(self, facts: AuditReport) -> RatedReport:
        return rate(facts, self.rubric, self.calibration)


def _failing(text: str, rubric: Rubric) -> _Failing:
    if text in set(Verdict):
        return _Failing(verdict=Verdict(text))
    match = _BELOW.fullmatch(text)
    names = {criterion.id for criterion in rubric.criteria} | {"overall"}
    if match is None or match.group(1) not in names:
        wanted = "a verdict, or CRITERION<N with one of " + ", ".join(sorted(names))
        raise click.BadParameter(f"{text!r}: expected {wanted}", param_hint="--fail-on")
    return _Failing(criterion=match.group(1), below=int(match.group(2)))


@click.command()
@click.argument("path", required=False)
@click.option(
    "--tests",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A test file of the task; repeatable.",
)
@click.option(
    "--prompt", type=click.Path(path_type=Path), help="The prompt, for requests it makes explicit."
)
@click.option("--stdin", "stdin_file", type=click.Path(path_type=Path), help="What main reads.")
@click.option("--expect", type=click.Path(path_type=Path), help="What main must print.")
@click.option("--args", default="", help="Arguments of main, as a shell would split them.")
@click.option("--go", "go_version", help="Go version the code is for.")
@click.option(
    "--backend",
    default="bubblewrap",
    type=click.Choice(["bubblewrap", "docker"]),
    help="What runs the code; docker needs an engine.",
)
@click.option("--fast/--deep", "fast", default=True, help="The first pass only, or the second too.")
@click.option("--rubric", "rubric_file", type=click.Path(path_type=Path), help="Another rubric.")
@click.option(
    "--calibration", type=click.Path(path_type=Path), help="What `gavel calibrate` wrote."
)
@click.option("--fail-on", multiple=True, help="VERDICT or CRITERION<N: exit with 1 when it holds.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--batch", type=click.Path(path_type=Path, exists=True), help="JSON lines in.")
@click.option("--out", type=click.Path(path_type=Path), help="JSON lines out.")
@click.option("-j", "jobs", default=1, type=click.IntRange(1, 64), help="Audits at the same time.")
@click.option(
    "--toolchain",
    "toolchains",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of a further Go release, used where --go names exactly its version; repeatable.",
)
@click.option(
    "--modules",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of modules in GOPROXY's layout; what is not in it counts as not existing.",
)
@click.option(
    "--vulnerabilities",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of the Go vulnerability database.",
)
@click.option(
    "--data-dir",
    envvar=["GAVEL_TOOLCHAIN_DIR", "GAVEL_DATA_DIR"],
    type=click.Path(path_type=Path),
    hidden=True,
)
def audit(**options: Any) -> None:
    """Audit Go at PATH (a .go file, a folder, .txtar, .zip or Markdown; - is standard input)."""
    if (options["path"] is None) == (options["batch"] is None):
        raise click.UsageError("give either PATH or --batch")
    if (options["batch"] is None) != (options["out"] is None):
        raise click.UsageError("--batch and --out belong together")
    rubric = read_rubric(options["rubric_file"])
    calibration = read_calibration(options["calibration"], rubric)
    judging = _Judging(rubric=rubric, calibration=calibration or UNCALIBRATED)
    failing = [_failing(text, rubric) for text in options["fail_on"]]
    try:
        tell = partial(click.echo, err=True)
        toolchain = prepare(options["data_dir"] or default_data_folder(), tell)
        supplies = make_supplies(_settings(options), toolchain, tell)
    except (SandboxFault, OSError) as exc:
        click.echo(f"gavel: the sandbox cannot run: {exc}", err=True)
        sys.exit(_NO_SANDBOX)
    sandbox = _Sandbox(toolchain=toolchain, supplies=supplies)
    command = _batch if options["batch"] else _single
    sys.exit(command(options, judging, failing, sandbox))


def _backend(options: dict[str, Any], *, ready: int = 0) -> closing[Backend]:
    """The chosen backend; Docker's engine is where DOCKER_HOST says, as for the docker command.

    Weak limits are allowed: whoever types the command sees in `enforced` what held.
    """
    return closing(make_backend(_settings(options), allow_weak_limits=True, ready=ready))


def _settings(options: dict[str, Any]) -> SandboxSettings:
    return SandboxSettings(
        backend=options["backend"],
        toolchains=options["toolchains"],
        module_proxy=options["modules"],
        vulnerability_db=options["vulnerabilities"],
    )


def _single(
    options: dict[str, Any], judging: _Judging, failing: list[_Failing], sandbox: _Sandbox
) -> int:
    given = _given(options)
    with _backend(options) as backend:
        facts = sandbox.audit(given, backend, options)
    report = judging.rate(facts.model_copy(update={"repeat": _repeat(options)}))
    if options["as_json"]:
        click.echo(report.model_dump_json(by_alias=True))
    else:
        from rich.console import Console

        show_report(report, Console())
    if report.verdict is Verdict.INTERNAL_ERROR:
        click.echo(f"gavel: the sandbox could not run: {report.error}", err=True)
        return _NO_SANDBOX
    return _MATCHED if any(one.matches(report) for one in failing) else 0


def _given(options: dict[str, Any]) -> AuditInput:
    limits = Limits()
    code, sources = read_input(options["path"], limits)
    args, stdin = tuple(shlex.split(options["args"])), _text(options["stdin_file"])
    cases: tuple[Case, ...] = ()
    if options["expect"] is not None:
        cases = (Case(name="expected", args=args, stdin=stdin, expected=_text(options["expect"])),)
    return AuditInput(
        id=Path(options["path"]).name,
        code=code,
        files=sources,
        prompt=_text(options["prompt"]),
        tests={path.name: read_text(path, limits) for path in options["tests"]},
        go=options["go_version"],
        cases=cases,
        args=args,
        stdin=stdin,
    )


def _text(path: Path | None) -> str:
    return "" if path is None else read_text(path, Limits())


def _repeat(options: dict[str, Any]) -> str:
    words = ["gavel", "audit", options["path"]]
    for name in ("prompt", "stdin_file", "expect", "rubric_file", "modules", "vulnerabilities"):
        if options[name] is not None:
            words += [f"--{name.removesuffix('_file')}", str(options[name])]
    for path in options["tests"]:
        words += ["--tests", str(path)]
    words += ["--backend", "docker"] if options["backend"] == "docker" else []
    for path in options["toolchains"]:
        words += ["--toolchain", str(path)]
    words += ["--args", options["args"]] if options["args"] else []
    words += ["--go", options["go_version"]] if options["go_version"] else []
    return shlex.join([*words, *([] if options["fast"] else ["--deep"]), "--json"])


def _batch(
    options: dict[str, Any], judging: _Judging, failing: list[_Failing], sandbox: _Sandbox
) -> int:
    with _backend(options, ready=_READY) as backend:
        return _audit_lines(options, judging, failing, sandbox, backend)


def _audit_lines(
    options: dict[str, Any],
    judging: _Judging,
    failing: list[_Failing],
    sandbox: _Sandbox,
    backend: Backend,
) -> int:
    auditing = Auditing(
        adapt=partial(_with_options, shared=_shared(options)),
        audit=lambda given: sandbox.audit(given, backend, options),
        rate=judging.rate,
        rubric=judging.rubric.version,
        calibration=judging.calibration.version,
        toolchain=sandbox.release,
    )
    status = 0
    for report in run_batch(options["batch"], options["out"], auditing, options["jobs"]):
        if report is None:
            continue
        if report.verdict is Verdict.INTERNAL_ERROR:
            click.echo(f"gavel: {report.id}: the sandbox could not run: {report.error}", err=True)
            status = _NO_SANDBOX
        elif status == 0 and any(one.matches(report) for one in failing):
            status = _MATCHED
    return status


def _with_options(given: AuditInput, shared: dict[str, Any]) -> AuditInput:
    """Gives the line's input with what the command line says for all lines that say nothing."""
    changes = {name: value for name, value in shared.items() if value and not getattr(given, name)}
    return given.model_copy(update=changes)


def _shared(options: dict[str, Any]) -> dict[str, Any]:
    args, stdin = tuple(shlex.split(options["args"])), _text(options["stdin_file"])
    expected = options["expect"]
    case = (
        None
        if expected is None
        else Case(name="expected", args=args, stdin=stdin, expected=_text(expected))
    )
    return {
        "tests": {path.name: read_text(path, Limits()) for path in options["tests"]},
        "prompt": _text(options["prompt"]),
        "go": options["go_version"],
        "cases": () if case is None else (case,),
        "args": args,
        "stdin": stdin,
    }
