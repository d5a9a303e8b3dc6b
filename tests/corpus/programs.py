"""Reads the corpus: a header of `key: value` lines, then sections in txtar form. Runs nothing.

Header: `clause`, `rules` (what must be found, as tool/rule, with `*`), `grade` (the evidence that is due),
and where they matter `verdict` and `functional` of the defective side, and the `go` version.
A clean program has neither clause nor rules.

Sections: `bad*.go` and `good*.go` are the two sides and reach the audit as `main*.go`; `prompt`,
`tests/NAME` (tests of the task) and `cases` (YAML) belong to both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import yaml

from sandbox.model import AuditInput, Case, Grade

FOLDER = Path(__file__).parent
CLEAN = "clean"
Side = Literal["bad", "good"]

_SECTION = re.compile(r"^-- (.+) --\n", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One file of the corpus."""

    name: str
    header: dict[str, str]
    sections: dict[str, str]

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.name.startswith(f"{CLEAN}/")

    @property
    def clause(self) -> str:
        """The clause that it breaks; empty for a clean one."""
        return self.header.get("clause", "")

    @property
    def rules(self) -> tuple[str, ...]:
        """Patterns of what has to be found."""
        return tuple(self.header.get("rules", "").split())

    @property
    def grade(self) -> Grade:
        """How strong the evidence has to be."""
        return Grade(self.header["grade"])

    @property
    def decided(self) -> bool:
        """Whether something tells right answers from wrong ones."""
        return any(name in {"prompt", "cases"} or _is_test(name) for name in self.sections)

    def files(self, side: Side) -> dict[str, str]:
        """The answer's files, by the names that the audit sees."""
        return {
            f"main{name.removeprefix(side)}": text
            for name, text in self.sections.items()
            if name.startswith(side)
        }

    def tests(self) -> dict[str, str]:
        """The task's own tests."""
        return {
            name.removeprefix("tests/"): text
            for name, text in self.sections.items()
            if _is_test(name)
        }

    def given(self, side: Side, files: dict[str, str] | None = None) -> AuditInput:
        """The input to audit; `files` stand in for those of the corpus."""
        cases: list[dict[str, Any]] = yaml.safe_load(self.sections.get("cases", "[]"))
        return AuditInput(
            id=f"{self.name}:{side}",
            files=files or self.files(side),
            tests=self.tests(),
            prompt=self.sections.get("prompt", ""),
            cases=tuple(Case(**case) for case in cases),
            go=self.header.get("go"),
        )


def programs(*clauses: str) -> list[Program]:
    """Every program, or those of some clauses, by name."""
    found = [_read(path) for path in sorted(FOLDER.rglob("*.txtar"))]
    return [one for one in found if not clauses or one.name.split("/")[0] in clauses]


def matches(pattern: str, tool: str, rule: str) -> bool:
    """Tells whether a finding is one that a header asks for."""
    return fnmatchcase(f"{tool}/{rule}", pattern)


def _is_test(name: str) -> bool:
    return name.startswith("tests/")


def _read(path: Path) -> Program:
    head, *parts = _SECTION.split(path.read_text(encoding="utf-8"))
    return Program(
        name=path.relative_to(FOLDER).with_suffix("").as_posix(),
        header=dict(line.split(": ", 1) for line in head.splitlines()),
        sections=dict(zip(parts[::2], parts[1::2], strict=True)),
    )
