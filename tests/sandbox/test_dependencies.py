"""Modules that an answer needs: there or not, and what is known against them."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.backends import SandboxFault
from sandbox.dependencies import Needed, dependencies
from sandbox.go_mod import read_go_mod
from sandbox.go_versions import release, version
from sandbox.model import AuditInput, Grade, Limits
from sandbox.module_proxy import ModuleProxy
from sandbox.normalise import normalise
from sandbox.supplies import Supplies
from sandbox.vulnerabilities import VulnerabilityDatabase
from tests.sandbox.modules import put_module

DATABASE = Path(__file__).parents[1] / "fixtures" / "vulndb"
GO_MOD = "module example.com/app\n\ngo 1.22\n\nrequire example.com/weak {version}\n"
MAIN = 'package main\n\nimport (\n\t"fmt"\n\t{imports}\n)\n\nfunc main() {{ fmt.Println() }}\n'


@pytest.fixture
def proxy(tmp_path: Path) -> ModuleProxy:
    put_module(tmp_path, "example.com/weak", "v1.0.0")
    put_module(tmp_path, "example.com/weak", "v1.2.0")
    put_module(tmp_path, "example.com/weak", "v1.10.0")
    put_module(tmp_path, "example.com/weak", "v2.0.0-rc.1")
    put_module(tmp_path, "github.com/Upper/Case", "v1.0.0", {"sub/a.go": "package sub\n"})
    return ModuleProxy(folder=tmp_path)


def needed(files: dict[str, str], **supplies: object) -> Needed:
    snippet = normalise(AuditInput(files=files), Limits(), (1, 27))
    return dependencies(snippet, Supplies(**supplies), "go1.27.3")  # type: ignore[arg-type]


def importing(*paths: str) -> dict[str, str]:
    return {"main.go": MAIN.format(imports="\n\t".join(f'"{path}"' for path in paths))}


def requiring(version: str) -> dict[str, str]:
    return {"go.mod": GO_MOD.format(version=version), **importing("example.com/weak")}


def states(found: Needed) -> list[tuple[str, str | None, str]]:
    return [(one.module, one.version, one.state.value) for one in found.dependencies]


def test_without_a_folder_nothing_is_known() -> None:
    """A module that nobody could look for is not checked, and no finding."""

    found = needed(requiring("v1.2.0"))

    assert states(found) == [("example.com/weak", "v1.2.0", "unknown")]
    assert found.findings == ()
    assert [one.what for one in found.not_checked] == ["module example.com/weak", "vulnerabilities"]


def test_a_module_that_is_there_is_resolved(proxy: ModuleProxy) -> None:
    """A required version that the folder holds is no finding."""

    found = needed(requiring("v1.2.0"), modules=proxy)

    assert (states(found), found.findings) == ([("example.com/weak", "v1.2.0", "resolved")], ())


@pytest.mark.parametrize(
    ("files", "line", "words"),
    [
        (requiring("v1.9.9"), 5, "version v1.9.9 is not there; the folder has v1.0.0, v1.2.0"),
        (importing("github.com/made/up"), 5, "no module of this path"),
        (importing("github.com/Upper/Case/other"), 5, "has no package github.com/Upper/Case/other"),
        (importing("github.com/upper/case/sub"), 5, "no module of this path"),
        (
            {
                "go.mod": "module a.b/c\nrequire (\n\tx.y/z v1.0.0 // indirect\n)\n",
                "main.go": "package main\n",
            },
            3,
            "no module of this path",
        ),
    ],
)
def test_a_module_that_is_not_there_is_a_finding(
    proxy: ModuleProxy, files: dict[str, str], line: int, words: str
) -> None:
    """A hallucinated module, version or package is proven by the folder, at its line."""

    found = needed(files, modules=proxy)

    (finding,) = found.findings
    assert (finding.tool, finding.rule, finding.grade, finding.cwe, finding.line) == (
        "deps", "unresolved_module", Grade.E2, 1357, line,
    )  # fmt: skip
    assert words in finding.message
    assert found.dependencies[0].state.value == "not_resolved"


def test_the_line_is_that_of_the_answer(proxy: ModuleProxy) -> None:
    """A go.mod in a fence leads back to the answer."""
    text = (
        "Module:\n```go.mod\nmodule a.b/c\n\nrequire x.y/z v1.0.0\n```\n```go\npackage main\n```\n"
    )
    snippet = normalise(AuditInput(code=text), Limits(), (1, 27))

    found = dependencies(snippet, Supplies(modules=proxy), "go1.27.3")

    assert [(one.file, one.line, one.excerpt) for one in found.findings] == [
        ("answer.md", 5, "require x.y/z v1.0.0")
    ]


def test_imports_without_a_requirement_take_the_newest_release(proxy: ModuleProxy) -> None:
    """As go get would choose: a release before a pre-release, and numbers by their value."""

    found = needed(importing("example.com/weak", "github.com/Upper/Case/sub"), modules=proxy)

    assert states(found) == [
        ("example.com/weak", "v1.10.0", "resolved"),
        ("github.com/Upper/Case", "v1.0.0", "resolved"),
    ]


def test_own_packages_and_the_standard_library_are_no_dependencies(proxy: ModuleProxy) -> None:
    """Nothing has to be resolved for them."""
    files = {"go.mod": "module example.com/app\n", **importing("net/http", "example.com/app/store")}

    assert needed(files, modules=proxy).dependencies == ()


@pytest.mark.parametrize(
    ("target", "state"),
    [
        ("../local", "unknown"),
        ("example.com/weak v1.0.0", "resolved"),
        ("x.y/z v1.0.0", "not_resolved"),
    ],
)
def test_replaced_modules(proxy: ModuleProxy, target: str, state: str) -> None:
    """What a replace line names is looked for in the module's place."""
    files = requiring("v1.9.9")
    files["go.mod"] += f"\nreplace example.com/weak => {target}\n"

    assert [one.state.value for one in needed(files, modules=proxy).dependencies] == [state]


