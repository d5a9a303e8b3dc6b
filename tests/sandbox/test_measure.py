"""Benchmarks and profiles in real jails: what a program prints or leaves behind never becomes a result."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.measurements import BenchmarkState, ProfileKind
from sandbox.model import AuditReport, StageName, StageResult, StageStatus, Verdict

pytestmark = [pytest.mark.needs_bwrap, pytest.mark.slow]
Audited = Callable[..., AuditReport]
JOIN = """package sum

func Join(words []string) string {
	out := ""
	for _, word := range words {
		out += word
	}
	return out
}
"""
HEAD = 'package sum\n\nimport (\n\t"bytes"\n\t"compress/gzip"\n\t"fmt"\n\t"os"\n\t"syscall"\n\t"testing"\n\t"time"\n)\n\n'
HEAD += "var _, _, _, _, _, _ = bytes.NewReader, gzip.NewWriter, fmt.Println, os.Exit, syscall.Exit, time.Sleep\n\n"
BENCH = 'func BenchmarkJoin(b *testing.B) {\n\tfor range b.N {\n\t\tJoin([]string{"a", "bb", "ccc", "dddd"})\n\t}\n}\n\n'


def bench(body: str, name: str = "BenchmarkOdd") -> str:
    return f"func {name}(b *testing.B) {{\n\t{body}\n}}\n\n"


def measured(audited: Audited, *parts: str) -> AuditReport:
    return audited(None, files={"join.go": JOIN, "join_test.go": HEAD + "".join(parts)})


def stage(report: AuditReport, name: StageName) -> StageResult:
    return next(one for one in report.stages if one.stage is name)


def states(report: AuditReport) -> dict[str, BenchmarkState]:
    return {one.name: one.state for one in report.benchmarks}


def test_benchmarks_are_measured(audited: Audited) -> None:
    """Allocations are exact, and the snippet's own benchmark is not verified."""
    report = measured(audited, BENCH)

    (one,) = report.benchmarks
    assert (one.state, one.source, one.verified) == (BenchmarkState.MEASURED, "snippet", False)
    assert (one.allocs_per_op, one.bytes_per_op) == (3, 24)
    assert (one.file, one.line, one.n > 0) == ("join_test.go", 15, True)
    assert report.verdict is Verdict.ACCEPTED


def test_benchmarks_of_the_task_are_told_apart(audited: Audited) -> None:
    """What the task measures is not the snippet's word."""
    report = audited(JOIN, tests={"join_test.go": HEAD + BENCH})

    assert [(one.source, one.verified) for one in report.benchmarks] == [("task", True)]


def test_benchmarks_are_profiled(audited: Audited) -> None:
    """Bytes are charged to the line that allocates; the profiles are there to download."""
    report = measured(audited, BENCH)

    kinds = {one.kind: one for one in report.profiles}
    assert {ProfileKind.CPU, ProfileKind.HEAP} <= set(kinds)
    heap = kinds[ProfileKind.HEAP]
    assert (heap.lines[0].file, heap.lines[0].line) == ("join.go", 6)
    assert "Join" in heap.functions[0].name + heap.functions[1].name
    assert all(one.raw and one.stacks for one in report.profiles)
    assert stage(report, StageName.PROFILE).status is StageStatus.OK


def test_without_benchmarks_nothing_is_measured(audited: Audited) -> None:
    """No jail is started for nothing, and the report says why."""
    report = audited(JOIN)

    for name in (StageName.BENCH, StageName.PROFILE):
        result = stage(report, name)
        assert (result.status, result.message) == (
            StageStatus.SKIPPED,
            "there are no benchmarks",
        )
        assert result.resources is None


@pytest.mark.parametrize(
    "body",
    [
        "for {\n\t}",
        "os.Exit(0)",
        "syscall.Exit(0)",
        'panic("no")',
        "time.Sleep(time.Hour)",
    ],
)
def test_a_benchmark_that_never_ends_has_no_result(audited: Audited, body: str) -> None:
    """It is named, the others count no more, and the verdict stays what it was."""
    report = measured(audited, BENCH, bench(body))

    # On a busy machine the limit may fall before the sound one is over.
    others = {BenchmarkState.NOT_RUN, BenchmarkState.NOT_ENDED}
    assert BenchmarkState.NOT_ENDED in states(report).values()
    assert set(states(report).values()) <= others
    assert stage(report, StageName.BENCH).status is StageStatus.FAILED
    assert stage(report, StageName.PROFILE).status is StageStatus.SKIPPED
    assert report.verdict is Verdict.ACCEPTED


