"""The facts an audit gives back, and the one table of limits. Data only: nothing here runs anything."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from sandbox.constraint import Constraint
from sandbox.dependency import Dependency, Requirement
from sandbox.measurements import Benchmark, Growth, Profile
from sandbox.resources import Resources

SCHEMA_VERSION = 1
"""Version of the report's JSON; rises on a breaking change only."""

KIB = 1024
MIB = 1024 * KIB


class Frozen(BaseModel):
    """A value that crosses an edge: immutable, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Verdict(StrEnum):
    """What happened to the snippet, worst first: an earlier member wins over a later one."""

    INTERNAL_ERROR = "internal_error"
    REJECTED = "rejected"
    BLOCKED = "blocked"
    COMPILE_ERROR = "compile_error"
    COMPILE_LIMIT = "compile_limit"
    TIME_LIMIT = "time_limit"
    MEMORY_LIMIT = "memory_limit"
    OUTPUT_LIMIT = "output_limit"
    RESOURCE_LIMIT = "resource_limit"
    RUNTIME_ERROR = "runtime_error"
    TESTS_TAMPERED = "tests_tampered"
    TESTS_FAILED = "tests_failed"
    RACE_DETECTED = "race_detected"
    WRONG_ANSWER = "wrong_answer"
    ACCEPTED = "accepted"


class StageName(StrEnum):
    """The stages of an audit, in the order they run."""

    NORMALISE = "normalise"
    GOFMT = "gofmt"
    STATIC = "static"
    BUILD = "build"
    RUN = "run"
    TEST = "test"
    RACE = "race"
    BENCH = "bench"
    PROFILE = "profile"


class StageStatus(StrEnum):
    """How one stage ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"
    NOT_RUN = "not_run"
    ERROR = "error"


class KilledBy(StrEnum):
    """Which limit ended a process, by the supervisor's own counters."""

    WALL = "wall"
    CPU = "cpu"
    MEMORY = "memory"
    OUTPUT = "output"
    PIDS = "pids"
    DISK = "disk"
    SECCOMP = "seccomp"
    OPERATOR = "operator"


class Grade(StrEnum):
    """How strong a piece of evidence is."""

    E0 = "E0"
    """Nothing ran."""
    E1 = "E1"
    """Indicated: a pattern or a heuristic."""
    E2 = "E2"
    """Proven by typed analysis (compiler, vet)."""
    E3 = "E3"
    """Reproduced: it ran and the failure was seen."""


class Severity(StrEnum):
    """How much a finding hurts, worst first."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    NIT = "nit"


class ObservedState(StrEnum):
    """What a dynamic check saw."""

    FOUND = "found"
    NONE_SEEN = "none_seen"
    NOT_APPLICABLE = "not_applicable"
    NOT_RUN = "not_run"


class Decided(StrEnum):
    """Where a result was reached, and so how far it can be trusted."""

    COOPERATIVE = "cooperative"
    """In one process with the tested code, which could in principle forge it."""
    OUTSIDE = "outside"
    """Outside the jail, from what came out of it or from how the program ended."""


class Match(StrEnum):
    """How a case's output is compared with what was expected."""

    EXACT = "exact"
    TRIM = "trim"
    TOKENS = "tokens"
    FLOAT = "float"


class Limits(Frozen):
    """Every number the sandbox holds a snippet to. One table; nothing else names a limit."""

    files: int = 64
    file_bytes: int = 256 * KIB
    total_bytes: int = 1 * MIB
    line_bytes: int = 16 * KIB
    cases: int = 100
    build_wall_s: float = 30.0
    build_cpu_s: float = 60.0
    build_memory_mib: int = 2048
    build_processes: int = 256
    static_wall_s: float = 10.0
    """How long the static analysis may take; it is tried twice."""
    run_wall_s: float = 10.0
    run_cpu_s: float = 5.0
    run_memory_mib: int = 512
    run_processes: int = 128
    benchmarks: int = 8
    bench_ms: int = 50
    """All benchmarks together, once for the times and once for the profiles."""
    bench_wall_s: float = 2.0
    profile_bytes: int = 64 * KIB
    deep_cpu_s: float = 3.0
    """For the whole second pass, its build included."""
    output_bytes: int = 1 * MIB
    """Kept per stream; what goes over is counted, and ends the run as output_limit."""
    report_output_bytes: int = 16 * KIB
    """Shown per stream in a report."""
    disk_mib: int = 256
    inodes: int = 50_000
    """Files and folders in each folder that can be written."""
    open_files: int = 1024
    findings: int = 200


class SourceText(Frozen):
    """A text as it was given, before anything was changed."""

    name: str
    text: str


class SnippetFile(Frozen):
    """A file the toolchain sees, with the way back to the text it came from."""

    name: str
    text: str
    source: str
    """Name of the SourceText it was cut from; empty for a file that we added."""
    first_line: int = 1
    """Line of the source text at which this file's first line stands (1-based)."""
    column_shift: int = 0
    """Bytes that were put in front of the file's first line."""
    altered: bool = False
    """Whether lines were emptied, so that its form is not the original's."""


class Change(Frozen):
    """One thing normalisation did to the text, so that "compiles as given" is judged on the original."""

    rule: str
    """A short word, for example `package_added`."""
    message: str
    line: int | None = None