@pytest.mark.parametrize(
    "path",
    ["x.y/../../../etc", "x.y//z", "x.y/" + "a/" * 120, "x.y/\x00z", "x.y/.hidden", "x.y/%2e%2e/z"],
)
def test_paths_never_leave_the_folder(tmp_path: Path, path: str) -> None:
    """A path that is none is not looked for, though a folder of that name may be there."""
    (tmp_path / "etc" / "@v").mkdir(parents=True)
    inner = tmp_path / "proxy" / "x.y"
    inner.mkdir(parents=True)

    assert ModuleProxy(folder=tmp_path / "proxy").versions(path) == ()


def test_a_zip_that_is_none_says_nothing(proxy: ModuleProxy) -> None:
    """What can't be read is neither there nor missing."""
    path = proxy.folder / "example.com" / "weak" / "@v" / "v1.0.0.zip"

    assert proxy.holds("example.com/weak", "v1.0.0", "example.com/weak") is True
    path.write_bytes(b"PK\x03\x04 no zip")
    assert proxy.holds("example.com/weak", "v1.0.0", "example.com/weak") is None


def test_a_zip_with_too_many_names_says_nothing(proxy: ModuleProxy) -> None:
    """A zip is read within limits."""
    path = proxy.folder / "example.com" / "weak" / "@v" / "v1.0.0.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_001):
            archive.writestr(f"{number}", "")

    assert proxy.holds("example.com/weak", "v1.0.0", "example.com/weak") is None


def test_many_requirements_are_cut(proxy: ModuleProxy) -> None:
    """A go.mod as large as a file may be costs little."""
    lines = "".join(f"require x.y/z{number} v1.0.0\n" for number in range(8000))

    found = needed({"go.mod": f"module a.b/c\n{lines}", "main.go": "package main\n"}, modules=proxy)

    assert len(found.dependencies) == 200


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ("v1.0.0", ["GO-2026-9001"]),
        ("v1.1.0", ["GO-2026-9001", "GO-2026-9002"]),
        ("v1.2.3", ["GO-2026-9002"]),
        ("v1.2.3-0.20240101000000-abcdefabcdef", ["GO-2026-9001", "GO-2026-9002"]),
        ("v2.0.0+incompatible", ["GO-2026-9001", "GO-2026-9002"]),
        ("v2.0.0-alpha", ["GO-2026-9001", "GO-2026-9002"]),
        ("v2.0.1+incompatible", ["GO-2026-9002"]),
        ("v0.0.0-20240101000000-abcdefabcdef", ["GO-2026-9001"]),
        ("vX", []),
    ],
)
def test_advisories_by_version(wanted: str, ids: list[str]) -> None:
    """Ranges hold pre-releases and pseudo-versions in their order; a withdrawn advisory says nothing."""

    found = VulnerabilityDatabase(folder=DATABASE).of("example.com/weak", wanted)

    assert [one.id for one in found] == ids


