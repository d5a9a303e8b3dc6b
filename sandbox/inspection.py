"""The helper's answers about sources, as values."""

from __future__ import annotations

from pydantic import BaseModel

from sandbox.places import Place


class Problem(BaseModel):
    """A diagnostic as the helper writes it."""

    file: str = ""
    line: int = 1
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None
    rule: str
    message: str
    typed: bool = False

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(
            file=self.file,
            line=self.line,
            column=self.column,
            end_line=self.end_line,
            end_column=self.end_column,
        )


class ListedTest(BaseModel):
    """A test function of the syntax tree."""

    file: str
    line: int
    name: str
    path: str
    kind: str
    external: bool
    task: bool
    output: str = ""
    unordered: bool = False


class Inspection(BaseModel):
    """What reading alone can tell."""

    syntax: list[Problem]
    gofmt: list[Problem]
    types: list[Problem]
    refused: list[Problem]
    findings: list[Problem]
    tests: list[ListedTest]
    main: str
    mains: int
    package: str
    concurrent: bool
    reads_input: bool
    serves: bool
    test_main: bool
    imports: list[str]

    def without(self, files: set[str]) -> Inspection:
        """Gives the inspection without the tests of some files."""
        return self.model_copy(
            update={"tests": [test for test in self.tests if test.file not in files]}
        )
