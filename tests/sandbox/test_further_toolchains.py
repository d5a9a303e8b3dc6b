"""A further Go release beside the installed one: used where a task names it exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.backends import SandboxFault
from sandbox.backends.bubblewrap import Bubblewrap
from sandbox.canary import missing_families
from sandbox.model import AuditInput, AuditReport, ObservedState, StageName, Verdict
from sandbox.runner import audit
from sandbox.supplies import Supplies, release_for
from sandbox.toolchain import Toolchain
from sandbox.toolchain_further import prepare_further
from tests.sandbox.conftest import another_go

VERSION = """package main

import (
	"fmt"
	"runtime"
)

func main() { fmt.Println(runtime.Version()) }
"""
RACE = """package main

import "fmt"

func main() {
	done := make(chan bool)
	x := 0
	go func() { x++; done <- true }()
	x++
	<-done
	fmt.Println(x)
}
"""
TESTED = """package a

import "testing"

func Add(a, b int) int { return a + b }

func TestAdd(t *testing.T) {
	if Add(1, 2) != 3 {
		t.Fatal()
	}
}
"""


@pytest.fixture(scope="module")
def further(toolchain: Toolchain) -> Toolchain:
    goroot = another_go(toolchain)
    if goroot is None:
        pytest.skip("no other Go release that is older than ours is installed here")
    return prepare_further(toolchain, goroot)


@pytest.mark.parametrize(
    ("wanted", "release"),
    [
        ("1.26.8", "go1.26.8"),
        ("go1.26.8", "go1.26.8"),
        (" 1.26.8 ", "go1.26.8"),
        ("1.26", "go1.27.3"),
        ("1.26.7", "go1.27.3"),
        ("1.27.3", "go1.27.3"),
        ("", "go1.27.3"),
        (None, "go1.27.3"),
    ],
)
def test_only_the_exact_version_chooses(wanted: str | None, release: str) -> None:
    """A language version is spoken by the installed release."""

    assert release_for(wanted, "go1.27.3", ["go1.26.8"]) == release


def test_a_folder_without_a_release_is_refused(toolchain: Toolchain, tmp_path: Path) -> None:
    """A wrong setting is told with the folder's name."""

    with pytest.raises(SandboxFault, match="expected a Go release"):
        prepare_further(toolchain, tmp_path)


def test_a_newer_release_is_refused(toolchain: Toolchain, tmp_path: Path) -> None:
    """Our programs could not read what it writes."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "go").touch()
    (tmp_path / "pkg" / "tool").mkdir(parents=True)
    (tmp_path / "VERSION").write_text("go1.99.0\n")

    with pytest.raises(SandboxFault, match=r"go1\.99\.0"):
        prepare_further(toolchain, tmp_path)


def test_the_installed_release_needs_nothing(toolchain: Toolchain) -> None:
    """Naming our own folder changes nothing."""

    assert prepare_further(toolchain, toolchain.goroot) is toolchain


@pytest.mark.needs_bwrap
@pytest.mark.slow
@pytest.mark.timeout(1500)
class TestAudits:
    """The first test waits for the release to be prepared."""

    def audited(
        self, code: str, toolchain: Toolchain, further: Toolchain, go: str | None
    ) -> AuditReport:
        supplies = Supplies(toolchains=(further,))
        given = AuditInput(code=code, go=go)
        return audit(given, backend=Bubblewrap(), toolchain=toolchain, supplies=supplies)

    def test_the_named_release_builds_and_runs(
        self, toolchain: Toolchain, further: Toolchain
    ) -> None:
        """The program says so itself, and the report too."""
        bare = further.version.removeprefix("go")

        report = self.audited(VERSION, toolchain, further, bare)

        run = next(one for one in report.stages if one.stage is StageName.RUN)
        assert (report.verdict, run.stdout.text.strip(), report.toolchain) == (
            Verdict.ACCEPTED, further.version, further.version,
        )  # fmt: skip

    def test_others_are_built_by_the_installed_one(
        self, toolchain: Toolchain, further: Toolchain
    ) -> None:
        """A language version does not choose the further release."""
        report = self.audited(VERSION, toolchain, further, "1.24")

        assert report.toolchain == toolchain.version

    def test_tests_and_races_are_seen(self, toolchain: Toolchain, further: Toolchain) -> None:
        """Recorder and race detector fit the further release."""
        tested = self.audited(TESTED, toolchain, further, further.version)
        racy = self.audited(RACE, toolchain, further, further.version)

        assert [(one.passed, one.failed) for one in tested.tests] == [(1, 0)]
        if not further.race_missing:
            assert racy.race.state is ObservedState.FOUND

    def test_no_family_of_checks_is_blind(self, toolchain: Toolchain, further: Toolchain) -> None:
        """The analyzer reads the further release's library."""
        if toolchain.vet is None:
            pytest.skip(toolchain.vet_missing)

        assert missing_families(Bubblewrap(), further) == ()