class Case(Frozen):
    """One black-box check: arguments and standard input in, expected standard output out."""

    name: str
    args: tuple[str, ...] = ()
    stdin: str = ""
    expected: str
    match: Match = Match.TRIM


class AuditInput(Frozen):
    """What is to be audited: exactly one of `code` and `files`."""

    id: str = ""
    code: str | None = None
    files: dict[str, str] | None = None
    prompt: str = ""
    tests: dict[str, str] = Field(default_factory=dict)
    go: str | None = None
    cases: tuple[Case, ...] = ()
    args: tuple[str, ...] = ()
    """Arguments of main where no case gives any."""
    stdin: str = ""
    """Standard input of main where no case gives any."""


class Snippet(Frozen):
    """Go files ready for the toolchain, with everything that was changed to get there."""

    sources: tuple[SourceText, ...]
    files: tuple[SnippetFile, ...]
    """The snippet's own files, its own tests among them."""
    tests: tuple[SnippetFile, ...] = ()
    """Tests that came with the task."""
    changes: tuple[Change, ...] = ()
    go: str = ""
    """Language version, for example `1.27`."""
    module: str = "snip"
    """Module path of its go.mod, if it has one."""
    go_mod: SnippetFile | None = None
    requires: tuple[Requirement, ...] = ()
    package: str = "main"
    has_main: bool = False


class Output(Frozen):
    """One captured stream, decoded, cut and with control characters made visible."""

    text: str = ""
    bytes_total: int = 0
    truncated: bool = False


class StageResult(Frozen):
    """What one stage did. Times in seconds, memory in bytes; null means "not known"."""

    stage: StageName
    status: StageStatus
    exit_code: int | None = None
    signal: str | None = None
    killed_by: KilledBy | None = None
    wall_s: float | None = None
    cpu_s: float | None = None
    max_rss_bytes: int | None = None
    stdout: Output = Output()
    stderr: Output = Output()
    message: str = ""
    """Why a stage was skipped, not run or in error; one sentence for people."""
    resources: Resources | None = None
    """Null where the stage had no jail of its own."""


class FindingEvidence(Frozen):
    """Where a finding was seen, and how often."""

    stage: StageName
    runs: int = 1
    hits: int = 1


class Fix(Frozen):
    """A mend that the tool itself proposes."""

    diff: str


class Finding(Frozen):
    """One observed fact at one place. Lines are those of the original text, columns 1-based bytes."""

    id: str
    """Stable fingerprint: the same defect in the same text keeps it."""
    tool: str
    rule: str
    cwe: int | None = None
    severity: Severity
    grade: Grade
    file: str
    line: int
    column: int = 1
    end_line: int | None = None
    end_column: int | None = None
    excerpt: str = ""
    message: str
    evidence: FindingEvidence
    fix: Fix | None = None


class TestsSummary(Frozen):
    """Results of one set of tests. A skipped test is not a passed one."""

    __test__ = False

    source: str
    """task, prompt, snippet or generated."""
    listed: int
    passed: int
    failed: int
    skipped: int
    failures: tuple[str, ...] = ()
    decided: Decided = Decided.COOPERATIVE


class Observed(Frozen):
    """A dynamic check (race, deadlock, leak): what was seen in how many runs."""

    state: ObservedState = ObservedState.NOT_RUN
    runs: int = 0
    hits: int = 0


class NotChecked(Frozen):
    """Something nobody looked at, and why; silence must not read as praise."""

    what: str
    why: str


class AuditError(Frozen):
    """Why no verdict about the code was possible."""

    code: str
    message: str


class InputDigest(Frozen):
    """Names the exact input of a report."""

    sha256: str


class SnippetSummary(Frozen):
    """The snippet as audited."""

    files: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    line_map: tuple[dict[str, int | str], ...] = ()


class AuditReport(Frozen):
    """Facts about one snippet, without any judgement; `enforced` is read back from the kernel."""

    schema_: int = Field(default=SCHEMA_VERSION, alias="schema")
    id: str = ""
    input: InputDigest
    snippet: SnippetSummary = SnippetSummary()
    verdict: Verdict
    flags: tuple[str, ...] = ()
    error: AuditError | None = None
    stages: tuple[StageResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    tests: tuple[TestsSummary, ...] = ()
    deep: bool = False
    """Whether the second pass ran as well."""
    functional: str | None = None
    """`pass`, `fail` or null where no case or test of the task or the prompt decides it."""
    functional_decided: Decided | None = None
    """`cooperative` where a pass rests on tests, or a fail on nothing but tests."""
    race: Observed = Observed()
    deadlock: Observed = Observed()
    leak: Observed = Observed()
    benchmarks: tuple[Benchmark, ...] = ()
    profiles: tuple[Profile, ...] = ()
    growth: tuple[Growth, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    """What the prompt demands of the answer's form."""
    limits: Limits = Limits()
    enforced: dict[str, object] = Field(default_factory=dict)
    toolchain: str = ""
    backend: str = ""
    repeat: str = ""
    """A command that repeats this audit."""
    created_at: str = ""
    """RFC 3339, UTC."""
    wall_s: float = 0.0

    model_config = ConfigDict(populate_by_name=True)
