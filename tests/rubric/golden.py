"""Feedback as golden texts: `python -m tests.rubric.golden` words the stored reports anew.

With `audit` after it, the programs are audited again first, in real jails, and their reports are stored.
Read the difference before it is committed: a golden text is right because somebody read it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from rubric.model import RatedReport
from rubric.suggest import rate
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.model import AuditReport, SnippetSummary, StageResult
from sandbox.runner import audit
from sandbox.toolchain import prepare
from tests.conftest import shared_root
from tests.corpus.programs import programs
from tests.rubric.reports import shipped

FOLDER = Path(__file__).parent / "feedback"
PROGRAMS = (
    "CC-1/parallel_sum", "CC-2/lock_order", "CC-3/generator_left", "CC-4/parameter_copy",
    "CC-6/cancel_dropped", "CC-7/early_return", "CC-14/done_forgotten", "CC-15/new_background",
    "CR-1/unused_import", "CR-1/wrong_type", "CR-2/cases_fizzbuzz", "CR-2/binary_search_bounds",
    "CR-3/index_past_end", "CR-3/double_close", "CR-8/loop_no_progress", "CR-9/missing_argument",
    "CR-11/append_without_value", "EH-1/ignored_write", "EH-2/blank_atoi",
    "EH-5/as_without_pointer", "EH-7/bufio_unflushed", "EH-12/logged_and_used",
    "MR-1/body_not_closed", "MR-2/defer_in_loop", "MR-10/doubling_slice", "SC-1/query_concat",
    "SC-2/shell_ping", "SC-3/download", "SC-6/api_key", "SC-7/skip_verify",
    "SC-9/listen_and_serve", "TV-1/lower_case_name", "PF-2/concat_in_loop", "RD-1/spaces",
    "DI-7/ioutil", "MR-8/notify_unbuffered", "RD-6/dead_code", "CR-11/host_port_format",
)  # fmt: skip


def report_of(name: str) -> RatedReport:
    """Gives the stored report of a program's defective side, rated with the shipped rubric."""
    stored = (FOLDER / f"{_file(name)}.json").read_text(encoding="utf-8")
    return rate(AuditReport.model_validate_json(stored), shipped())


def golden(name: str) -> str:
    """Gives the text that was read and found good."""
    return (FOLDER / f"{_file(name)}.txt").read_text(encoding="utf-8")


def worded(rated: RatedReport) -> str:
    """Gives every criterion's feedback, each after its criterion."""
    said = [f"[{name}] {one.feedback}\n" for name, one in rated.ratings.items() if one.feedback]
    return "".join(said)


def _file(name: str) -> str:
    return name.replace("/", "_")


def _small(report: AuditReport) -> AuditReport:
    """Leaves out what feedback never reads."""
    return AuditReport(
        input=report.input,
        snippet=SnippetSummary(
            files=report.snippet.files,
            line_map=tuple({"source": part.get("source")} for part in report.snippet.line_map),
        ),
        verdict=report.verdict,
        functional=report.functional,
        stages=tuple(StageResult(stage=one.stage, status=one.status) for one in report.stages),
        findings=report.findings,
        tests=report.tests,
        race=report.race,
        deadlock=report.deadlock,
        leak=report.leak,
        toolchain=report.toolchain,
    )


def _audit() -> None:
    toolchain, backend = prepare(shared_root(), print), Bubblewrap(ready=1)
    wanted = [one for one in programs() if one.name in PROGRAMS]
    try:
        for one in wanted:
            report = audit(one.given("bad"), backend=backend, toolchain=toolchain)
            text = _small(report).model_dump_json(exclude_defaults=True, indent=1)
            (FOLDER / f"{_file(one.name)}.json").write_text(text + "\n", encoding="utf-8")
    finally:
        backend.close()


def _main(words: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    if words == ["audit"]:
        _audit()
    for name in PROGRAMS:
        text = worded(report_of(name))
        (FOLDER / f"{_file(name)}.txt").write_text(text, encoding="utf-8")
        sys.stdout.write(f"{name}\n{text}\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
