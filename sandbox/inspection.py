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
    """A test, benchmark or fuzz function of the syntax tree."""

    file: str
    line: int
    name: str
    path: str
    kind: str
    external: bool
    task: bool
    output: str = ""
    unordered: bool = False


class Hook(BaseModel):
    """A file that is added to a package so that what it holds can be called."""

    path: str
    name: str
    text: str
    calls: bool
    entries: bool
    crowds: bool
    deep: bool = False


class Grown(BaseModel):
    """A function whose cost is measured over the size of what it is given."""

    name: str
    file: str
    line: int
    end: int
    sized: str
    number: bool
    """Whether it is given a whole number and no list, text or map."""
    nested: bool
    """Whether what it gives back may be as large as the square."""
    others: bool
    """Whether several of its arguments grow."""

    @property
    def place(self) -> Place:
        """Where it is declared."""
        return Place(file=self.file, line=self.line)


class Tried(BaseModel):
    """A function that is called with values by chance."""

    name: str
    file: str
    line: int
    text: bool
    """Whether it takes nothing but texts."""


class Placed(BaseModel):
    """Where the function of a prompt's example stands, or why the example can't be called."""

    name: str
    file: str
    line: int
    why: str
    holds: bool = False
    """Whether its results may lead to what its goroutines wait for."""

    @property
    def place(self) -> Place:
        """Where the function is declared."""
        return Place(file=self.file, line=max(1, self.line))


class Entry(BaseModel):
    """A function or method that can be called with plain values."""

    name: str
    file: str
    line: int
    method: bool
    edge: bool
    crowd: bool
    holds: bool
    polls: bool
    """Whether a loop of it looks at what another goroutine has to change."""

    @property
    def place(self) -> Place:
        """Where it is declared."""
        return Place(file=self.file, line=self.line)


class Function(BaseModel):
    """A function, method or type that the answer declares."""

    name: str
    text: str


class Exercise(BaseModel):
    """What can be called without tests."""

    hooks: tuple[Hook, ...] = ()
    calls: tuple[Placed, ...] = ()
    entries: tuple[Entry, ...] = ()
    functions: tuple[Function, ...] = ()
    deep: tuple[Hook, ...] = ()
    grown: tuple[Grown, ...] = ()
    tried: tuple[Tried, ...] = ()


class Inspection(BaseModel):
    """What reading alone can tell."""

    syntax: list[Problem]
    gofmt: list[Problem]
    types: list[Problem]
    refused: list[Problem]
    tests: list[ListedTest]
    benchmarks: list[ListedTest]
    fuzzes: list[ListedTest]
    main: str
    mains: int
    package: str
    concurrent: bool
    reads_input: bool
    reads_stdin: bool
    serves: bool
    test_main: bool
    imports: list[str]
    exercise: Exercise | None = None
    """Null where the types are not sound."""

    def without(self, files: set[str]) -> Inspection:
        """Gives the inspection without the tests of some files."""
        listed = {"tests": self.tests, "benchmarks": self.benchmarks, "fuzzes": self.fuzzes}
        return self.model_copy(
            update={
                name: [test for test in tests if test.file not in files]
                for name, tests in listed.items()
            }
        )

    @property
    def listed(self) -> list[ListedTest]:
        """Everything in it that go test knows."""
        return [*self.tests, *self.benchmarks, *self.fuzzes]

    def calling(self, *, calls: bool, entries: bool) -> Inspection:
        """Gives the inspection with what is called besides main and the tests, or with nothing."""
        if self.exercise is None:
            return self
        if not (calls or entries):
            bare = self.exercise.model_copy(update={"hooks": ()})
            return self.model_copy(update={"exercise": bare})
        # Calls at the same time are concurrency, though the answer starts no goroutine itself.
        crowds = entries and any(hook.crowds for hook in self.exercise.hooks)
        return self.model_copy(update={"concurrent": self.concurrent or crowds})
