"""Audits a file of inputs line by line: in order, safe to stop and start again."""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from bridge.errors import GavelError
from bridge.labelstudio.task_input import snippet_of
from rubric.model import RatedReport
from sandbox.model import AuditError, AuditInput, AuditReport, InputDigest, Verdict
from sandbox.runner import input_digest

LINE_BYTES = 8 * 1024 * 1024

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """One line in: an input, or why it is none."""

    id: str
    digest: str
    given: AuditInput | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Auditing:
    """What turns one line into a report, and the versions that name its outcome."""

    adapt: Callable[[AuditInput], AuditInput]
    audit: Callable[[AuditInput], AuditReport]
    rate: Callable[[AuditReport], RatedReport]
    rubric: str
    toolchain: Callable[[AuditInput | None], str]
    """Which Go release an input is audited with; without an input, the installed one."""
    calibration: str = "none"


def read_lines(path: Path, adapt: Callable[[AuditInput], AuditInput]) -> Iterator[BatchLine]:
    """Gives every line that is not blank; a bad one says why.

    Args:
        path: JSON lines.
        adapt: adds what the command line says for every line.
    """
    seen: set[str] = set()
    with path.open("rb") as file:
        while data := file.readline(LINE_BYTES + 1):
            if len(data) > LINE_BYTES and not data.endswith(b"\n"):
                _skip_line(file)
            if data.strip():
                yield _line(data, seen, adapt)


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(LINE_BYTES)) and not rest.endswith(b"\n"):
        pass


def _line(data: bytes, seen: set[str], adapt: Callable[[AuditInput], AuditInput]) -> BatchLine:
    digest = hashlib.sha256(data.strip()).hexdigest()
    if len(data) > LINE_BYTES:
        return BatchLine(id="", digest=digest, fault=f"the line has over {LINE_BYTES} bytes")
    try:
        content = json.loads(data)
    except ValueError as exc:
        return BatchLine(id="", digest=digest, fault=f"the line is not JSON: {exc}")
    if not isinstance(content, dict):
        return BatchLine(id="", digest=digest, fault="the line is not a JSON object")
    name = content.get("id")
    if not isinstance(name, str | int) or isinstance(name, bool) or name == "":
        return BatchLine(id="", digest=digest, fault="the line has no id")
    if str(name) in seen:
        return BatchLine(id=str(name), digest=digest, fault=f"the id {name} was used before")
    seen.add(str(name))
    return _input(str(name), content, digest, adapt)


def _input(
    name: str, content: dict[str, Any], digest: str, adapt: Callable[[AuditInput], AuditInput]
) -> BatchLine:
    try:
        given = adapt(snippet_of(content).model_copy(update={"id": name}))
    except GavelError as exc:
        return BatchLine(id=name, digest=digest, fault=str(exc))
    return BatchLine(id=name, digest=input_digest(given), given=given)


def run_batch(
    source: Path, out: Path, auditing: Auditing, jobs: int
) -> Iterator[RatedReport | None]:
    """Writes one report per line, in the order of the input, and gives each as it is written.

    A line whose outcome is already in `out` is not audited again; it comes as None. What was cut
    off in the middle, or ended as internal_error, is done again.
    """
    old = _read_out(out)
    with out.open("r+b" if out.exists() else "w+b") as file, ThreadPoolExecutor(jobs) as pool:
        kept = _keep_prefix(file, source, old, auditing)
        lines = iter(read_lines(source, auditing.adapt))
        for _ in range(kept):
            next(lines)
            yield None
        known = dict(old)
        for pending in _submitted(pool, lines, auditing, known, jobs):
            text, report = pending.result()
            file.write(text + b"\n")
            file.flush()
            os.fsync(file.fileno())
            yield report


def _submitted(
    pool: ThreadPoolExecutor,
    lines: Iterator[BatchLine],
    auditing: Auditing,
    known: dict[Key, bytes],
    jobs: int,
) -> Iterator[Future[tuple[bytes, RatedReport | None]]]:
    # A window of a few lines: a file of any size is never read into memory at once.
    window: deque[Future[tuple[bytes, RatedReport | None]]] = deque()
    for line in lines:
        window.append(pool.submit(_one, line, auditing, known))
        if len(window) > jobs:
            yield window.popleft()
    yield from window


def _one(
    line: BatchLine, auditing: Auditing, known: dict[Key, bytes]
) -> tuple[bytes, RatedReport | None]:
    old = known.get(_key(line, auditing))
    if old is not None:
        return old, None
    facts = _rejected(line, auditing) if line.given is None else auditing.audit(line.given)
    report = auditing.rate(facts)
    return report.model_dump_json(by_alias=True).encode(), report


def _rejected(line: BatchLine, auditing: Auditing) -> AuditReport:
    return AuditReport(
        id=line.id,
        input=InputDigest(sha256=line.digest),
        verdict=Verdict.REJECTED,
        error=AuditError(code="bad_line", message=line.fault),
        toolchain=auditing.toolchain(None),
    )


def _key(line: BatchLine, auditing: Auditing) -> Key:
    return (
        line.id,
        line.digest,
        auditing.rubric,
        auditing.calibration,
        auditing.toolchain(line.given),
    )


def _read_out(out: Path) -> list[tuple[Key, bytes]]:
    """Gives the finished reports of an earlier run: key and text."""
    found: list[tuple[Key, bytes]] = []
    if not out.exists():
        return found
    with out.open("rb") as file:
        for text in file:
            key = _old_key(text)
            if key is None:
                break
            found.append((key, text.rstrip(b"\n")))
    return found


def _old_key(text: bytes) -> Key | None:
    if not text.endswith(b"\n"):
        return None
    try:
        old = json.loads(text)
        if old["verdict"] == Verdict.INTERNAL_ERROR:
            return ("",)
        versions = (old["rubric"]["version"], old["calibration"], old["toolchain"])
        return (old["id"], old["input"]["sha256"], *versions)
    except (ValueError, KeyError, TypeError):
        return None


def _keep_prefix(
    file: BinaryIO, source: Path, old: list[tuple[Key, bytes]], auditing: Auditing
) -> int:
    """Cuts the file after the lines that answer the input's first lines, and counts them."""
    kept, size = 0, 0
    for line, (key, text) in zip(read_lines(source, auditing.adapt), old, strict=False):
        if key != _key(line, auditing):
            break
        kept, size = kept + 1, size + len(text) + 1
    file.truncate(size)
    file.seek(size)
    return kept
