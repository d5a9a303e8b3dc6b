"""What was measured of a snippet, as parts of the report: benchmarks and profiles. Data only."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class BenchmarkState(StrEnum):
    """How a benchmark ended."""

    MEASURED = "measured"
    NO_RESULT = "no_result"
    """It failed, skipped itself or repeats nothing."""
    NOT_ENDED = "not_ended"
    """It ran into a limit, or ended the program."""
    NOT_RUN = "not_run"
    """Another one ended the program, so what was measured before can't be believed either."""


class Benchmark(_Part):
    """One benchmark of the snippet or its task. It rates nothing: its code says what it measures."""

    name: str
    source: str
    """task or snippet."""
    verified: bool
    """False for the snippet's own: it chose what is measured."""
    file: str
    line: int
    state: BenchmarkState
    n: int = 0
    ns_per_op: float | None = None
    """From one short run on a shared machine."""
    bytes_per_op: int | None = None
    allocs_per_op: int | None = None
    """Whole numbers, as go test gives them."""


class Growth(_Part):
    """How one cost of a function grows with the size of its input; only what fits well is told."""

    function: str
    file: str
    line: int
    size_of: str
    """The parameter that grew: a number, or the length of a list, text or map."""
    measure: str
    """bytes, allocs or ns."""
    exponent: float
    r2: float
    order: str = Field(alias="class")
    """constant, linear, quadratic, cubic, or the power."""

    model_config = ConfigDict(populate_by_name=True)


class ProfileKind(StrEnum):
    """What a profile counts."""

    CPU = "cpu"
    HEAP = "heap"
    MUTEX = "mutex"
    BLOCK = "block"


class ProfiledFunction(_Part):
    """A function of the answer in a profile."""

    name: str
    file: str
    line: int
    flat: int
    """In the function itself."""
    cum: int
    """In it and in what it calls."""


class ProfiledLine(_Part):
    """A line of the answer, and what it and all it calls of others' code used."""

    file: str
    line: int
    value: int


class Profile(_Part):
    """One profile of the benchmarks, reduced to a few facts; `raw` is the whole of it."""

    kind: ProfileKind
    unit: str
    """nanoseconds or bytes."""
    total: int
    """Of all processor time; of the other kinds what the answer or its tests had a part in."""
    ops: int | None = None
    """How many operations it covers; null where nobody counted."""
    per_op: float | None = None
    shares: dict[str, float] = Field(default_factory=dict)
    """Of the processor time: `allocation` and `collection`."""
    functions: tuple[ProfiledFunction, ...] = ()
    lines: tuple[ProfiledLine, ...] = ()
    stacks: tuple[str, ...] = ()
    """Folded: frames from the outermost, with semicolons between them, a space and the value."""
    cut: bool = False
    """Whether small stacks were left out."""
    raw: str = ""
    """The profile as the runtime wrote it (gzip, protocol buffers), in base64."""