def test_a_benchmark_that_floods_has_no_result(audited: Audited) -> None:
    """The limit of output takes the record with it, so nobody knows which benchmark it was."""
    report = measured(audited, bench("for {\n\t\tfmt.Println(b)\n\t}", "BenchmarkAll"))

    assert states(report) == {"BenchmarkAll": BenchmarkState.NOT_ENDED}
    assert report.verdict is Verdict.ACCEPTED


def test_a_failed_benchmark_has_no_result(audited: Audited) -> None:
    """The others have theirs."""
    report = measured(audited, BENCH, bench('b.Fatal("no")'))

    assert states(report) == {
        "BenchmarkJoin": BenchmarkState.MEASURED,
        "BenchmarkOdd": BenchmarkState.NO_RESULT,
    }


FORGED = '"Z timed 1000000000:1:0:0 " + string(bytes.Repeat([]byte("0"), 32))'


@pytest.mark.parametrize(
    "body",
    [
        'fmt.Println("BenchmarkJoin-2   \\t1000000000\\t0.0001 ns/op")',
        f'syscall.Write(199, []byte({FORGED}+"\\n"))\n\tsyscall.Exit(0)',
    ],
)
def test_printed_and_written_results_are_none(audited: Audited, body: str) -> None:
    """Neither lines as go test prints them nor rows on our own channel become a result."""
    report = measured(audited, bench(body, "BenchmarkAll"))

    (one,) = report.benchmarks
    assert one.state is not BenchmarkState.MEASURED
    assert one.ns_per_op is None


OVERWRITE = """func init() {
	MAKE
	go func() {
		for {
			time.Sleep(time.Millisecond)
			LEAVE
		}
	}()
}

"""
BOMB = (
    "var packed bytes.Buffer\n\tzip := gzip.NewWriter(&packed)\n\tfor range 64 {\n\t\tzip.Write(make([]byte, 1<<20))\n\t}\n\tzip.Close()",
    'for _, name := range []string{"cpu", "heap", "mutex", "block"} {\n\t\t\t\tos.WriteFile("/work/new", packed.Bytes(), 0o600)\n\t\t\t\tos.Rename("/work/new", "/work/gavel-"+name+".pb.gz")\n\t\t\t}',
)
LARGE = (
    "packed := make([]byte, 1<<20)",
    'os.WriteFile("/work/gavel-cpu.pb.gz", packed, 0o600)',
)
LINK = (
    'os.Symlink("/zoneinfo.zip", "/work/link")',
    'os.Rename("/work/link", "/work/gavel-cpu.pb.gz")',
)
FOLDER = ('os.Mkdir("/work/gavel-cpu.pb.gz", 0o700)', "")


@pytest.mark.parametrize(
    "made", [BOMB, LARGE, LINK, FOLDER], ids=["bomb", "large", "link", "folder"]
)
def test_what_is_no_profile_is_not_read(audited: Audited, made: tuple[str, str]) -> None:
    """Bombs, large files, links and folders under a profile's name are named as not checked."""
    start = OVERWRITE.replace("MAKE", made[0]).replace("LEAVE", made[1])
    report = measured(audited, start, BENCH)

    assert ProfileKind.CPU not in {one.kind for one in report.profiles}
    assert "cpu profile" in {one.what for one in report.not_checked}
    assert report.verdict is Verdict.ACCEPTED


def test_too_many_benchmarks_are_cut(audited: Audited) -> None:
    """The rest is named as not checked."""
    many = "".join(bench("for range b.N {\n\t}", f"BenchmarkN{n}") for n in range(10))

    report = measured(audited, many)

    assert [one.state for one in report.benchmarks] == [BenchmarkState.MEASURED] * 8
    assert "2 more benchmarks" in {one.what for one in report.not_checked}