def test_an_advisory_is_an_indication() -> None:
    """Only versions are compared, so it is E1, at the line that asks for the module."""

    found = needed(requiring("v1.0.0"), vulnerabilities=VulnerabilityDatabase(folder=DATABASE))

    (finding,) = found.findings
    assert (finding.tool, finding.rule, finding.grade, finding.cwe, finding.line) == (
        "govulncheck", "GO-2026-9001", Grade.E1, 1395, 5,
    )  # fmt: skip
    assert "fixed in 1.2.3" in finding.message
    assert found.dependencies[0].vulnerabilities[0].aliases == ("CVE-2026-90001",)


@pytest.mark.parametrize(
    ("go", "count"),
    [("go1.27.3", 1), ("go1.26.9", 0), ("go1.26.8", 1), ("go1.27rc1", 1), ("devel", 0)],
)
def test_advisories_about_the_standard_library(go: str, count: int) -> None:
    """They go by the release."""

    assert len(VulnerabilityDatabase(folder=DATABASE).of_release(go)) == count


def test_the_librarys_advisories_are_no_findings() -> None:
    """The installation's release is not the answer's doing."""
    database = VulnerabilityDatabase(folder=DATABASE)

    found = needed(
        importing("os"),
        vulnerabilities=database,
        library={"go1.27.3": database.of_release("go1.27.3")},
    )

    assert (states(found), found.findings) == ([("stdlib", "go1.27.3", "resolved")], ())
    assert [one.id for one in found.dependencies[0].vulnerabilities] == ["GO-2026-9003"]


def test_an_advisory_that_cannot_be_read_counts(tmp_path: Path) -> None:
    """Silence about it would read as "not affected"."""
    folder = tmp_path / "db"
    shutil.copytree(DATABASE, folder)
    (folder / "ID" / "GO-2026-9001.json").write_text("{")

    found = VulnerabilityDatabase(folder=folder).of("example.com/weak", "v1.0.0")

    assert [one.summary for one in found] == ["the advisory could not be read"]


def test_a_folder_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A wrong setting is told at once."""
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "modules.json").write_text(json.dumps({"a": 1}))

    with pytest.raises(SandboxFault, match="vulnerability database"):
        VulnerabilityDatabase(folder=tmp_path).check()


def test_versions_are_in_order() -> None:
    """As semantic versioning has it."""
    ordered = [
        "v0.0.0-20200101000000-aaaaaaaaaaaa", "v0.1.0", "v1.0.0-alpha", "v1.0.0-alpha.1", "v1.0.0-alpha.beta",
        "v1.0.0-beta.2", "v1.0.0-beta.11", "v1.0.0-rc.1", "v1.0.0", "v1.0.1", "v1.9.0", "v1.10.0", "v2.0.0+incompatible",
    ]  # fmt: skip
    orders = [version(one) for one in ordered]

    assert None not in orders
    assert sorted(orders) == orders  # type: ignore[type-var]


@given(st.text(max_size=30) | st.from_regex(r"v?\d+\.\d+\.\d+(-[0-9a-z.-]+)?", fullmatch=True))
def test_any_text_is_a_version_or_none(text: str) -> None:
    """Nothing is raised, and every version can be compared with every other."""

    found, other = version(text), version("v1.0.0-1.a")

    assert found is None or other is None or (found < other) != (found >= other)
    assert isinstance(release(text), str)


@given(st.text(max_size=200))
def test_any_text_is_a_go_mod(text: str) -> None:
    """Lines that are not understood are passed over."""

    assert read_go_mod(text).requires is not None


def test_a_go_mod_is_read() -> None:
    """Blocks and single lines, comments and quotes."""
    text = (
        'module "example.com/a" // ours\ngo 1.21\ntoolchain go1.99.0\n'
        "require (\n\tx.y/a v1.0.0\n\tx.y/b v2.0.0+incompatible // indirect\n)\nrequire x.y/c v0.0.0-2024\n"
        "replace (\n\tx.y/a => ../a\n\tx.y/b v2.0.0 => x.y/d v1.0.0\n)\nexclude x.y/e v1.0.0\n"
    )

    found = read_go_mod(text)

    assert (found.module, found.go) == ("example.com/a", "1.21")
    assert [(one.module, one.version, one.line, one.replaced_by) for one in found.requires] == [
        ("x.y/a", "v1.0.0", 5, "../a"),
        ("x.y/b", "v2.0.0+incompatible", 6, "x.y/d v1.0.0"),
        ("x.y/c", "v0.0.0-2024", 8, ""),
    ]
