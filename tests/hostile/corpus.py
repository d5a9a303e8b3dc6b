"""Reads the hostile programs: a header of `key: value` lines, then sections in txtar form.

Header: `expect` (verdicts that are right; `refused` is an error before any audit), `control` (what stops
it), `never` (what must not happen), `functional`, `says` (what it must print, so that it is known to have
reached its attack), and for odd inputs `as`, `machine`, `files`, `go`, `args`, `case_name`.
"""

from __future__ import annotations

import json
import os
import re
import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.audit_files import read_input
from sandbox.model import AuditInput, Case, Limits

PROGRAMS = Path(__file__).with_name("programs")
LIMITS = Limits(
    build_wall_s=20.0,
    build_cpu_s=6.0,
    build_memory_mib=512,
    build_processes=64,
    run_wall_s=1.5,
    run_cpu_s=1.0,
    run_memory_mib=128,
    run_processes=48,
    output_bytes=256 * 1024,
    report_output_bytes=256 * 1024,
    disk_mib=16,
    inodes=2000,
    open_files=256,
)
NEVER = {
    "escape": "something that must be denied succeeds",
    "leak": "a secret of the host or of the task is seen",
    "write": "a file of the host or of the toolchain changes",
    "survivor": "a process outlives the audit",
    "forge": "the program decides its own verdict",
    "hang": "the audit takes longer than its limits",
    "crash": "the audit ends in an error of ours",
    "raw_controls": "control characters reach the report",
}

_SECTION = re.compile(r"^-- (.+) --\n", re.MULTILINE)
_GROW = re.compile(r"@GROW:(\d+):([^@]*)@")
_ADD_TEST = """package sum

import "testing"

func TestAdd(t *testing.T) {
\tif got := Add(1, 2); got != 3 {
\t\tt.Errorf("got %d", got)
\t}
}
"""
_SIGNS = {"@NUL@": "\0", "@BOM@": "\ufeff", "@NL@": "\n", "@ESC@": "\x1b", "@BEL@": "\x07"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One hostile input."""

    name: str
    header: dict[str, str]
    sections: dict[str, str]

    @property
    def threat(self) -> str:
        """Its threat class."""
        return self.name.split("/")[0]

    def words(self, key: str) -> set[str]:
        """The words of a header line."""
        return set(self.header.get(key, "").split())

    def given(self, signs: dict[str, str], folder: Path) -> AuditInput:
        """The input to audit; `signs` stand in for places of the host."""
        sections = {_grown(k, signs): _grown(v, signs) for k, v in self.sections.items()}
        kind = self.header.get("as", "files")
        expected = sections.pop("expected", None)
        tests = {k.removeprefix("tests/"): v for k, v in sections.items() if k.startswith("tests/")}
        files = {k: v for k, v in sections.items() if not k.startswith("tests/")}
        for number in range(int(self.header.get("files", "0"))):
            files[f"f{number}.go"] = "package main\n"
        given: dict[str, Any] = {"tests": tests, "go": self.header.get("go")}
        given["args"] = tuple(self.header.get("args", "").split())
        if expected is not None:
            name = _grown(self.header.get("case_name", "case").strip('"'), signs)
            given["cases"] = (Case(name=name, expected=expected),)
        match kind:
            case "code" | "surrogate":
                tail = "\ud800" if kind == "surrogate" else ""
                given["code"] = re.sub(r"-=- (.+?) -=-", r"-- \1 --", files["code"]) + tail
            case "zip" | "folder":
                path = (_zip if kind == "zip" else _folder)(json.loads(files[kind]), folder)
                given["code"], given["files"] = read_input(str(path), LIMITS)
            case _:
                given["files"] = files
        return AuditInput.model_construct(**{"id": "", **given})


def programs() -> list[Program]:
    """Every program, by name."""
    return [_read(path) for path in sorted(PROGRAMS.rglob("*.txtar"))]


def _read(path: Path) -> Program:
    head, *parts = _SECTION.split(path.read_text(encoding="utf-8"))
    header = dict(line.split(": ", 1) for line in head.splitlines() if line)
    name = path.relative_to(PROGRAMS).with_suffix("").as_posix()
    return Program(
        name=name, header=header, sections=dict(zip(parts[::2], parts[1::2], strict=True))
    )


def _grown(text: str, signs: dict[str, str]) -> str:
    def more(match: re.Match[str]) -> str:
        return "".join(_numbered(match.group(2), i) for i in range(int(match.group(1))))

    text = _GROW.sub(more, text.replace("@ADDTEST@\n", _ADD_TEST))
    for sign, value in {**_SIGNS, **signs}.items():
        text = text.replace(sign, value)
    return text


def _numbered(text: str, number: int) -> str:
    return re.sub(r"\{i([+*%\d]*)\}", lambda one: str(_value(one.group(1), number)), text)


def _value(steps: str, number: int) -> int:
    for sign, operand in re.findall(r"([+*%])(\d+)", steps):
        step = int(operand)
        number = {"+": number + step, "*": number * step, "%": number % step}[sign]
    return number


def _zip(entries: list[dict[str, Any]], folder: Path) -> Path:
    path = folder / "input.zip"
    if not entries:
        path.write_bytes(b"PK\x03\x04 no zip at all")
        return path
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
        warnings.simplefilter("ignore")
        for entry in entries:
            for number in range(entry.get("times", 1)):
                info = zipfile.ZipInfo(entry["name"].replace("{i}", str(number)))
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = entry.get("mode", 0o100644) << 16
                archive.writestr(info, entry["text"] + "x" * entry.get("pad", 0))
    if any(entry.get("spoil") for entry in entries):
        data = bytearray(path.read_bytes())
        data[40:50] = b"\xff" * 10
        path.write_bytes(data)
    return path


def _folder(entries: list[dict[str, Any]], folder: Path) -> Path:
    for entry in entries:
        path = folder / entry["name"]
        if "link" in entry:
            path.symlink_to(entry["link"])
        elif entry.get("fifo"):
            os.mkfifo(path)
        else:
            path.write_text(entry["text"])
    return folder
